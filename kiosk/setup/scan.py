"""`muster scan`: what the devices read, live, for people who set a terminal up; nothing is logged or sent."""

import datetime as dt
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from drivers import catalog
from drivers.id_card.text import check_digit
from drivers.reading import DeviceHealth, DeviceState, Driver, Instant, Presented, Reading
from foundation.clock import Clock, open_clock
from foundation.errors import CredentialError, DeviceError, SettingsError
from kiosk.devices import Takers
from kiosk.provisioning.centre_data import Holdings
from kiosk.roster.index import RosterIndex
from kiosk.settings import KioskFiles, KioskSettings, kiosk_settings
from kiosk.setup.machine import Machine, look_at_this_machine
from kiosk.setup.trial import build_each, keep_drivers_quiet
from sync.contract.badge import Form, looks_like_badge

Say = Callable[[str], None]

_LOOK_EVERY_S = 0.2
_NO_ROSTER = "Badges are not verified: there is no roster yet."
_SHORTEST_SHOWN = 8
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def run_scan(config: Path | None, seconds: int | None, stop: threading.Event, say: Say) -> None:
    """Tell every reading with `say` until `stop` is set, or for `seconds`.

    Without `config`, every serial port is taken for a scanner and every camera for a camera. Raises
    SettingsError for a wrong file and DeviceError when there is no device.
    """
    keep_drivers_quiet()
    if config is None:
        settings, roster, clock = settings_of(look_at_this_machine()), None, open_clock(None)
    else:
        files = KioskFiles(config)
        settings, roster, clock = files.settings, _roster(files, say), open_clock(files.shared_clock)
    if not settings.device_names():
        raise DeviceError(
            f"{config} names no device." if config else "This machine has no serial port and no camera.",
            remedy="Plug one in and see `muster doctor`, or name a settings file with --config.",
        )
    telling = _Telling(roster, clock)
    drivers, faults = build_each(settings, telling.takers(), telling.now)
    for fault in faults:
        say(telling.line(fault.device, f"{fault.state}: {fault.fault}"))
    say(f"Present something to {', '.join(settings.device_names())}. Ctrl-C ends.")
    _run(drivers, telling, seconds, stop, say)


def settings_of(machine: Machine) -> KioskSettings:
    """Settings for what was found where a kind is presumed: a scanner at each serial port, each camera."""
    found = {
        kind.name: [
            {"name": f"{kind.name.replace('_', '-')}-{number}", kind.path_field: one.path}
            for number, one in enumerate(machine.connected(kind.connection), start=1)
        ]
        for kind in catalog.DEVICE_KINDS
        if kind.is_presumed
    }
    return msgspec.convert({"terminal": "this-machine", "centre_key": "0" * 64} | found, kiosk_settings())


def describe(reading: Reading, roster: RosterIndex | None) -> str:
    """What was presented, without anything that would admit or identify somebody; pure.

    A badge's volunteer number is told only when a roster shows that the badge is genuine or not.
    """
    text = reading.payload.reveal()
    length = f"{len(text)} characters"
    match reading.presented:
        case Presented.CODE if looks_like_badge(text):
            return f"code, {length}: {_describe_badge(text, reading.at.wall_ms, roster)}"
        case Presented.CODE:
            return f"code, {length}: {masked(text)}"
        case Presented.ID_NUMBER:
            return f"ID card, {length}: {_describe_number(text)}"
        case Presented.CARD_UID:
            return f"card, {length}: {masked(text)}"
        case Presented.SIGNED_TAP:
            return f"card that signs, {length}: the engine alone has the keys to verify it"
        case Presented.TAG:
            return f"tag, {length}: {masked(text)}"
        case Presented.KEYPAD:
            return f"keypad, {len(text)} digits"
        case Presented.SMS:
            return f"text message, {length}; it stays in the modem"


