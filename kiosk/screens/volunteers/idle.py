"""What the volunteers' screen says while nobody is before it: only what this terminal can do now. Pure."""

from collections import Counter
from collections.abc import Sequence

from foundation.words import Words
from kiosk.local_api.messages import Device, Notice, Snapshot
from kiosk.screens.panel import Face, Panel, Paragraph
from kiosk.screens.results import OUT_OF_ORDER, QUIET
from kiosk.screens.terminal_state import time_at_site
from sync.contract.remote_settings import TerminalDirection

_CAMERAS, _SCANNERS = frozenset({"camera"}), frozenset({"scanner", "wedge"})
_CARDS = frozenset({"contactless", "id_card", "tag"})
_KEYPAD, _MODEM = "keypad", "modem"
_BROKEN = "fault"
_MOST_NOTICES = 2


def idle_panel(snapshot: Snapshot, words: Words, contact: Sequence[Paragraph]) -> Panel:
    """The invitation, or that nothing here can read any more: then `contact` says whom to tell."""
    ways = _ways(snapshot)
    sms = _sms(snapshot, words, alone=not ways)
    broken = _broken(snapshot.status.devices, words)
    if broken and not ways and not sms:
        said = Paragraph(words.say("idle-no_reader", devices=broken), words.direction)
        word = words.say("out_of_order-word")
        return Panel(Face.OUT_OF_ORDER, OUT_OF_ORDER, word, words.direction, (said, *contact))
    paragraphs = [Paragraph(text, words.direction) for text in (_how(snapshot, ways, words), sms) if text]
    if direction := _direction(snapshot, words):
        paragraphs.insert(0, Paragraph(direction, words.direction, strong=True))
    paragraphs += [
        Paragraph(text, Words(language).direction, strong=True)
        for notice in notices_for_all(snapshot)
        for language, text in notice.texts.items()
    ]
    if broken:
        paragraphs.append(Paragraph(words.say("idle-fault", devices=broken), words.direction, quiet=True))
    clock = time_at_site(snapshot, snapshot.status.wall_ms)
    return Panel(Face.IDLE, QUIET, clock, words.direction, tuple(paragraphs))


def notices_for_all(snapshot: Snapshot) -> list[Notice]:
    """What the centre lets this screen say, too, while nobody is before it: as many as have room."""
    return [notice for notice in snapshot.notices if notice.for_all][-_MOST_NOTICES:]


def activity_line(snapshot: Snapshot, words: Words) -> str:
    """What people check in for: the one activity, or how many go on."""
    if snapshot.activity or snapshot.executing < 2:
        return snapshot.activity
    return words.say("idle-activities", count=snapshot.executing)


def _how(snapshot: Snapshot, ways: Sequence[str], words: Words) -> str:
    if not snapshot.roster_version:
        return words.say("idle-no_roster" if snapshot.checks_badges else "idle-no_keys")
    if not ways:
        # Either there is only the text message, or an engine that names no devices.
        return "" if snapshot.status.devices else words.say("idle-how")
    *others, last = (words.say(f"idle-way-{way}") for way in ways)
    listed = words.say("idle-way-between").join(others)
    said = words.say("idle-way-or", others=listed, last=last) if others else last
    return words.say("idle-please", ways=said)


def _ways(snapshot: Snapshot) -> list[str]:
    """By what people can show who they are here, as far as it works."""
    kinds = {device.kind for device in snapshot.status.devices if device.state != _BROKEN}
    ways = []
    if kinds & _CAMERAS or kinds & _SCANNERS:
        both = kinds & _CAMERAS and kinds & _SCANNERS
        ways.append("code" if both else "camera" if kinds & _CAMERAS else "scanner")
    if kinds & _CARDS:
        ways.append("card")
    if _KEYPAD in kinds or snapshot.status.codes:
        ways.append("typed")
    return ways


def _sms(snapshot: Snapshot, words: Words, *, alone: bool) -> str:
    works = any(one.kind == _MODEM and one.state != _BROKEN for one in snapshot.status.devices)
    text, number = snapshot.status.short_code, snapshot.sms_number
    said = "idle-sms_alone" if alone else "idle-sms"
    return words.say(said, code=text, number=number) if works and text and number else ""


def _broken(devices: Sequence[Device], words: Words) -> str:
    """The devices that do not work, by what they are: the names in the settings are the technician's."""
    all_of = Counter(device.kind for device in devices)
    broken = Counter(device.kind for device in devices if device.state == _BROKEN)
    named = []
    for kind, count in broken.items():
        name = words.code("device_kind", kind)
        named.append(name if count == all_of[kind] else f"{name} ({count}/{all_of[kind]})")
    return words.say("list-between").join(named)


def _direction(snapshot: Snapshot, words: Words) -> str:
    direction = snapshot.status.direction or snapshot.direction
    if direction in (TerminalDirection.IN, TerminalDirection.OUT, TerminalDirection.BREAK):
        return words.say(f"idle-direction-{direction}")
    return ""
