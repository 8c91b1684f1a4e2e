"""The uplink's process: delivers the log, and stays a client of the engine's local socket."""

import threading
import time
from pathlib import Path

import msgspec
import structlog

from kiosk.clock_trust import clock_trust
from kiosk.configuration import KioskFiles
from kiosk.local_client import Heard, LocalClient
from kiosk.local_messages import Decided, FromCentre, LinkReport, Snapshot
from kiosk.terminal import UPLINK, load_roster
from muster.clock import open_clock
from muster.errors import LogError
from muster.signals import stop_when_told
from sync.log_reader import LogReader
from sync.uplink import LinkState, Uplink, Vitals

_LOOK_FOR_LOG_S = 0.5

_logger = structlog.get_logger()


class Link:
    """An uplink and its connection to the engine."""

    def __init__(self, files: KioskFiles, log: LogReader) -> None:
        """Prepare both; raises SettingsError for keys or a roster that can't be read."""
        roster = load_roster(files)
        self._clock = open_clock(files.shared_clock)
        self._roster_version = roster.version
        self._reported: LinkReport | None = None
        self._uplink = Uplink(
            files.identity(), files.broker(), log, self._clock, self._vitals, self._report, self._hand_on
        )
        self._engine = LocalClient(files.socket, UPLINK, self._hear)

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set."""
        self._engine.start()
        try:
            self._uplink.run(stop)
        finally:
            self._engine.close()

    def _vitals(self) -> Vitals:
        return Vitals(clock_trust(self._clock), self._roster_version, 0)

    def _report(self, state: LinkState) -> None:
        self._reported = msgspec.convert(state, LinkReport, from_attributes=True)
        self._engine.send(self._reported)

    def _hand_on(self, message: bytes, centre_ms: int) -> None:
        if not self._engine.send(FromCentre(message, centre_ms)):
            _logger.warning("engine_away", lost_bytes=len(message))

    def _hear(self, message: Heard) -> None:
        match message:
            case Decided() if message.seq:
                self._uplink.appended()
            case Snapshot() if self._reported:
                # A restarted engine knows nothing of the line.
                self._engine.send(self._reported)


def run_uplink(config: Path) -> None:
    """Run the uplink of the settings file until SIGTERM or SIGINT; waits for the engine to make the log."""
    stop = stop_when_told()
    files = KioskFiles(config)
    waiting = False
    while not stop.is_set():
        try:
            log = LogReader(files.log_file, files.settings.terminal)
        except LogError as error:
            if not waiting:
                _logger.warning("waiting_for_log", error=str(error))
            waiting = True
            time.sleep(_LOOK_FOR_LOG_S)
            continue
        Link(files, log).run(stop)
