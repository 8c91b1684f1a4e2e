"""Who has come to an activity and not left: still here, or gone without a check-out."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef
from msgspec import Struct

from foundation.trouble import Trouble
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.look_up import activity_called
from settlement.models import Activity, ManualRecord, Session, Sheet
from settlement.reach import Reach, check_entitled, reach_of
from settlement.records.sheets import (
    Field,
    NewSheet,
    RowRefusal,
    SheetRefusedError,
    SheetRow,
    enter_sheet,
    sheet_of_form,
)
from settlement.rules.evidence import Direction
from settlement.troubles import DecisionTrouble

MOST_TOLD = 200
_LATELY = dt.timedelta(days=14)


class StillHere(Struct, frozen=True):
    """Somebody who came at `in_s` (UTC seconds). `is_open`: the rules still take them to be here.

    `waits` says that a time to leave is entered already and waits for its second person.
    """

    volunteer: int
    name: str
    in_s: int
    is_open: bool
    waits: bool


class Leaving(Struct, frozen=True):
    """That somebody who came at `in_s` (UTC seconds) left at `left_ms`."""

    volunteer: int
    in_s: int
    left_ms: int


class CheckOut(Struct, frozen=True):
    """Whom to check out of an activity; `form` names the form, so that it is entered once."""

    activity: str
    local_date: dt.date
    reason: str
    form: str
    leaving: Sequence[Leaving]


def check_out(new: CheckOut, by: Actor, now_ms: int) -> Sheet:
    """Enter when people left who are still checked in, as one sheet: it counts once a second person confirms.

    Raises as `enter_sheet` does; of a row also NOT_CHECKED_IN, END_WAITS, LEFT_BEFORE_COMING.
    """
    activity = activity_called(new.activity)
    check_entitled(by, Deed.ENTER_MANUAL, activity)
    same = sheet_of_form(new.form, by)
    if same is not None:
        return same
    found, _ = still_checked_in(activity, reach_of(by), now_ms)
    here = {(one.volunteer, one.in_s): one for one in found}
    refusals = []
    for row, one in enumerate(new.leaving, 1):
        stay = here.get((one.volunteer, one.in_s))
        if stay is None:
            refusals.append(_refusal(row, Field.NUMBER, DecisionTrouble.NOT_CHECKED_IN))
        elif stay.waits:
            refusals.append(_refusal(row, Field.NUMBER, DecisionTrouble.END_WAITS))
        elif one.left_ms <= one.in_s * 1000:
            refusals.append(_refusal(row, Field.LEFT, DecisionTrouble.LEFT_BEFORE_COMING))
    if refusals:
        raise SheetRefusedError(refusals)
    rows = [SheetRow(row, one.volunteer, None, one.left_ms) for row, one in enumerate(new.leaving, 1)]
    return enter_sheet(NewSheet(new.activity, new.local_date, new.reason, new.form, rows), by, now_ms)


def _refusal(row: int, field: Field, code: DecisionTrouble) -> RowRefusal:
    return RowRefusal(row, field, Trouble.of(code))


def still_checked_in(activity: Activity, reach: Reach, now_ms: int) -> tuple[list[StillHere], bool]:
    """Of the last two weeks those without an end, who came first first; and whether there are more.

    Nobody where the activity is beyond reach.
    """
    since = dt.datetime.fromtimestamp(now_ms // 1000, dt.UTC).date() - _LATELY
    stays = Session.objects.filter(activity__in=reach.activities().filter(pk=activity.pk))
    stays = stays.filter(line_date__gte=since, out_s=None).exclude(in_s=None)
    ends = ManualRecord.objects.filter(
        volunteer=OuterRef("volunteer"),
        activity=OuterRef("activity"),
        direction=Direction.OUT,
        decision=None,
        at_ms__gte=OuterRef("came_ms"),
    )
    rows = stays.annotate(came_ms=F("in_s") * 1000).annotate(waits=Exists(ends))
    columns = ("volunteer", "volunteer__display_name", "in_s", "is_open", "waits")
    found = [
        StillHere(*row) for row in rows.order_by("in_s", "volunteer").values_list(*columns)[: MOST_TOLD + 1]
    ]
    return found[:MOST_TOLD], len(found) > MOST_TOLD
