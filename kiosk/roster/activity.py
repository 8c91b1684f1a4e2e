"""Which activity is recorded for where nobody vouches for the clock: scanning goes on. Pure.

A terminal that woke up in 1970, or whose battery-kept clock is a year off, must not turn a whole shift away
for it. The centre repairs the times from its evidence and judges the phases by those.
"""

import sys
from collections.abc import Iterator

from kiosk.clock.trust import TRUSTED
from kiosk.roster.index import ActivityNow, RosterIndex
from sync.contract.events import ClockState
from sync.contract.roster import UNRESOLVED_ACTIVITY, Phase, RosterActivity

_FAR_MS = 24 * 3_600_000
"""A battery-kept clock may be set to local time or to the eve; what is farther off was set by nobody."""
_ANY = RosterActivity(UNRESOLVED_ACTIVITY, "", [])


def activity_under(clock: ClockState, roster: RosterIndex, wall_ms: int, ordered: str) -> ActivityNow:
    """What attendance is recorded for when a clock in this state says `wall_ms`.

    A clock that is vouched for is believed, and so is one of a battery within a day of when some activity
    executes. By any other, where nothing executes, it is the activity that staff `ordered`, else the only one
    of the roster that ever does; which of several it was is left open for the centre (UNRESOLVED_ACTIVITY).
    """
    told = roster.activity_now(wall_ms, ordered)
    if told.activity is not None or clock in TRUSTED:
        return told
    executing = [(one, span) for one in roster.roster.activities for span in executing_spans(one)]
    is_far = all(not start - _FAR_MS <= wall_ms < end + _FAR_MS for _, (start, end) in executing)
    if not executing or (clock is ClockState.RTC and not is_far):
        return told
    possible = {one.id: one for one, _ in executing}
    activity = possible.get(ordered) or (next(iter(possible.values())) if len(possible) == 1 else _ANY)
    return ActivityNow(activity, zone=roster.roster.zone, policy=roster.policy, is_presumed=True)


def executing_spans(activity: RosterActivity) -> Iterator[tuple[int, int]]:
    """When the activity executes: UTC milliseconds, [from, until)."""
    ends = [*(change.from_ms for change in activity.phases[1:]), sys.maxsize]
    for change, until_ms in zip(activity.phases, ends, strict=False):
        if change.phase is Phase.EXECUTING:
            yield change.from_ms, until_ms
