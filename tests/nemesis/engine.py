"""A terminal that accepts people on its own: the real log, the real local socket, and no devices.

`main(SETTINGS, SHOWN, PACE_MS)`: every so often somebody checks in or out. As soon as `append` returns, the
light would be green: the line that is written to SHOWN then is what the centre must hold in the end.
While a file `quiet` lies beside SETTINGS nobody comes; a file `purge` asks to purge what the centre has
archived, and is taken away.
"""

import hashlib
import os
import random
import time
from pathlib import Path

from foundation.clock import monotonic_ms, open_clock
from foundation.errors import MessageError
from kiosk.local_api import messages
from kiosk.local_api.messages import Decided, FromCentre, LinkReport, Outcome, Snapshot, Status
from kiosk.local_api.server import Client, LocalServer
from kiosk.provisioning.centre_data import CentreData
from kiosk.settings import KioskFiles
from sync.contract import wire
from sync.contract.downlink import RosterChunk
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    ClockState,
    ClockTrust,
    Credential,
    Method,
    encode,
)
from sync.log.writer import Log, Stamp

PEOPLE = 20
"""Volunteers of each terminal; their numbers begin at 100 times the terminal's place in the cast."""
_TRUSTED = ClockTrust(ClockState.SYNCED, 5, "ntp", 1_000)


class Engine:
    """The log of one terminal, and what people do there."""

    def __init__(self, files: KioskFiles, shown: Path, pace_ms: int) -> None:
        self._terminal, self._pace_s = files.settings.terminal, pace_ms / 1000
        self._centre_data = CentreData(files)
        self._clock = open_clock(None)
        self._last_ms = 0
        self._shown = os.open(shown, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._log = Log(files.log_file, self._terminal, self._stamp(), "muster/nemesis")
        self._roster = 1
        self._archived: dict[str, int] = {}
        self._inside: set[int] = set()
        self._random = random.Random()
        self._server = LocalServer(files.socket, self._snapshot, self._take, lambda _: None)

    def live(self, quiet: Path, purge: Path) -> None:
        """Until it is killed."""
        while True:
            if purge.exists():
                self._purge()
                purge.unlink()
            if not quiet.exists():
                self._somebody_comes()
            time.sleep(self._pace_s * self._random.uniform(0.3, 1.7))

    def _somebody_comes(self) -> None:
        person = int(self._terminal.rpartition("-")[2]) * 100 + self._random.randrange(PEOPLE)
        kind = CheckOut if person in self._inside else CheckIn
        self._inside ^= {person}
        stamp = self._stamp()
        placed = self._log.append(
            kind(
                **stamp.moment(self._terminal),
                credential=Credential(Method.BADGE, f"badge:{person}.1", Assurance.MEDIUM),
                activity="fair",
            )
        )
        seen = (
            placed.epoch,
            str(placed.seq),
            hashlib.sha256(encode(placed)).hexdigest(),
            str(self._clock.wall_ms()),
        )
        os.write(self._shown, (" ".join((self._terminal, *seen)) + "\n").encode())
        outcome = Outcome.ACCEPTED_IN if kind is CheckIn else Outcome.ACCEPTED_OUT
        self._server.publish(Decided(placed.wall_ms, "scanner", Method.BADGE, outcome, seq=placed.seq))

    def _purge(self) -> None:
        self._log.note_dates()
        while self._log.purge(dict(self._archived), self._clock.wall_ms()):
            pass

    def _stamp(self) -> Stamp:
        """Now; no two presentations are of one millisecond."""
        self._last_ms = max(monotonic_ms(), self._last_ms + 1)
        return Stamp(self._clock.boot_id, self._last_ms, self._clock.wall_ms(), _TRUSTED)

    def _take(self, message: messages.ToEngine, _: Client) -> None:
        """The acknowledgements say what may be purged; the centre's key is followed as ever."""
        if not isinstance(message, FromCentre):
            return
        try:
            envelope = wire.read_envelope(message.message)
            match envelope.kind:
                case wire.MessageKind.HANDOVER:
                    self._centre_data.follow(message.message)
                    self._server.publish(self._snapshot())
                    return
                case wire.MessageKind.ROSTER_CHUNK:  # of one chunk: there are few people
                    self._roster = wire.read_header(envelope, RosterChunk).version
                    self._server.publish(self._snapshot())
                    return
            ack = self._centre_data.open_ack(message.message)
        except MessageError:
            return  # settings
        if self._log.hash_at(ack.epoch, ack.contiguous) == bytes.fromhex(ack.hash):
            self._archived[ack.epoch] = max(ack.archived, self._archived.get(ack.epoch, 0))

    def _snapshot(self) -> Snapshot:
        status = Status(self._clock.wall_ms(), "synced", LinkReport(False, 0), [], [], self._log.seq, 10**9)
        return Snapshot(
            version=messages.VERSION,
            terminal=self._terminal,
            site="North gate",
            activity="",
            zone="Asia/Shanghai",
            language="en",
            demo=False,
            roster_version=self._roster,
            expected=0,
            recent=[],
            status=status,
            believes=self._centre_data.believes,
        )


def main(settings: str, shown: str, pace_ms: str) -> None:
    """Live until killed."""
    beside = Path(settings).parent
    Engine(KioskFiles(Path(settings)), Path(shown), int(pace_ms)).live(beside / "quiet", beside / "purge")
