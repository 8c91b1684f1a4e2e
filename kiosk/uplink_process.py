"""The uplink's process: delivers the log, and stays a client of the engine's local socket.

It imports neither the engine nor a device's port: what hangs or breaks there leaves the line alone.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import msgspec
import structlog

from foundation.clock import open_clock
from foundation.errors import LogError, MessageError
from foundation.service_manager import ServiceManager
from foundation.signals import stop_when_told
from kiosk.clock.trust import clock_trust
from kiosk.local_api.client import EngineGone, Heard, LocalClient
from kiosk.local_api.messages import UPLINK, Decided, FromCentre, LinkReport, Snapshot, Status
from kiosk.settings import NO_CENTRE, KioskFiles
from sync.contract import wire
from sync.contract.wire import MessageKind
from sync.line.renewal import Renewal
from sync.line.uplink import Uplink, UplinkStatus, Vitals
from sync.log.reader import LogReader

_LOOK_FOR_LOG_S = 0.5
_ENGINE_ANSWERS_WITHIN_S = 5.0

_logger = structlog.get_logger()


class Link:
    """An uplink and its connection to the engine."""

    def __init__(self, files: KioskFiles, log: LogReader) -> None:
        """Prepare both; raises SettingsError for keys that can't be read."""
        self._clock = open_clock(files.shared_clock)
        self._in_force = _Versions()
        self._settings: FromCentre | None = None
        self._lost = False
        self._engine_answered = threading.Event()
        self._reported: LinkReport | None = None
        self._status: Status | None = None
        identity, broker = files.identity(), files.broker()
        renewal = Renewal(identity, broker, Random()) if broker.certificate_file else None  # noqa: S311 - pauses
        self._uplink = Uplink(
            identity, broker, log, self._clock, self._vitals, self._report, self._hand_on, renewal
        )
        self._engine = LocalClient(files.socket, UPLINK, self._hear)

    def run(self, stop: threading.Event, manager: ServiceManager) -> None:
        """Deliver until `stop` is set."""
        self._engine.start()
        manager.ready()
        # The greeting tells what the engine holds; a dead engine must not keep the log from leaving.
        self._engine_answered.wait(_ENGINE_ANSWERS_WITHIN_S)
        try:
            self._uplink.run(stop, lambda: manager.alive(self._line()))
        finally:
            self._engine.close()

    def _vitals(self) -> Vitals:
        status = self._status
        trust = clock_trust(self._clock)
        health = health_of(status) if status else None
        held = self._in_force
        return Vitals(trust, held.roster, held.settings, health, held.revoked, held.believes)

    def _line(self) -> str:
        """For `systemctl status`."""
        reported = self._reported
        if reported is None:
            return ""
        return f"{'connected' if reported.connected else 'not connected'}, {reported.unsent} events to send"

    def _report(self, state: UplinkStatus) -> None:
        self._reported = msgspec.convert(state, LinkReport, from_attributes=True)
        self._engine.send(self._reported)

    def _hand_on(self, message: bytes, centre_ms: int) -> None:
        told = FromCentre(message, centre_ms, self._clock.mono_ms())
        if _is_settings(message):
            # The broker gives them once a connection; an engine that comes later must have them too.
            self._settings = told
        if not self._engine.send(told):
            self._lost = True

    def _hear(self, message: Heard) -> None:
        match message:
            case Decided() if message.seq:
                self._uplink.appended()
            case Status():
                before, self._status = self._status, message
                # Who greets is told of the site's other terminals from the start.
                if _asks(message) > (_asks(before) if before else 0):
                    self._uplink.greet()
            case EngineGone():
                self._status = None
                # The next one doesn't know what the centre told of the site's other terminals: greet.
                self._lost = True
            case Snapshot():
                self._status = message.status
                versions = (message.roster_version, message.settings_version)
                self._hear_snapshot(_Versions(*versions, message.revoked, message.believes))

    def _hear_snapshot(self, in_force: "_Versions") -> None:
        """The engine was started anew, or holds something else than before."""
        changed = in_force != self._in_force
        self._in_force = in_force
        if self._reported:
            # A restarted engine knows nothing of the line.
            self._engine.send(self._reported)
        if self._settings:
            self._engine.send(self._settings)
        if self._engine_answered.is_set() and (changed or self._lost):
            self._lost = False
            self._uplink.greet()
        self._engine_answered.set()


@dataclass(frozen=True, slots=True)
class _Versions:
    """What the engine decides by, and which key of the centre it believes; 0 and "" stand for none."""

    roster: int = 0
    settings: int = 0
    revoked: bool = False
    believes: str = ""


def _asks(status: Status) -> int:
    """How often the engine has wanted a greeting."""
    return status.steps_missed + status.greetings_asked


def _is_settings(message: bytes) -> bool:
    try:
        return wire.read_envelope(message).kind == MessageKind.SETTINGS
    except MessageError:
        return False


def run_uplink(config: Path) -> None:
    """Run the uplink of the settings file until SIGTERM or SIGINT; waits for the engine to make the log."""
    stop = stop_when_told()
    waiting = False
    manager = ServiceManager()
    files = _once_enrolled(config, stop, manager)
    while not stop.is_set():
        manager.alive()
        try:
            log = LogReader(files.log_file, files.settings.terminal)
        except LogError as error:
            if not waiting:
                _logger.warning("waiting_for_log", error=error.trouble)
                manager.status("waits for the engine's log")
                manager.ready()
            waiting = True
            time.sleep(_LOOK_FOR_LOG_S)
            continue
        Link(files, log).run(stop, manager)
    manager.stopping()


def _once_enrolled(config: Path, stop: threading.Event, manager: ServiceManager) -> KioskFiles:
    """The settings, once they name the centre that this terminal belongs to, or `stop` is set."""
    waiting = False
    while (files := KioskFiles(config)).settings.centre_key == NO_CENTRE and not stop.is_set():
        if not waiting:
            _logger.warning("waiting_for_enrolment")
            manager.ready()
        waiting = True
        manager.alive("not enrolled")
        stop.wait(_LOOK_FOR_LOG_S)
    return files


def health_of(status: Status) -> wire.Health:
    """What the retained state message tells of a terminal's status; no names, no sentences."""
    return wire.Health(
        clock=status.clock_state,
        devices=dict(Counter(device.state for device in status.devices)),
        readings=sum(device.readings for device in status.devices),
        here=len(status.here),
        disk_free_bytes=status.disk_free_bytes,
        clock_error_ms=status.clock_error_ms,
        temperature_mc=status.temperature_mc,
        undervoltage=status.undervoltage,
        oldest_unsent_wall_ms=status.link.oldest_unsent_wall_ms,
        last_ack_wall_ms=status.link.last_ack_wall_ms,
        log_trouble=bool(status.log_troubles),
        each_device={
            device.name: msgspec.convert(device, wire.DeviceReport, from_attributes=True)
            for device in status.devices
        },
        throttled_bits=status.throttled_bits,
    )
