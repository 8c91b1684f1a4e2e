"""Who is expected today: for which activity, and for which of its shifts. Pure."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from kiosk.roster.index import phase_at
from kiosk.roster.site_time import zone_named
from sync.contract.roster import Phase, Roster, RosterActivity, RosterPerson, RosterShift

_DAY = dt.timedelta(days=1)


class Expected(NamedTuple):
    """Somebody and what they are expected for; the site's day began at `day_began_ms` (UTC)."""

    person: RosterPerson
    activity: RosterActivity
    shift: RosterShift | None
    day_began_ms: int


def expected_today(roster: Roster, now_ms: int) -> Iterator[Expected]:
    """Everybody whom an activity of today expects, each once; suspended ones and those of other sites not.

    An activity that everybody may come to expects everybody; one whose shifts are all on other days nobody.
    """
    began_ms, ended_ms = day_at(roster.zone, now_ms)
    people = {one.volunteer: one for one in roster.people if not one.suspended and not one.expected_at}
    told: set[str] = set()
    for activity in roster.activities:
        if not _is_today(activity, now_ms, ended_ms):
            continue
        shift = _shift_of(activity, now_ms, began_ms, ended_ms)
        if activity.shifts and shift is None:
            continue
        for volunteer in people if activity.assigned is None else activity.assigned:
            if volunteer in people and volunteer not in told:
                told.add(volunteer)
                yield Expected(people[volunteer], activity, shift, began_ms)


def _is_today(activity: RosterActivity, now_ms: int, ended_ms: int) -> bool:
    """Whether it goes on now, or begins before the day ends."""
    if phase_at(activity, now_ms) is Phase.EXECUTING:
        return True
    return any(
        change.phase is Phase.EXECUTING and now_ms < change.from_ms < ended_ms for change in activity.phases
    )


def _shift_of(activity: RosterActivity, now_ms: int, began_ms: int, ended_ms: int) -> RosterShift | None:
    """The shift of today that is not over; the last of today where all are."""
    today = [one for one in activity.shifts if one.end_ms > began_ms and one.start_ms < ended_ms]
    return next((one for one in today if one.end_ms > now_ms), today[-1] if today else None)


def day_at(zone: str, now_ms: int) -> tuple[int, int]:
    """When the site's day began and when it ends (UTC milliseconds)."""
    known = zone_named(zone)
    midnight = dt.datetime.fromtimestamp(now_ms // 1000, known).replace(hour=0, minute=0, second=0)
    tomorrow = dt.datetime.combine((midnight + _DAY).date(), dt.time(), known)
    return int(midnight.timestamp()) * 1000, int(tomorrow.timestamp()) * 1000
