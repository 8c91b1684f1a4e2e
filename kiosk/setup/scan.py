"""`muster scan`: what the devices read, live, for people who set a terminal up; nothing is logged or sent."""

import datetime as dt
import queue
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from drivers import catalog
from drivers.reading import DeviceHealth, DeviceState, Driver, Instant, Presented, Reading
from drivers.rfid_numbers import forms_of
from foundation.clock import Clock, monotonic_ms, open_clock
from foundation.code_text import is_undeclared
from foundation.errors import CredentialError, DeviceError, SettingsError
from foundation.identity_number import has_right_check_digit
from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.credentials.identify import genuine_misread, wrong_setting
from kiosk.devices import ReadingSinks
from kiosk.provisioning.centre_data import CentreData
from kiosk.provisioning.delivered_keys import DeliveredKeys
from kiosk.roster.index import RosterIndex
from kiosk.settings import NO_CENTRE, KioskFiles, KioskSettings, kiosk_settings
from kiosk.setup.machine import Machine, look_at_this_machine
from kiosk.setup.trial import build_each, keep_drivers_quiet
from kiosk.storage.encrypted_files import AtRest
from kiosk.troubles import TerminalTrouble
from sync.contract.badge import Form, looks_like_badge

Say = Callable[[str], None]

_LOOK_EVERY_S = 0.2
_SHORTEST_SHOWN = 8
_CITIZEN_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def run_scan(config: Path | None, seconds: int | None, stop: threading.Event, words: Words, say: Say) -> None:
    """Tell every reading with `say`, in `words`, until `stop` is set, or for `seconds`.

    Without `config`, every serial port is taken for a scanner and every camera for a camera. Raises
    SettingsError for a wrong file and DeviceError when there is no device.
    """
    keep_drivers_quiet()
    if config is None:
        settings, roster, clock = settings_of(look_at_this_machine()), None, open_clock(None)
        pseudonym_key = b""
    else:
        files = KioskFiles(config)
        settings, roster, clock = files.settings, _roster(files, words, say), open_clock(files.shared_clock)
        pseudonym_key = _key(files) if roster else b""
    if not settings.device_names():
        if config:
            raise DeviceError(TerminalTrouble.NO_DEVICE_NAMED, path=config)
        raise DeviceError(TerminalTrouble.NO_DEVICE_FOUND)
    telling = _Telling(roster, pseudonym_key, clock, words)
    drivers, faults = build_each(settings, telling.sinks(), telling.now)
    for fault in faults:
        say(telling.state(fault))
    say(words.say("scan-present", devices=", ".join(settings.device_names())))
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
    return msgspec.convert({"terminal": "this-machine", "centre_key": NO_CENTRE} | found, kiosk_settings())


