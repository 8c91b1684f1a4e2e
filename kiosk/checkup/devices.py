"""Whether the devices of the settings work: each one's own word, and what this machine says of them."""

from collections.abc import Iterator, Sequence

from drivers.reading import DeviceHealth, DeviceState
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, found, good, unjudged
from kiosk.settings import KioskSettings
from kiosk.troubles import CheckTrouble, TerminalTrouble

CAMERA, CONTACTLESS, WEDGE = "camera", "contactless", "wedge"

_ABSENT = frozenset(
    {TerminalTrouble.DEVICE_ELSEWHERE, TerminalTrouble.DEVICE_NOT_HERE, TerminalTrouble.DEVICE_RENAMED}
)
_OF_A_FILE = frozenset(
    {TerminalTrouble.DEVICE_FORBIDDEN, TerminalTrouble.DEVICE_HELD, TerminalTrouble.DEVICE_OF_ROOT}
)


def look_at_decoder(settings: KioskSettings) -> Trouble | None:
    """Why cameras read by one decoder alone; they work without the second, and logs tell it only once."""
    if not any(one.kind.name == CAMERA for one in settings.devices):
        return None
    try:
        from drivers.camera.zbar import Zbar  # noqa: PLC0415 - loaded only where there is a camera

        Zbar()
    except ImportError:  # told of the camera itself
        return None
    except DeviceError as error:
        return error.trouble
    return None


def judge_devices(
    settings: KioskSettings, healths: Sequence[DeviceHealth], diagnosed: Sequence[Trouble]
) -> Check:
    """Pure. Where the machine knows why a device fails, that is told in the place of how it failed."""
    told_of = {str(one.arguments["device"]) for one in diagnosed if one.code in _ABSENT}
    paths = {str(one.arguments["path"]) for one in diagnosed if one.code in _OF_A_FILE}
    told_of |= {device.name for device in settings.devices if device.file in paths}
    failing = {one.device for one in healths if one.state is not DeviceState.READY}
    findings = [Finding(Mark.BROKEN, _fault(one)) for one in healths if one.device in failing - told_of]
    for trouble in diagnosed:
        explains = trouble.code in _ABSENT | _OF_A_FILE and _concerns(trouble, settings) & failing
        findings.append(Finding(Mark.BROKEN if explains else Mark.LOOK, trouble))
    if findings:
        return found(Subject.DEVICES, *findings)
    if not healths:
        return unjudged(Subject.DEVICES, Said.DEVICES_NONE)
    return good(Subject.DEVICES, Said.DEVICES_GOOD, devices=[one.device for one in healths])


def judge_cards(settings: KioskSettings, readers: Sequence[str], fault: Trouble | None) -> Check | None:
    """The smart card service, where a contactless reader is named: its readers, or why none. Pure."""
    if not any(one.kind.name == CONTACTLESS for one in settings.devices):
        return None
    if fault:
        return found(Subject.CARDS, Finding(Mark.BROKEN, fault))
    if not readers:
        trouble = Trouble.of(DeviceTrouble.CARD_READER_MISSING)
        return found(Subject.CARDS, Finding(Mark.BROKEN, trouble))
    return good(Subject.CARDS, Said.CARDS_GOOD, readers=list(readers))


def judge_wedges(settings: KioskSettings) -> Check | None:
    """Scanners that type: which layout they type in shows only in what they type. Pure."""
    wedges = [one.name for one in settings.devices if one.kind.name == WEDGE]
    return unjudged(Subject.WEDGE, Said.WEDGE_LAYOUT, devices=wedges) if wedges else None


def _concerns(trouble: Trouble, settings: KioskSettings) -> set[str]:
    """The names of the devices that it is about."""
    return set(_names(trouble, settings))


def _names(trouble: Trouble, settings: KioskSettings) -> Iterator[str]:
    if "device" in trouble.arguments:
        yield str(trouble.arguments["device"])
    for device in settings.devices:
        if device.file and device.file == trouble.arguments.get("path"):
            yield device.name


def _fault(one: DeviceHealth) -> Trouble:
    late = Trouble.of(DeviceTrouble.NOT_OPENED_IN_TIME)
    why = one.fault if one.state is DeviceState.FAULT and one.fault else late
    return Trouble.of(CheckTrouble.DEVICE_FAILS, device=one.device, kind=one.kind, why=why)
