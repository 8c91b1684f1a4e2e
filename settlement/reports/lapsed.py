"""Volunteers who have no approved time since a day: to be asked whether they still want to serve."""

import datetime as dt
from collections.abc import Iterable, Mapping

from msgspec import Struct

from foundation.words import Words
from settlement.merged_numbers import merged_numbers
from settlement.models import Membership
from settlement.reach import Reach
from settlement.reports.calendar import months_before
from settlement.reports.sources import Person, days_of_service, people
from settlement.reports.table import Table, columns


class Lapsed(Struct, frozen=True):
    """Somebody who has not served lately; `last_day` is None for who never did."""

    person: Person
    last_day: dt.date | None


def lapsed_since(
    since: dt.date, known: Iterable[Person], last_days: Mapping[int, dt.date]
) -> tuple[Lapsed, ...]:
    """Those whose last day of approved time lies before `since`, longest ago first, who never served last."""
    found = [Lapsed(person, last_days.get(person.number)) for person in known]
    gone = [lapsed for lapsed in found if lapsed.last_day is None or lapsed.last_day < since]
    never = dt.date.max
    return tuple(sorted(gone, key=lambda lapsed: (lapsed.last_day or never, lapsed.person.number)))


def report(reach: Reach, today: dt.date, months: int, words: Words) -> Table:
    """Who belongs here and has no approved time since so many months."""
    since = months_before(today, months)
    last_days: dict[int, dt.date] = {}
    for number, day in days_of_service():
        last_days[number] = max(day, last_days.get(number, day))
    left = _have_left()
    reached = None if reach.is_whole else reach.volunteers().values_list("number", flat=True)
    known = [person for person in people(reached).values() if person.number not in left]
    return tabulate(lapsed_since(since, known, last_days), since, words)


def tabulate(lapsed: Iterable[Lapsed], since: dt.date, words: Words) -> Table:
    """The list as a table."""
    rows = tuple(
        (
            row.person.number,
            row.person.name,
            row.last_day.isoformat() if row.last_day else words.say("lapsed-never"),
        )
        for row in lapsed
    )
    return Table(
        title=words.say("report-lapsed", since=since.isoformat()),
        columns=columns(words, "number name last_day", numbers="number"),
        rows=rows,
        notes=(words.say("note-lapsed"),),
    )


def _have_left() -> set[int]:
    """Those who belonged to organisations and belong to none any more."""
    members = Membership.objects.order_by()
    merged = merged_numbers()
    belong = set(map(merged.kept, members.filter(left_ms=None).values_list("volunteer_id", flat=True)))
    left = set(map(merged.kept, members.exclude(left_ms=None).values_list("volunteer_id", flat=True)))
    return left - belong
