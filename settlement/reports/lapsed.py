# ruff: noqa: S608 - statements are made of what querysets ask and of names that stand here
"""Volunteers who have no approved time since a day: to be asked whether they still want to serve."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.db.models import Case, F, IntegerField, When
from msgspec import Struct

from foundation.words import Words
from settlement.models import Membership, MergedNumber, Volunteer
from settlement.reach import Reach
from settlement.reports.calendar import months_before
from settlement.reports.sums import Query, by_kept, last_days, rows_of, statement
from settlement.reports.table import LongTable, Table, columns


class Lapsed(Struct, frozen=True):
    """Somebody who has not served lately; `last_day` is None for who never did."""

    number: int
    name: str
    last_day: dt.date | None


def report(reach: Reach, today: dt.date, months: int, words: Words) -> Table:
    """Who belongs here and has no approved time since so many months."""
    return long_report(reach, today, months, words).whole()


def long_report(reach: Reach, today: dt.date, months: int, words: Words) -> LongTable:
    """The same, person by person: longest ago first, who never served last."""
    since = months_before(today, months)
    rows = (
        (
            row.number,
            row.name,
            row.last_day.isoformat() if row.last_day else words.say("lapsed-never"),
        )
        for row in lapsed_since(since, reach)
    )
    return LongTable(
        title=words.say("report-lapsed", since=since.isoformat()),
        columns=columns(words, "number name last_day", numbers="number"),
        rows=rows,
        notes=(words.say("note-lapsed"),),
    )


def lapsed_since(since: dt.date, reach: Reach) -> Iterator[Lapsed]:
    """Those in reach whose last day of approved time lies before `since`, in the order of the report."""
    gone = MergedNumber.objects.filter(taken_back=None).values("gone")
    reached = Volunteer.objects.all() if reach.is_whole else reach.volunteers()
    left = reached.exclude(pk__in=gone).order_by().values("number", "display_name")
    known, last, out = statement(left), last_days(), _have_left()
    sql = f"""SELECT v.number, v.display_name, d.last_day FROM ({known.sql}) AS v
        LEFT JOIN ({last.sql}) AS d ON d.number = v.number
        LEFT JOIN ({out.sql}) AS o ON o.number = v.number
        WHERE (d.last_day IS NULL OR d.last_day < %s) AND o.number IS NULL
        ORDER BY d.last_day IS NULL, d.last_day, v.number"""
    day = since.isoformat() if connection.vendor == "sqlite" else since
    for number, name, last_day in rows_of(Query(sql, (*known.params, *last.params, *out.params, day))):
        yield Lapsed(number, name, _date(last_day))


def _have_left() -> Query:
    """Those who belonged to organisations and belong to none any more."""
    held = Membership.objects.order_by().values(number=F("volunteer_id")).distinct()
    belongs = Case(When(left_ms=None, then=1), default=0, output_field=IntegerField())
    by_number = by_kept(statement(held.annotate(belongs=belongs)), "MAX(b.belongs) AS belongs")
    return Query(f"SELECT number FROM ({by_number.sql}) AS h WHERE belongs = 0", by_number.params)


def _date(stored: dt.date | str | None) -> dt.date | None:
    """SQLite keeps dates as text."""
    return dt.date.fromisoformat(stored) if isinstance(stored, str) else stored
