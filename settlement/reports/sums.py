# ruff: noqa: S608 - statements are made of what querysets ask and of names that stand here; values fill them in
"""Sums over the whole ledger, made by the database: whatever its size, only their results are in memory.

A person counts under the kept number; of merged ones every number's time is added up before it is counted.
"""

from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, ExtractMonth

from settlement.ledger.entries import approved
from settlement.models import Exchange, LedgerEntry, Membership, MergedNumber
from settlement.organisations.tree import DEEPEST, DIGITS, subtree
from settlement.rules.points import ExchangeState

_AT_ONCE = 2000


class Query(NamedTuple):
    """A statement and what fills it in."""

    sql: str
    params: tuple[Any, ...] = ()


def rows_of(query: Query) -> Generator[tuple[Any, ...], None, None]:
    """The rows of a statement as they come; a server keeps the rest, where no pool stands between.

    Whoever leaves off before the last one closes it.
    """
    is_whole = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.cursor() if is_whole else connection.chunked_cursor() as cursor:
        cursor.execute(query.sql, query.params)
        while found := cursor.fetchmany(_AT_ONCE):
            yield from found


def statement(rows: "QuerySet[Any, Any]") -> Query:
    """What a queryset would ask."""
    sql, params = rows.query.sql_with_params()
    return Query(sql, tuple(params))


def by_person(rows: "QuerySet[LedgerEntry, LedgerEntry]", branch: str = "") -> Query:
    """Seconds by person and recording organisation: number, path ("" for none), t_s."""
    summed = _of_branch(rows, branch).order_by().values(number=F("volunteer_id"), path=_PATH)
    base = statement(summed.annotate(t_s=Sum("delta_s")))
    return _kept(base, ("path",), "CAST(SUM(b.t_s) AS BIGINT) AS t_s")


def seconds_by_recorder(year: int, branch: str = "") -> list[tuple[str, int]]:
    """The approved seconds of a year by recording organisation, "" for none."""
    rows = _of_branch(approved().filter(local_date__year=year), branch).order_by()
    return [(path, t_s) for path, t_s in rows.values_list(_PATH).annotate(t_s=Sum("delta_s"))]


def first_of(query: Query) -> tuple[Any, ...] | None:
    """The first row of a statement that has few."""
    return next(iter([*rows_of(query)]), None)


class BranchSums(NamedTuple):
    """A branch with all below it in one year: its seconds, who was `active`, who `before`, who both years."""

    t_s: int = 0
    active: int = 0
    before: int = 0
    stayed: int = 0


def sums_by_branch(year: int, branch: str = "") -> dict[str, BranchSums]:
    """By the path of each branch that has approved time in the year or the one before; "" is the whole."""
    rows = _of_branch(approved().filter(local_date__year__in=(year - 1, year)), branch).order_by()
    seconds = {
        name: Sum("delta_s", filter=Q(local_date__year=of_year), default=0)
        for name, of_year in (("now_s", year), ("before_s", year - 1))
    }
    base = statement(rows.values(number=F("volunteer_id"), path=_PATH).annotate(**seconds))
    people = _kept(base, ("path",), "SUM(b.now_s) AS now_s, SUM(b.before_s) AS before_s")
    above = _with_all_above(people, "SUM(p.now_s) AS now_s, SUM(p.before_s) AS before_s")
    sql = (
        "SELECT branch, CAST(SUM(now_s) AS BIGINT), COUNT(CASE WHEN now_s > 0 THEN 1 END), "
        "COUNT(CASE WHEN before_s > 0 THEN 1 END), COUNT(CASE WHEN now_s > 0 AND before_s > 0 THEN 1 END) "
        f"FROM ({above.sql}) AS s GROUP BY branch"
    )
    return {path: BranchSums(*counts) for path, *counts in rows_of(Query(sql, above.params))}


def members_by_branch(at_ms: int, branch: str = "") -> dict[str, int]:
    """How many people belonged to each branch at that moment, by its path."""
    held = Membership.objects.filter(Q(left_ms__isnull=True) | Q(left_ms__gt=at_ms), joined_ms__lte=at_ms)
    if branch:
        held = held.filter(subtree(branch, "organisation__path"))
    rows = held.order_by().values(number=F("volunteer_id"), path=F("organisation__path")).distinct()
    above = _with_all_above(_kept(statement(rows), ("path",), "1 AS held"), "1 AS held")
    sql = f"SELECT branch, COUNT(*) FROM ({above.sql}) AS s GROUP BY branch"
    return dict(rows_of(Query(sql, above.params)))


