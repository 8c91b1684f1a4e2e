"""What volunteers read of their own service: an overview, the lines page by page, and one line in words.

Of the kept number of whoever asks; what was recorded under merged ones stands there.
"""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.ledger.entries import approved, read_entries
from settlement.models import Dispute, EventOutcome, LedgerEntry, Membership, Volunteer
from settlement.recognition.stars import held_stars
from settlement.rule_book import rules_by_date
from settlement.troubles import DecisionTrouble
from settlement.volunteers.record import ServiceLine, lines_of

LINES_A_PAGE = 50


class Overview(Struct, frozen=True):
    """Who it is, and what the service came to; `months` are approved seconds by (year, month)."""

    number: int
    name: str
    suspended: bool
    may_be_named: bool
    total_s: int
    months: dict[tuple[int, int], int]
    stars: int
    organisations: tuple[str, ...]
    """The names of those to which the person belongs now."""


class LinePlace(Struct, frozen=True):
    """A line of a volunteer, by which a page begins after it."""

    local_date: dt.date
    activity: str


def own_number(by: Actor) -> int:
    """The volunteer's number of whoever asks; raises RulesError UNKNOWN_VOLUNTEER for an account without."""
    if by.volunteer is None:
        raise RulesError(DecisionTrouble.UNKNOWN_VOLUNTEER, volunteer="–")
    return by.volunteer


def own_overview(by: Actor) -> Overview:
    """The overview of one's own service; raises RulesError UNKNOWN_VOLUNTEER."""
    number = own_number(by)
    row = Volunteer.objects.get(pk=number)
    months = approved().filter(volunteer=number).order_by()
    months = months.annotate(year=ExtractYear("local_date"), month=ExtractMonth("local_date"))
    summed = months.values_list("year", "month").annotate(t_s=Sum("delta_s"))
    found = {(year, month): t_s for year, month, t_s in summed}
    held = Membership.objects.filter(volunteer__in=[number, *by.numbers], left_ms=None)
    return Overview(
        number=number,
        name=row.display_name,
        suspended=row.suspended,
        may_be_named=row.may_be_named,
        total_s=sum(found.values()),
        months=found,
        stars=held_stars(number),
        organisations=tuple(
            held.order_by("organisation__path").values_list("organisation__name", flat=True).distinct()
        ),
    )


def own_lines(by: Actor, after: LinePlace | None = None) -> tuple[list[ServiceLine], bool]:
    """The newest lines, or those after one, and whether more follow; raises RulesError UNKNOWN_VOLUNTEER."""
    mine = LedgerEntry.objects.filter(volunteer=own_number(by))
    keys = mine.order_by("-local_date", "activity__id").values_list("local_date", "activity__id").distinct()
    if after is not None:
        day = after.local_date
        keys = keys.filter(Q(local_date__lt=day) | Q(local_date=day, activity__gt=after.activity))
    found = list(keys[: LINES_A_PAGE + 1])
    shown = found[:LINES_A_PAGE]
    if not shown:
        return [], False
    rows = mine.filter(local_date__range=(shown[-1][0], shown[0][0]))
    stored = [
        one for one in read_entries(rows) if (one.entry.key.local_date, one.entry.key.activity) in set(shown)
    ]
    lines = {(line.local_date, line.activity): line for line in lines_of(stored)}
    return [lines[key] for key in shown], len(found) > LINES_A_PAGE


class OwnLine(Struct, frozen=True):
    """One line: its rows of the ledger in their order, what entered no stay, and objections to it."""

    entries: Sequence[LedgerEntry]
    uncounted: Sequence[EventOutcome]
    disputes: Sequence[Dispute]


def own_line(by: Actor, place: LinePlace) -> OwnLine | None:
    """What stands behind a line of one's own; None where there is no such line."""
    number, activity, day = own_number(by), place.activity, place.local_date
    mine = LedgerEntry.objects.filter(volunteer=number, activity=activity, local_date=day)
    entries = list(mine.select_related("review", "reopening", "activity__site").order_by("pk"))
    if not entries:
        return None
    site, rules = entries[0].activity.site, rules_by_date()
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    near = (int((noon - dt.timedelta(days=2)).timestamp()), int((noon + dt.timedelta(days=2)).timestamp()))
    outcomes = EventOutcome.objects.filter(volunteer=number, activity=activity, at_s__range=near)
    objections = Dispute.objects.filter(
        volunteer__in=[number, *by.numbers], activity=activity, local_date=day
    )
    return OwnLine(
        entries,
        [
            one
            for one in outcomes.order_by("at_s", "pk")
            if rules.calendar_at(one.at_s, site.zone).date_of(one.at_s) == day
        ],
        list(objections.select_related("answer").order_by("raised_ms", "pk")),
    )
