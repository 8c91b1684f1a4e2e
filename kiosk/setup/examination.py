"""Everything that the doctor looks at, in the order of its page: probes, and what the checks make of them."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.reading import DeviceHealth
from foundation.clock import open_clock
from foundation.errors import SettingsError
from kiosk.checkup import devices, pins
from kiosk.checkup.badges import judge_badges, readers_of_badges
from kiosk.checkup.broker import judge_broker, look_at_broker
from kiosk.checkup.centre import judge_centre, judge_roster, look_at_centre
from kiosk.checkup.certificate import judge_certificate, look_at_certificate
from kiosk.checkup.check import Check, Mark, Said, Subject, unjudged
from kiosk.checkup.clock import ClockSeen, judge_clock
from kiosk.checkup.disk import judge_disk, look_at_disk
from kiosk.checkup.display import judge_display
from kiosk.checkup.engine import EngineSeen, judge_screen, look_at_engine
from kiosk.checkup.keys import judge_keys, look_at_keys
from kiosk.checkup.log import LogSeen, judge_log, look_at_log
from kiosk.checkup.services import UnitSeen, judge_services, look_at_services
from kiosk.checkup.sound import judge_sound, look_at_sound
from kiosk.clock.trust import clock_trust
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles, KioskSettings
from kiosk.setup.diagnosis import devices_with_files, diagnose
from kiosk.setup.machine import Machine, look_at_this_machine
from kiosk.setup.trial import first_codes, try_devices
from kiosk.troubles import TerminalTrouble
from sync.contract.events import ClockState

AskForBadge = Callable[[Sequence[str]], int]

_AFTER_ENROLMENT = (Subject.CENTRE, Subject.CERTIFICATE, Subject.BROKER, Subject.ROSTER)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen of a terminal. `tried` says whether the devices were opened by us, not by an engine."""

    checks: tuple[Check, ...]
    machine: Machine
    engine: EngineSeen
    units: tuple[UnitSeen, ...] | None
    wall_ms: int
    tried: bool

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken; what is to be looked at does not count."""
        return all(check.mark is not Mark.BROKEN for check in self.checks)


def examine(
    files: KioskFiles,
    config: Path,
    ask_for_badge: AskForBadge | None = None,
    own: EngineSeen | None = None,
) -> Examined:
    """Look at the whole terminal; nothing that is presented meanwhile is logged, sent or deleted.

    The engine itself gives `own`, what it knows of itself, and connects nowhere. While an engine runs, it
    is asked about devices and clock: it holds the devices. `ask_for_badge` asks people to hold a badge up to
    the devices that it is given, and answers for how long (milliseconds).
    """
    settings = files.settings
    # Looked at before the trial, or our own drivers would be found to hold the ports.
    machine = look_at_this_machine([one.file for one in devices_with_files(settings)])
    engine, units = own or look_at_engine(files.socket), look_at_services()
    log = _log(files, engine)
    clock = _clock(files, engine, log)
    keys = look_at_keys(files, config)
    checks = [judge_keys(keys)]
    checks += _of_the_line(files, engine, may_connect=own is None) if keys.is_enrolled else _not_yet()
    checks += [
        judge_clock(clock),
        judge_disk(look_at_disk(files.state_folder)),
        judge_log(log, clock.wall_ms) if keys.is_enrolled else unjudged(Subject.LOG, Said.AFTER_ENROLMENT),
        judge_services(units),
        judge_screen(engine),
        judge_display(engine.snapshot),
        *_of_devices(settings, machine, engine),
        judge_sound(look_at_sound(settings)),
        *(_of_badges(files, engine, ask_for_badge) if ask_for_badge else ()),
    ]
    return Examined(tuple(checks), machine, engine, units, clock.wall_ms, engine.status is None)


def _of_badges(files: KioskFiles, engine: EngineSeen, ask: AskForBadge) -> list[Check]:
    devices, read, roster = readers_of_badges(files.settings), None, None
    if devices and engine.status is None:
        read = first_codes(files.settings, devices, ask(devices))
        with contextlib.suppress(SettingsError):  # told of the roster itself
            held = CentreData(files).roster()
            roster = held.index if held else None
    check = judge_badges(devices, read, roster)
    return [check] if check else []


def _of_the_line(files: KioskFiles, engine: EngineSeen, *, may_connect: bool) -> list[Check]:
    centre, link = look_at_centre(files, time.time()), engine.status.link if engine.status else None
    return [
        judge_centre(centre),
        judge_certificate(look_at_certificate(files)),
        judge_broker(look_at_broker(files, link, may_connect=may_connect)),
        judge_roster(centre),
    ]


def _not_yet() -> list[Check]:
    return [unjudged(subject, Said.AFTER_ENROLMENT) for subject in _AFTER_ENROLMENT]


def _clock(files: KioskFiles, engine: EngineSeen, log: LogSeen) -> ClockSeen:
    if engine.status:
        told = engine.status
        return ClockSeen(ClockState(told.clock_state), told.wall_ms, told.clock_error_ms, log.newest_ms)
    clock = open_clock(files.shared_clock)
    trust = clock_trust(clock)
    return ClockSeen(trust.state, clock.wall_ms(), trust.error_ms, log.newest_ms)


def _log(files: KioskFiles, engine: EngineSeen) -> LogSeen:
    seen = look_at_log(files.log_file, files.settings.terminal)
    if engine.status is None:
        return seen
    link, troubles = engine.status.link, tuple(engine.status.log_troubles)
    has_uplink = link.connected or all(
        one.code != TerminalTrouble.UPLINK_NOT_RUNNING for one in link.troubles
    )
    unsent = link.unsent if has_uplink else None
    return replace(seen, unsent=unsent, oldest_unsent_ms=link.oldest_unsent_wall_ms, troubles=troubles)


def _of_devices(settings: KioskSettings, machine: Machine, engine: EngineSeen) -> list[Check]:
    runs = engine.status is not None
    healths: Sequence[DeviceHealth] = engine.devices if runs else try_devices(settings)
    diagnosed = diagnose(machine, settings)
    cards = None
    if not runs:
        off = [one for one in diagnosed if one.code == TerminalTrouble.CARD_SERVICE_OFF]
        fault = off[0] if off else machine.card_service_fault
        cards = devices.judge_cards(settings, machine.card_readers, fault)
        if cards and cards.findings:
            # Said once, with its own remedy.
            healths = [one for one in healths if one.kind != devices.CONTACTLESS]
    told_elsewhere = {TerminalTrouble.GPIO_MISSING} | ({TerminalTrouble.CARD_SERVICE_OFF} if cards else set())
    if runs:
        told_elsewhere.add(TerminalTrouble.DEVICE_HELD)  # by the engine, as it should be
    left = [one for one in diagnosed if one.code not in told_elsewhere]
    if decoder := devices.look_at_decoder(settings):
        left.append(decoder)
    seen = pins.look_at_pins(settings.feedback, in_use=runs)
    more = (pins.judge_pins(seen, has_chips=bool(machine.gpio_chips)), cards, devices.judge_wedges(settings))
    return [devices.judge_devices(settings, healths, left), *(one for one in more if one)]