def groups_by_month(year: int, branch: str = "") -> Iterator[tuple[str, int, int, int]]:
    """By recording organisation and month: path, month, how many people have time there, and all of it."""
    rows = _of_branch(approved().filter(local_date__year=year), branch).order_by()
    grouped = rows.annotate(month=ExtractMonth("local_date"))
    base = statement(
        grouped.values("month", number=F("volunteer_id"), path=_PATH).annotate(t_s=Sum("delta_s"))
    )
    people = _kept(base, ("path", "month"), "CAST(SUM(b.t_s) AS BIGINT) AS t_s")
    sql = (
        "SELECT path, month, COUNT(*), CAST(SUM(t_s) AS BIGINT) FROM "
        f"({people.sql}) AS s WHERE t_s > 0 GROUP BY path, month ORDER BY path, month"
    )
    return rows_of(Query(sql, people.params))


def served_people(year: int, branch: str = "") -> Query:
    """Everybody with more than no time in the year: number, t_s."""
    people = by_person(approved().filter(local_date__year=year), branch)
    sql = f"SELECT number, SUM(t_s) AS t_s FROM ({people.sql}) AS q GROUP BY number HAVING SUM(t_s) > 0"
    return Query(sql, people.params)


def noticed_people(year: int, branch: str = "") -> Iterator[tuple[int, int]]:
    """Who has time in the year, or without a branch only a granted gift: number and time, most time first."""
    people = by_person(approved().filter(local_date__year=year), branch)
    granted = Exchange.objects.filter(
        local_date__year=year, state__in=(ExchangeState.APPROVED, ExchangeState.FULFILLED)
    )
    gifts = _kept(
        statement(granted.order_by().values(number=F("volunteer_id")).distinct()), (), "1 AS gifted"
    )
    sql = (
        "SELECT number, CAST(SUM(t_s) AS BIGINT) AS t_s FROM ("
        f"SELECT number, t_s, 0 AS gifted, 1 AS served FROM ({people.sql}) AS q UNION ALL "
        f"SELECT number, 0, 1, 0 FROM ({gifts.sql}) AS g) AS u "
        "GROUP BY number HAVING (SUM(t_s) > 0 OR MAX(gifted) = 1)"
        f"{' AND MAX(served) = 1' if branch else ''} ORDER BY t_s DESC, number"
    )
    return ((number, t_s) for number, t_s in rows_of(Query(sql, people.params + gifts.params)))


def last_days() -> Query:
    """Each person's last local date of a line whose approved time is more than 0: number, last_day."""
    lines = approved().order_by().values("local_date", "activity_id", number=F("volunteer_id"))
    base = statement(lines.annotate(t_s=Sum("delta_s")).filter(t_s__gt=0))
    return _kept(base, (), "MAX(b.local_date) AS last_day")


def by_kept(base: Query, summed: str) -> Query:
    """Rows by the kept number; `base`, called b, has a column `number`; `summed` is made of its others."""
    return _kept(base, (), summed)


_PATH = Coalesce(F("activity__organisation__path"), Value(""))


def _of_branch(
    rows: "QuerySet[LedgerEntry, LedgerEntry]", branch: str
) -> "QuerySet[LedgerEntry, LedgerEntry]":
    return rows.filter(subtree(branch, "activity__organisation__path")) if branch else rows


def _kept(base: Query, also_by: tuple[str, ...], summed: str) -> Query:
    """The same by the kept numbers; `base` has a column `number`, `also_by` names more columns of `b`."""
    merges = statement(MergedNumber.objects.filter(taken_back=None).order_by().values("gone_id", "kept_id"))
    columns = ("COALESCE(m.kept_id, b.number) AS number", *(f"b.{name}" for name in also_by))
    places = ", ".join(str(place) for place in range(1, len(columns) + 1))
    sql = (
        f"SELECT {', '.join(columns)}, {summed} FROM ({base.sql}) AS b "
        f"LEFT JOIN ({merges.sql}) AS m ON m.gone_id = b.number GROUP BY {places}"
    )
    return Query(sql, base.params + merges.params)


def _with_all_above(people: Query, summed: str) -> Query:
    """The same for the path itself and each above it, as `branch`, down from the whole ("")."""
    levels = " UNION ALL ".join(f"SELECT {level} AS n" for level in range(DEEPEST + 1))
    sql = (
        f"SELECT SUBSTR(p.path, 1, {DIGITS} * l.n) AS branch, p.number, {summed} FROM ({people.sql}) AS p "
        f"JOIN ({levels}) AS l ON LENGTH(p.path) >= {DIGITS} * l.n GROUP BY 1, 2"
    )
    return Query(sql, people.params)
