"""Whom a year's commendations are due to: by approved hours, then by what recipients said."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from msgspec import Struct

from foundation.words import Words
from settlement.merged_numbers import merged_numbers
from settlement.models import Rating
from settlement.organisations.tree import subtree
from settlement.reach import Reach
from settlement.recognition.ratings import RaterRole
from settlement.reports.calendar import year_bounds_ms
from settlement.reports.sources import Person, approved_service, people
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
    return tabulate(rank(candidates(year, branch), places), year, words)


def candidates(year: int, branch: str = "") -> list[Candidate]:
    """Everybody with approved time in the year, and the last rating of each recipient in it."""
    time: dict[int, int] = {}
    for served in approved_service(year, branch):
        time[served.volunteer] = time.get(served.volunteer, 0) + served.t_s
    merged = merged_numbers()
    low, high = year_bounds_ms(year)
    last: dict[tuple[int, str, str], int] = {}
    rows = Rating.objects.filter(role=RaterRole.RECIPIENT, at_ms__gte=low, at_ms__lt=high).order_by("pk")
    if branch:
        rows = rows.filter(subtree(branch, "activity__organisation__path"))
    for number, activity, by, effect_pm in rows.values_list(
        "volunteer__number", "activity__id", "by", "effect_pm"
    ):
        last[merged.kept(number), activity, by] = effect_pm
    ratings: dict[int, list[int]] = {}
    for (number, _, _), effect_pm in last.items():
        ratings.setdefault(number, []).append(effect_pm)
    known = people(time)
    return [Candidate(known[number], t_s, tuple(ratings.get(number, ()))) for number, t_s in time.items()]


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
