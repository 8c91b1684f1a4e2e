"""What a screen knows of its terminal: a value that each message from the engine replaces by the next."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace

import msgspec

from kiosk.local_api.client import EngineGone, Heard
from kiosk.local_api.messages import Decided, Snapshot, Status, TakenBack
from kiosk.roster.site_time import time_in, zone_named

_TIME_OF_DAY = re.compile(r"(\d{1,2}) ?[:.,h]? ?(\d{2})", re.IGNORECASE)
RECENT_READINGS = 200
"""How many readings a screen keeps; the log keeps all of them."""


@dataclass(frozen=True, slots=True)
class TerminalState:
    """The engine's last word, and whether it still answers.

    `snapshot` carries the newest status and readings; None until the engine has answered once. `gone` is set
    while it can't be reached: what `snapshot` says is then of an earlier time.
    """

    snapshot: Snapshot | None = None
    gone: EngineGone | None = None

    def after(self, heard: Heard) -> "TerminalState":
        """The state once this was heard."""
        match heard:
            case EngineGone():
                return replace(self, gone=heard)
            case Snapshot():
                return TerminalState(heard)
            case Status() if self.snapshot:
                return replace(self, snapshot=msgspec.structs.replace(self.snapshot, status=heard))
            case Decided() if self.snapshot:
                recent = [*self.snapshot.recent, heard][-RECENT_READINGS:]
                return replace(self, snapshot=msgspec.structs.replace(self.snapshot, recent=recent))
            case TakenBack() if self.snapshot:
                recent = [one.marked(heard) for one in self.snapshot.recent]
                return replace(self, snapshot=msgspec.structs.replace(self.snapshot, recent=recent))
            case _:
                return self  # nothing can be said before the snapshot


def time_at_site(snapshot: Snapshot, wall_ms: int, *, beside_ms: int | None = None) -> str:
    """A moment (UTC, milliseconds) as the site's clock shows it: `09:05`, with the date on another day.

    Another day than today; than that of `beside_ms`, where a moment stands beside that one.
    """
    now_ms = snapshot.status.wall_ms
    return time_in(snapshot.zone, wall_ms, beside_ms=now_ms if beside_ms is None else beside_ms)


def moment_at(snapshot: Snapshot, clock: str, from_ms: int) -> int | None:
    """The first moment (UTC, milliseconds) from `from_ms` on at which the site's clock shows `clock`.

    None for text that is no time of day; people in a hurry write `16:20` as `1620` or `16.20`.
    """
    zone = zone_named(snapshot.zone)
    written = _TIME_OF_DAY.fullmatch(unicodedata.normalize("NFKC", clock).strip())
    if written is None:
        return None
    try:
        time = dt.time(int(written[1]), int(written[2]))
        first = dt.datetime.fromtimestamp(from_ms // 1000, zone).date()
        moments = [
            int(dt.datetime.combine(first + dt.timedelta(days=days), time, zone).timestamp()) * 1000
            for days in range(3)
        ]
    except (OverflowError, ValueError, OSError):
        return None
    return next((moment for moment in moments if moment >= from_ms), None)
