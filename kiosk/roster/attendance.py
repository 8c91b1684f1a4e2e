"""Which activity a scan is for, where several go on. Pure."""

from kiosk.presence.forgotten_stay import is_over
from kiosk.presence.standing import Standing
from kiosk.roster.index import ActivityNow
from sync.contract.roster import RosterActivity


def attended(
    volunteer: str | None,
    standing: Standing | None,
    activity_now: ActivityNow,
    now_ms: int,
) -> RosterActivity | None:
    """What the volunteer is checked in for, while that goes on; else what expects them.

    A roster that expects them elsewhere since they came must not turn their leaving into another coming.
    """
    if standing and activity_now.choice:
        came_for = next((one for one in activity_now.choice if one.activity.id == standing.activity), None)
        if came_for and not is_over(
            standing, came_for.activity, activity_now.zone, activity_now.policy, now_ms
        ):
            return came_for.activity
    return activity_now.activity_for(volunteer)
