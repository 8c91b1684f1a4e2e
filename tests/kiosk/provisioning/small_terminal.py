"""A terminal's engine in a folder, to which a centre gives rosters, settings and wipes."""

import queue

import msgspec

from drivers.reading import Presented
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Decided
from kiosk.provisioning.apply import ActiveSettings
from kiosk.provisioning.centre_data import CentreData
from kiosk.provisioning.receive import DownlinkReceiver
from kiosk.settings import KioskFiles
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import ConfigApplied
from sync.contract.roster import RosterShift
from sync.log.reader import LogReader
from tests.kiosk.samples import GUIDES, HOUR_MS, PSEUDONYM_KEY, HandClock, reading
from tests.sync.samples import NINE_MS, TERMINAL


class SmallTerminal:
    """Files, log and engine, without devices, socket or threads: `beat` is called by hand."""

    def __init__(self, files: KioskFiles, clock: HandClock) -> None:
        self.clock = clock
        holdings = CentreData(files)
        self.in_force = ActiveSettings(files, holdings)
        self._keeper = LogKeeper(files.log_file, TERMINAL, clock, "muster/test")
        self.log = self._keeper.log
        self._announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=self.in_force.roster,
            pseudonym_key=PSEUDONYM_KEY,
            policy=self.in_force.policy,
            clock=clock,
            announce=self._announced.put,
        )
        self.in_force.begin(self.engine, self._keeper)
        self._receiver = DownlinkReceiver(
            holdings,
            roster_version=self.in_force.roster_version,
            settings_version=self.in_force.settings_version,
        )

    def take(self, *messages) -> None:
        """The uplink brings these, and the engine's next beat comes."""
        for message in messages:
            self._receiver.take(message)
        for change in self._receiver.arrived():
            self.in_force.apply(change, self.engine, self._keeper)

    def present(self, text: str, presented: Presented = Presented.CODE) -> Decided:
        """Somebody presents something, an hour after the last one."""
        self.clock.now_ms += HOUR_MS
        return self.engine._take(reading(text, presented, self.clock.now_ms))


def logged(folder) -> list[events.AnyEvent]:
    """Every event of the log, in its order."""
    reader = LogReader(folder.log_file, TERMINAL)
    try:
        return [
            events.decode(encoded)
            for head in reader.heads()
            for encoded in reader.stretch(head.epoch, 0, 999, 999_999).events
        ]
    finally:
        reader.close()


def applied(folder) -> list[tuple[str, int]]:
    return [(event.what, event.version) for event in logged(folder) if isinstance(event, ConfigApplied)]


def told(logs, what: str) -> list[str]:
    """The key of each such line of the engine's own log."""
    return [str(line.get("key", line.get("roster"))) for line in logs if line["event"] == what]


ALL_DAY = msgspec.structs.replace(GUIDES, shifts=[RosterShift(NINE_MS, NINE_MS + 24 * HOUR_MS)])


def what_lies_there(folder) -> set[str]:
    """The files that a wipe has to leave nothing of, of those that are there."""
    secret = {"pseudonym.key", "tags.toml", "roster.json", "device.secret"}
    return {file.name for file in folder.folder.rglob("*") if file.name in secret or ".kept" in file.suffixes}
