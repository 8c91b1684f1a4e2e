"""Volunteers' records as Order No. 67 has them: one row for each person who has served."""

from collections import defaultdict
from collections.abc import Collection, Generator, Mapping

from django.db.models import F, Sum

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.ledger.entries import approved
from settlement.models import Membership
from settlement.organisations.tree import subtree
from settlement.reach import Reach
from settlement.recognition.stars import held_stars_of
from settlement.reports.clear_names import shown_name
from settlement.reports.order_fields import order_columns
from settlement.reports.sources import in_portions, people
from settlement.reports.sums import Query, by_kept, rows_of, statement
from settlement.reports.table import Cell, LongTable
from settlement.rules.hours import display_hours

_AT_ONCE = 1000
_FIELDS = "name number organisation service_time occasions first_day last_day stars"


def long_report(reach: Reach, words: Words, by: Actor | None, branch: str = "") -> LongTable:
    """Everybody with approved time that a branch recorded, by number; stars are those of all time.

    Names stand in clear for who may certify, masked for everybody else.
    """
    return LongTable(
        title=words.say("report-records"),
        columns=order_columns(words, _FIELDS, numbers="number service_time occasions stars"),
        rows=_rows(reach.branch(branch), by),
        notes=(words.say("note-order_67"), words.say("note-hours")),
    )


def _rows(branch: str, by: Actor | None) -> Generator[tuple[Cell, ...], None, None]:
    found = rows_of(_by_person(branch))
    try:
        for portion in in_portions(found, _AT_ONCE):
            numbers = [number for number, *_ in portion]
            known, stars, places = people(numbers), held_stars_of(numbers), _places(numbers, branch)
            for number, t_s, occasions, first, last in portion:
                yield (
                    shown_name(known[number], by),
                    number,
                    " / ".join(places.get(number, ())),
                    display_hours(t_s),
                    occasions,
                    str(first),
                    str(last),
                    stars[number],
                )
    finally:
        found.close()


def _by_person(branch: str) -> Query:
    """Number, seconds, lines, first and last day of everybody, by the kept number."""
    lines = approved().order_by()
    if branch:
        lines = lines.filter(subtree(branch, "activity__organisation__path"))
    by_line = lines.values("local_date", "activity_id", number=F("volunteer_id"))
    counted = by_kept(
        statement(by_line.annotate(t_s=Sum("delta_s")).filter(t_s__gt=0)),
        "CAST(SUM(b.t_s) AS BIGINT) AS t_s, COUNT(*), MIN(b.local_date), MAX(b.local_date)",
    )
    return Query(f"{counted.sql} ORDER BY 1", counted.params)


def _places(numbers: Collection[int], branch: str) -> Mapping[int, list[str]]:
    """To which organisations of the branch each belongs."""
    held = Membership.objects.filter(volunteer__in=numbers, left_ms=None)
    if branch:
        held = held.filter(subtree(branch, "organisation__path"))
    found: dict[int, list[str]] = defaultdict(list)
    rows = held.order_by("organisation__path").values_list("volunteer_id", "organisation__name")
    for number, name in rows.distinct():
        found[number].append(name)
    return found
