"""The yearly public notice of hours and exchanged points (requirement 17), with masked names.

Once published it is stored as it hung on the board: it is never changed, a later one stands beside it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
from django.db.models import Sum
from msgspec import Struct

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.look_up import organisation_at
from settlement.merged_numbers import merged_numbers
from settlement.models import Exchange, PublicNotice
from settlement.reach import Reach, reach_of
from settlement.recognition.masking import masked_name
from settlement.reports.sources import Person, approved_entries, in_portions, people
from settlement.reports.sums import noticed_people
from settlement.reports.table import LongTable, Table, columns
from settlement.rule_book import rules_by_date
from settlement.rules.by_date import RulesByDate, by_date
from settlement.rules.hours import display_hours
from settlement.rules.points import ApprovedTime, ExchangeState, points_earned
from settlement.rules.rule_set import RuleSet

UNNAMED = "***"
"""For who asked not to be named, not even masked."""
_AT_ONCE = 1000


class Noticed(Struct, frozen=True):
    """What is published of one volunteer: approved seconds, points of the year, gifts that were granted."""

    name: str
    t_s: int
    earned: int
    spent: int
    gifts: tuple[str, ...]


def noticed(
    person: Person,
    t_s: int,
    time: Sequence[ApprovedTime],
    gifts: Sequence[str],
    rules: RuleSet | RulesByDate,
) -> Noticed:
    """One volunteer's part of the notice: `t_s` is told; the points are those of all `time` of the year."""
    tiers = by_date(rules).newest.exchange_tiers
    return Noticed(
        masked_name(person.name) if person.may_be_named else UNNAMED,
        t_s,
        sum(points_earned(time, rules).values()),
        sum(tiers.get(gift, 0) for gift in gifts),
        tuple(gifts),
    )


def report(reach: Reach, year: int, words: Words, branch: str = "") -> Table:
    """The notice of a year, about the time that a branch recorded and the gifts of who served there."""
    return long_report(reach, year, words, branch).whole()


def long_report(reach: Reach, year: int, words: Words, branch: str = "") -> LongTable:
    """The same, row by row, most hours first; equal ones by what stands there, never by number."""
    branch = reach.branch(branch)
    rows = (
        (row.name, display_hours(row.t_s), row.earned, row.spent, ", ".join(row.gifts))
        for row in _rows(year, branch)
    )
    return LongTable(
        title=words.say("report-notice", year=str(year)),
        columns=columns(words, "name hours points spent gifts", numbers="hours points spent"),
        rows=rows,
        notes=(words.say("note-notice"), words.say("note-masked")),
    )


def _rows(year: int, branch: str) -> Iterator[Noticed]:
    """Those who have the same time stand in the order of what is told of them."""
    portions = in_portions(noticed_people(year, branch), _AT_ONCE)
    told = (row for portion in portions for row in _told(year, dict(portion)))
    for _, equals in groupby(told, key=lambda row: row.t_s):
        yield from sorted(equals, key=lambda row: (row.name, -row.earned, row.gifts))


def _told(year: int, seconds: Mapping[int, int]) -> Iterator[Noticed]:
    rules, known = rules_by_date(), people(seconds)
    counted = merged_numbers().counted_for(seconds)
    time, gifts = _time(year, counted), _gifts(year, counted)
    for number, t_s in seconds.items():
        yield noticed(known[number], t_s, time.get(number, ()), gifts.get(number, ()), rules)


def publish(table: Table, year: int, branch: str, *, by: Actor, now_ms: int) -> PublicNotice:
    """Store a notice as it is published.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, UNKNOWN_ORGANISATION.
    """
    check_may(by, Deed.PUBLISH)
    branch = reach_of(by).branch(branch)
    return PublicNotice.objects.create(
        year=year,
        organisation=organisation_at(branch) if branch else None,
        content=msgspec.to_builtins(table),
        published_by=by.name,
        published_account_id=by.account,
        published_ms=now_ms,
    )


def _time(year: int, counted: Mapping[int, int]) -> Mapping[int, list[ApprovedTime]]:
    """All approved time of the year of these numbers, by the number for which it counts."""
    lines = approved_entries(year).filter(volunteer__in=counted)
    rows = lines.values_list("volunteer__number", "activity__id", "local_date").annotate(t_s=Sum("delta_s"))
    found: dict[int, list[ApprovedTime]] = defaultdict(list)
    for number, activity, day, t_s in rows:
        found[counted[number]].append(ApprovedTime(activity, day, t_s))
    return found


def _gifts(year: int, counted: Mapping[int, int]) -> Mapping[int, list[str]]:
    """What was granted in a year; what waits or was declined is nobody else's business."""
    granted = Exchange.objects.filter(
        local_date__year=year,
        state__in=(ExchangeState.APPROVED, ExchangeState.FULFILLED),
        volunteer__in=counted,
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, tier in granted.order_by("pk").values_list("volunteer__number", "tier"):
        found[counted[number]].append(tier)
    return found