def describe(reading: Reading, roster: RosterIndex | None, words: Words, pseudonym_key: bytes = b"") -> str:
    """What was presented, without anything that would admit or identify somebody; pure.

    A badge's volunteer number is told only when a roster shows that the badge is genuine or not; with the
    key, that a number is one of the roster in another form.
    """
    text = reading.payload.reveal()
    match reading.presented:
        case Presented.CODE if looks_like_badge(text):
            what = _describe_badge(text, reading.at.wall_ms, roster, words)
        case Presented.CODE if roster and (misread := genuine_misread(text, roster)):
            badge = _describe_badge(misread.text, reading.at.wall_ms, roster, words)
            what = words.together(badge, words.trouble(misread.trouble))
        case Presented.ID_NUMBER:
            what = words.say(f"scan-{_check_of_number(text)}")
        case Presented.CODE if is_undeclared(text):
            what = text  # as it must stand in a list, for nobody could tell it otherwise
        case _:
            what = words.together(masked(text), *_other_form(reading, roster, words, pseudonym_key))
    said = "scan-code_part" if reading.is_part else f"scan-{reading.presented}"
    return words.say(said, length=str(len(text)), what=what)


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

    def __init__(self, roster: RosterIndex | None, pseudonym_key: bytes, clock: Clock, words: Words) -> None:
        self._roster = roster
        self._pseudonym_key = pseudonym_key
        self._clock = clock
        self._words = words
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def now(self) -> Instant:
        return Instant(self._clock.mono_ms(), self._clock.wall_ms())

    def sinks(self) -> ReadingSinks:
        return ReadingSinks(self._take, self._unreadable, self._take_text)

    def line(self, device: str, what: str) -> str:
        at = dt.datetime.fromtimestamp(self._clock.wall_ms() // 1000, dt.UTC).astimezone()
        return f"{at:%H:%M:%S}  {device}  {what}"

    def state(self, health: DeviceHealth) -> str:
        """A device's line when it became ready, or why it can't be used."""
        state = f"{health.kind} {self._words.code('device', health.state)}"
        fault = f": {self._words.trouble(health.fault)}" if health.fault else ""
        return self.line(health.device, f"{state}{fault}")

    def next(self, within_s: float) -> str | None:
        try:
            return self._lines.get(timeout=within_s)
        except queue.Empty:
            return None

    def _take(self, reading: Reading) -> bool:
        if not reading.again:
            told = describe(reading, self._roster, self._words, self._pseudonym_key)
            self._lines.put(self.line(reading.device, told))
        return True

    def _take_text(self, reading: Reading) -> None:
        self._take(reading)

    def _unreadable(self, device: str) -> None:
        self._lines.put(self.line(device, self._words.code("reason", Refusal.UNREADABLE, "short")))


def _run(
    drivers: Sequence[Driver], telling: _Telling, seconds: int | None, stop: threading.Event, say: Say
) -> None:
    end_at_ms = None if seconds is None else monotonic_ms() + seconds * 1000
    told: dict[str, DeviceHealth] = {}
    for driver in drivers:
        driver.start()
    try:
        while not stop.is_set() and (end_at_ms is None or monotonic_ms() < end_at_ms):
            for changed in changes_of([*told.values()], [driver.health() for driver in drivers]):
                told[changed.device] = changed
                say(telling.state(changed))
            line = telling.next(_LOOK_EVERY_S)
            if line is not None:
                say(line)
    finally:
        for driver in drivers:
            driver.stop()


def _roster(files: KioskFiles, words: Words, say: Say) -> RosterIndex | None:
    try:
        held = CentreData(files).roster()
    except SettingsError as error:
        say(words.together(words.say("scan-not_verified"), error.said_in(words)))
        return None
    if held is None:
        say(words.say("scan-no_roster"))
    return held.index if held else None


def _key(files: KioskFiles) -> bytes:
    at_rest = AtRest(files.state_folder, files.device_secret_file)
    return DeliveredKeys(files, at_rest).pseudonym_key_untouched()


def _describe_badge(text: str, wall_ms: int, roster: RosterIndex | None, words: Words) -> str:
    if roster is None:
        return words.say("scan-badge_not_verified", text=masked(text))
    try:
        genuine = roster.genuine_badge(text)
    except CredentialError as error:
        return words.say("scan-badge_not_valid", why=words.code("reason", error.code, "short"))
    shown = genuine.badge
    notes = {
        "scan-printed": shown.form is Form.PRINTED,
        "scan-on_phone": shown.form is Form.PHONE,
        "scan-signed": True,
        "scan-expired": shown.expired(wall_ms),
        "scan-revoked": genuine.is_revoked,
        "scan-demo": shown.demo,
    }
    told = words.say("list-between").join(words.say(note) for note, applies in notes.items() if applies)
    return words.say("scan-badge", volunteer=str(shown.volunteer), notes=told)


def _other_form(
    reading: Reading, roster: RosterIndex | None, words: Words, pseudonym_key: bytes
) -> Iterator[str]:
    """How the device should be set, where it gives a number in another form than its settings say, or may."""
    if roster and pseudonym_key and (wrongly_set := wrong_setting(reading, roster, pseudonym_key)):
        yield words.trouble(wrongly_set)
    elif reading.presented is Presented.CODE:
        formats = dict.fromkeys(form for form, _, _ in forms_of(reading.payload.reveal()))
        if formats:
            told = words.say("list-between").join(f'"{form}"' for form in formats)
            yield words.say("scan-may_be_number", formats=told)


def _check_of_number(text: str) -> str:
    if not _CITIZEN_NUMBER.fullmatch(text):
        return "no_check_digit"
    return "check_digit_valid" if has_right_check_digit(text) else "check_digit_wrong"