def masked(text: str) -> str:
    """The first two and the last two characters; none of a short text, which they would give away."""
    if len(text) < _SHORTEST_SHOWN:
        return "•" * len(text)
    ends = "".join(one if one.isprintable() else "·" for one in text[:2] + text[-2:])
    return f"{ends[:2]}…{ends[2:]}"


def changes_of(before: Sequence[DeviceHealth], now: Sequence[DeviceHealth]) -> list[DeviceHealth]:
    """Which devices became ready or lost since `before`; trying to open again is no news."""
    known = {(one.device, one.state, one.fault) for one in before}
    settled = (DeviceState.READY, DeviceState.FAULT)
    return [one for one in now if one.state in settled and (one.device, one.state, one.fault) not in known]


class _Telling:
    """Turns what drivers' threads deliver into lines, which one thread prints."""

    def __init__(self, roster: RosterIndex | None, clock: Clock) -> None:
        self._roster = roster
        self._clock = clock
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def now(self) -> Instant:
        return Instant(self._clock.mono_ms(), self._clock.wall_ms())

    def takers(self) -> Takers:
        return Takers(self._take, self._unreadable, self._take_text)

    def line(self, device: str, what: str) -> str:
        at = dt.datetime.fromtimestamp(self._clock.wall_ms() // 1000, dt.UTC).astimezone()
        return f"{at:%H:%M:%S}  {device}  {what}"

    def next(self, within_s: float) -> str | None:
        try:
            return self._lines.get(timeout=within_s)
        except queue.Empty:
            return None

    def _take(self, reading: Reading) -> bool:
        self._lines.put(self.line(reading.device, describe(reading, self._roster)))
        return True

    def _take_text(self, reading: Reading) -> None:
        self._take(reading)

    def _unreadable(self, device: str) -> None:
        self._lines.put(self.line(device, "unreadable"))


def _run(
    drivers: Sequence[Driver], telling: _Telling, seconds: int | None, stop: threading.Event, say: Say
) -> None:
    end_at_ms = None if seconds is None else _monotonic_ms() + seconds * 1000
    told: dict[str, DeviceHealth] = {}
    for driver in drivers:
        driver.start()
    try:
        while not stop.is_set() and (end_at_ms is None or _monotonic_ms() < end_at_ms):
            for changed in changes_of([*told.values()], [driver.health() for driver in drivers]):
                told[changed.device] = changed
                fault = f": {changed.fault}" if changed.fault else ""
                say(telling.line(changed.device, f"{changed.kind} {changed.state}{fault}"))
            line = telling.next(_LOOK_EVERY_S)
            if line is not None:
                say(line)
    finally:
        for driver in drivers:
            driver.stop()


def _roster(files: KioskFiles, say: Say) -> RosterIndex | None:
    try:
        held = Holdings(files).roster()
    except SettingsError as error:
        say(f"Badges are not verified. {error}")
        return None
    if held is None:
        say(_NO_ROSTER)
    return held.index if held else None


def _describe_badge(text: str, wall_ms: int, roster: RosterIndex | None) -> str:
    if roster is None:
        return f"Muster badge {masked(text)}, not verified"
    try:
        genuine = roster.genuine_badge(text)
    except CredentialError as error:
        return f"NO VALID Muster badge ({error.code})"
    shown = genuine.badge
    form = "printed" if shown.form is Form.PRINTED else "on a phone"
    notes = [
        note
        for note, applies in (
            ("expired", shown.expired(wall_ms)),
            ("revoked", genuine.is_revoked),
            ("of a demo", shown.demo),
        )
        if applies
    ]
    return ", ".join([f"Muster badge of volunteer {shown.volunteer}", form, "signature valid", *notes])


def _describe_number(text: str) -> str:
    if not _CITIZEN_NUMBER.fullmatch(text):
        return "a number of a kind without check digit"
    return "valid check digit" if check_digit(text[:17]) == text[17] else "WRONG check digit"


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000
