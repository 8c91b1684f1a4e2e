"""Whether the clock is set, steered, and not behind what is known to have happened."""

import datetime as dt
from dataclasses import dataclass

from kiosk.checkup.check import Check, Said, Subject, broken, found, good, to_look_at
from kiosk.clock.trust import TRUSTED
from kiosk.troubles import CheckTrouble
from sync.contract.events import ClockState

_LEEWAY_MS = 60_000
"""A clock that was put back by less than this was corrected."""


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """What the kernel, or the running engine, says of the clock; `newest_ms` is the log's newest event."""

    state: ClockState
    wall_ms: int
    error_ms: int | None = None
    newest_ms: int | None = None


def judge_clock(seen: ClockSeen) -> Check:
    """Pure. A clock that was never set makes every certificate invalid too."""
    now = minute_of(seen.wall_ms)
    if seen.state is ClockState.UNSET:
        return found(Subject.CLOCK, broken(CheckTrouble.CLOCK_NEVER_SET, now=now))
    if seen.newest_ms is not None and seen.wall_ms < seen.newest_ms - _LEEWAY_MS:
        newest = minute_of(seen.newest_ms)
        return found(Subject.CLOCK, broken(CheckTrouble.CLOCK_BEHIND_LOG, now=now, newest=newest))
    if seen.state not in TRUSTED:
        return found(Subject.CLOCK, to_look_at(CheckTrouble.CLOCK_NOT_STEERED, now=now))
    if seen.error_ms is None:
        return good(Subject.CLOCK, Said.CLOCK_GOOD, now=now)
    return good(Subject.CLOCK, Said.CLOCK_WITHIN, now=now, error=str(seen.error_ms))


def minute_of(wall_ms: int) -> str:
    """A moment in UTC, which no time zone of the machine turns round."""
    if not 0 <= wall_ms < dt.datetime.max.replace(tzinfo=dt.UTC).timestamp() * 1000:
        return str(wall_ms)
    return f"{dt.datetime.fromtimestamp(wall_ms // 1000, dt.UTC):%Y-%m-%d %H:%M} UTC"
