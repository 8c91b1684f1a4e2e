"""Sheets as people read them: what waits of each, and the rows of one."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, Session, Sheet, SheetRecord
from settlement.reach import Reach
from settlement.records.sheets import Field
from settlement.rules import evidence

ON_A_PAGE = 50


class SheetTold(Struct, frozen=True):
    """A sheet in a list; `waiting` of its `times` are not decided on yet."""

    number: int
    activity: str
    title: str
    local_date: dt.date
    entered_by: str
    entered_ms: int
    zone: str
    people: int
    times: int
    waiting: int


class TimeTold(Struct, frozen=True):
    """A time in a row; `confirmed` is None while it waits, `note` says why it was declined."""

    record: int
    at_ms: int
    confirmed: bool | None
    by: str
    note: str


class RowTold(Struct, frozen=True):
    """A row of a sheet; the name is empty for somebody beyond reach.

    `there` are the person's stays in the activity that day that are known already, from when to when (UTC
    seconds). `outside` is said of a time at which the activity was not running: it would not count.
    """

    row: int
    volunteer: int
    name: str
    times: dict[Field, TimeTold]
    there: tuple[tuple[int | None, int | None], ...] = ()
    outside: bool = False

    @property
    def span(self) -> tuple[int, int] | None:
        """From when to when (UTC seconds) somebody was there by the paper; a moment for one known end."""
        known = [time.at_ms // 1000 for time in self.times.values()]
        return (min(known), max(known)) if known else None

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide on it."""
        return any(time.confirmed is None for time in self.times.values())


def sheets_in(reach: Reach) -> QuerySet[Sheet]:
    """The sheets of the activities in reach; a volunteer's account reaches none."""
    if reach.node is None:
        return Sheet.objects.none()
    return Sheet.objects.filter(activity__in=reach.activities())


def list_sheets(reach: Reach, *, only_waiting: bool, before: int = 0) -> tuple[list[SheetTold], bool]:
    """A page of sheets, the newest first, those below number `before`; and whether there are more."""
    rows = sheets_in(reach)
    if only_waiting:
        waits = SheetRecord.objects.filter(sheet=OuterRef("pk"), record__decision=None)
        rows = rows.filter(Exists(waits))
    if before:
        rows = rows.filter(pk__lt=before)
    numbers = [*rows.order_by("-pk").values_list("pk", flat=True)[: ON_A_PAGE + 1]]
    return _told(numbers[:ON_A_PAGE]), len(numbers) > ON_A_PAGE


def rows_of_sheet(sheet: Sheet, reach: Reach) -> list[RowTold]:
    """The rows of a sheet that is reached, in its order."""
    found = [*sheet.records.select_related("record__decision").order_by("row", "record")]
    numbers = {each.record.volunteer_id for each in found}
    names = dict(reach.volunteers(numbers).values_list("pk", "display_name"))
    there = _stays(sheet, numbers)
    runs = _runs(sheet.activity)
    outside = {each.row for each in found if not runs.is_executing(each.record.at_ms // 1000)}
    rows: dict[int, RowTold] = {}
    for each in found:
        record, decision = each.record, getattr(each.record, "decision", None)
        volunteer = record.volunteer_id
        stays = there.get(volunteer, ())
        told = RowTold(each.row, volunteer, names.get(volunteer, ""), {}, stays, each.row in outside)
        row = rows.setdefault(each.row, told)
        row.times[Field.CAME if record.direction == "in" else Field.LEFT] = TimeTold(
            record.pk,
            record.at_ms,
            decision.confirmed if decision else None,
            decision.by if decision else "",
            decision.note if decision else "",
        )
    return [*rows.values()]


def last_day(activity: Activity, now_ms: int) -> dt.date:
    """The day that a paper list is probably of: today while the activity runs, else the last that it ran."""
    now_s = now_ms // 1000
    ends_s = [
        now_s if until is None else min(now_s, until - 1)
        for start, until in _runs(activity).executing
        if start <= now_s
    ]
    return dt.datetime.fromtimestamp(max(ends_s, default=now_s), ZoneInfo(activity.site.zone)).date()


def _runs(activity: Activity) -> evidence.Activity:
    phases = activity.phases.values_list("phase", "from_ms")
    executing = evidence.executing_intervals((phase, from_ms // 1000) for phase, from_ms in phases)
    return evidence.Activity(id=activity.pk, executing=executing)


def _stays(sheet: Sheet, numbers: set[int]) -> dict[int, tuple[tuple[int | None, int | None], ...]]:
    """What these people have in the sheet's activity on its day already."""
    merged = merged_numbers()
    kept = {number: merged.kept(number) for number in numbers}
    stays = Session.objects.filter(
        activity=sheet.activity, line_date=sheet.local_date, volunteer__in=set(kept.values())
    )
    found: dict[int, tuple[tuple[int | None, int | None], ...]] = {}
    for volunteer, in_s, out_s in stays.order_by("in_s", "pk").values_list("volunteer", "in_s", "out_s"):
        found[volunteer] = (*found.get(volunteer, ()), (in_s, out_s))
    return {number: found[into] for number, into in kept.items() if into in found}


def _told(numbers: Iterable[int]) -> list[SheetTold]:
    rows = (
        Sheet.objects.filter(pk__in=[*numbers])
        .select_related("activity__site")
        .annotate(
            people=Count("records__record__volunteer", distinct=True),
            times=Count("records"),
            waiting=Count("records", filter=Q(records__record__decision=None)),
        )
    )
    return [
        SheetTold(
            row.pk,
            row.activity_id,
            row.activity.title,
            row.local_date,
            row.entered_by,
            row.entered_ms,
            row.activity.site.zone,
            row.people,
            row.times,
            row.waiting,
        )
        for row in rows.order_by("-pk")
    ]
