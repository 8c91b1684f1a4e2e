"""A group without names came, or left: how many, who they are as a whole; or why it can't be noted. Pure."""

import secrets

from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import GroupListed, GroupsHere
from kiosk.local_api.requests import GroupCame, GroupLeft, ListGroups
from kiosk.presence.groups import GroupHere
from kiosk.roster.index import phase_at
from kiosk.staff.events import Denial, RequestContext
from sync.contract.events import MOST_IN_GROUP, Direction, Group
from sync.contract.roster import Phase


def came(asked: GroupCame, context: RequestContext) -> Group | Denial:
    """That these many came, for an activity that goes on; the one of now where none is named."""
    remark, now_ms = " ".join(asked.remark.split()), context.stamp.wall_ms
    if not 0 < asked.count <= MOST_IN_GROUP:
        return Denial(DenialCode.WRONG_COUNT)
    if not remark:
        return Denial(DenialCode.NO_REMARK)
    activity = context.roster.activity_now(now_ms, context.activity).activity
    if asked.activity:
        named = context.roster.activity(asked.activity)
        activity = named if named and phase_at(named, now_ms) is Phase.EXECUTING else None
    if activity is None:
        return Denial(DenialCode.ACTIVITY_NOT_EXECUTING)
    return Group(
        **context.moment,
        group=secrets.token_hex(8),
        activity=activity.id,
        direction=Direction.IN,
        count=asked.count,
        remark=remark,
        entered_by=context.staff,
    )


def left(asked: GroupLeft, context: RequestContext) -> Group | Denial:
    """That these many of a group left; never more than are here."""
    known = next((one for one in _here(context) if one.group == asked.group), None)
    if known is None:
        return Denial(DenialCode.NO_SUCH_GROUP)
    if not 0 < asked.count <= known.count:
        return Denial(DenialCode.WRONG_COUNT)
    return Group(
        **context.moment,
        group=known.group,
        activity=known.activity,
        direction=Direction.OUT,
        count=asked.count,
        remark=known.remark,
        entered_by=context.staff,
    )


def listed(asked: ListGroups, context: RequestContext) -> GroupsHere:
    """The groups that are here."""
    found = []
    for one in _here(context):
        activity = context.roster.activity(one.activity)
        title = activity.title if activity else ""
        found.append(GroupListed(one.group, one.count, one.remark, title, one.since_ms))
    return GroupsHere(asked.request, found)


def _here(context: RequestContext) -> list[GroupHere]:
    return context.presence.groups_here(context.stamp.wall_ms)
