# ruff: noqa: S608 - statements are made of what querysets ask and of names that stand here
"""Whom a year's commendations are due to: by approved hours, then by what recipients said."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from django.db.models import Case, IntegerField, Q, When
from msgspec import Struct

from foundation.words import Words
from settlement.look_up import portions
from settlement.merged_numbers import merged_numbers
from settlement.models import Rating, Volunteer
from settlement.organisations.tree import subtree
from settlement.reach import Reach
from settlement.recognition.ratings import RaterRole
from settlement.reports.calendar import year_bounds_ms
from settlement.reports.sources import Person, people
from settlement.reports.sums import Query, by_kept, first_of, rows_of, served_people, statement
from settlement.reports.table import Table, columns
from settlement.rules.hours import display_hours


class Candidate(Struct, frozen=True):
    """Somebody's approved seconds of the year, and the recipients' ratings in thousandths."""

    person: Person
    t_s: int
    ratings_pm: tuple[int, ...] = ()

    @property
    def feedback(self) -> Fraction:
        """The mean of the ratings; below every rating where there is none."""
        return Fraction(sum(self.ratings_pm), len(self.ratings_pm)) if self.ratings_pm else Fraction(-1)


class Ranked(Struct, frozen=True):
    """A candidate's place; equal candidates share one, and the places behind them stay empty (1, 2, 2, 4)."""

    place: int
    candidate: Candidate
    is_tied: bool


class Ranking(Struct, frozen=True):
    """The places up to the wanted one, ties at the end included; who was left out is counted."""

    ranked: tuple[Ranked, ...]
    unwilling: int
    suspended: int


def rank(candidates: Iterable[Candidate], places: int) -> Ranking:
    """Rank those who served, may be named and are not suspended.

    A tie over the last place lists all who share it: a person decides then, never the order of a table.
    """
    served = [candidate for candidate in candidates if candidate.t_s > 0]
    unwilling = sum(not candidate.person.may_be_named for candidate in served)
    suspended = sum(candidate.person.suspended and candidate.person.may_be_named for candidate in served)
    eligible = [c for c in served if c.person.may_be_named and not c.person.suspended]
    eligible.sort(key=lambda candidate: (-candidate.t_s, -candidate.feedback, candidate.person.number))
    ranked: list[Ranked] = []
    for _, group in groupby(eligible, key=lambda candidate: (candidate.t_s, candidate.feedback)):
        equals, place = list(group), len(ranked) + 1
        if place > places:
            break
        ranked += [Ranked(place, candidate, len(equals) > 1) for candidate in equals]
    return Ranking(tuple(ranked), unwilling, suspended)


def report(reach: Reach, year: int, words: Words, branch: str = "", *, places: int = 5) -> Table:
    """The ranking of a year, by the time that a branch recorded."""
    branch = reach.branch(branch)
    found = rank(candidates(year, branch, places), places)
    unwilling, suspended = _left_out_of(year, branch)
    return tabulate(Ranking(found.ranked, unwilling, suspended), year, words)


def candidates(year: int, branch: str = "", places: int = 5) -> list[Candidate]:
    """Whoever has time enough in the year for one of the places, with the recipients' last ratings."""
    time = _leading(year, branch, places)
    merged = merged_numbers()
    low, high = year_bounds_ms(year)
    last: dict[tuple[int, str, str], int] = {}
    for numbers in portions([*merged.counted_for(time)]):
        rows = Rating.objects.filter(
            role=RaterRole.RECIPIENT, at_ms__gte=low, at_ms__lt=high, volunteer__in=numbers
        )
        if branch:
            rows = rows.filter(subtree(branch, "activity__organisation__path"))
        said = rows.order_by("pk").values_list("pk", "volunteer__number", "activity__id", "by", "effect_pm")
        for _, number, activity, by, effect_pm in said:
            last[merged.kept(number), activity, by] = effect_pm
    ratings: dict[int, list[int]] = {}
    for (number, _, _), effect_pm in last.items():
        ratings.setdefault(number, []).append(effect_pm)
    known = people(time)
    return [Candidate(known[number], t_s, tuple(ratings.get(number, ()))) for number, t_s in time.items()]


def _leading(year: int, branch: str, places: int) -> dict[int, int]:
    """Who has at least as much time as whoever has the last place, and all where nobody has it."""
    served, barred = served_people(year, branch), _barred()
    of_all = served.params + barred.params
    last = f"""SELECT s.t_s FROM ({served.sql}) AS s LEFT JOIN ({barred.sql}) AS x ON x.number = s.number
        WHERE x.number IS NULL ORDER BY s.t_s DESC LIMIT 1 OFFSET %s"""
    found = first_of(Query(last, (*of_all, places - 1)))
    least = int(found[0]) if found else 1
    leading = (
        f"SELECT number, CAST(t_s AS BIGINT) FROM ({served.sql}) AS s WHERE t_s >= %s ORDER BY 2 DESC, 1"
    )
    return dict(rows_of(Query(leading, (*served.params, least))))


def _left_out_of(year: int, branch: str) -> tuple[int, int]:
    """How many who served are not named because they don't wish it, and how many are suspended."""
    served, barred = served_people(year, branch), _barred()
    sql = f"""SELECT COUNT(CASE WHEN x.unnamed = 1 THEN 1 END), COUNT(CASE WHEN x.unnamed = 0 THEN 1 END)
        FROM ({served.sql}) AS s JOIN ({barred.sql}) AS x ON x.number = s.number"""
    unwilling, suspended = first_of(Query(sql, served.params + barred.params)) or (0, 0)
    return unwilling, suspended


def _barred() -> Query:
    """Who is left out, by the kept number: number, unnamed (1) or suspended alone (0)."""
    rows = Volunteer.objects.filter(Q(may_be_named=False) | Q(suspended=True)).order_by()
    unnamed = Case(When(may_be_named=False, then=1), default=0, output_field=IntegerField())
    return by_kept(statement(rows.values("number").annotate(unnamed=unnamed)), "MAX(b.unnamed) AS unnamed")


def tabulate(ranking: Ranking, year: int, words: Words) -> Table:
    """The ranking as a table."""
    rows = tuple(
        (
            row.place,
            row.candidate.person.number,
            row.candidate.person.name,
            display_hours(row.candidate.t_s),
            int(row.candidate.feedback) if row.candidate.ratings_pm else "–",
            words.say("ranking-tied") if row.is_tied else "",
        )
        for row in ranking.ranked
    )
    return Table(
        title=words.say("report-ranking", year=str(year)),
        columns=columns(words, "place number name hours feedback tie", numbers="place number hours feedback"),
        rows=rows,
        notes=(words.say("note-ranking"), *_left_out(ranking, words)),
    )


def _left_out(ranking: Ranking, words: Words) -> Iterator[str]:
    if ranking.unwilling:
        yield words.say("note-unwilling", count=ranking.unwilling)
    if ranking.suspended:
        yield words.say("note-suspended", count=ranking.suspended)
