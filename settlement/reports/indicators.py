"""Indicators of every branch of the tree, each including all below it (requirement 21).

A volunteer counts once in a branch, be it for several of its organisations. The row without a path is the
whole centre, with what no organisation recorded.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from foundation.words import Words
from settlement.organisations.tree import DIGITS
from settlement.reach import Reach
from settlement.reports.calendar import year_bounds_ms
from settlement.reports.sources import Branch, branches
from settlement.reports.sums import BranchSums, members_by_branch, sums_by_branch
from settlement.reports.table import Cell, Table, columns
from settlement.rules.hours import display_hours

WHOLE_CENTRE = ""


class Indicator(Struct, frozen=True):
    """One branch in one year.

    `members` belonged to it at the year's end, `active` have approved time in it, `t_s` is that time in
    seconds. Of the `before` who were active in the year before, `stayed` are active again.
    """

    branch: Branch
    members: int
    active: int
    t_s: int
    before: int
    stayed: int

    @property
    def retention_pm(self) -> int | None:
        """Those who stayed, in thousandths of those before, rounded down; None where there was nobody."""
        return self.stayed * 1000 // self.before if self.before else None


def indicators(
    tree: Sequence[Branch], members: Mapping[str, int], sums: Mapping[str, BranchSums]
) -> tuple[Indicator, ...]:
    """The indicators of the whole centre and of each branch, in the order of the tree."""
    return tuple(
        _indicator(branch, members.get(branch.path, 0), sums.get(branch.path, BranchSums()))
        for branch in (Branch(WHOLE_CENTRE, ""), *tree)
    )


def report(reach: Reach, year: int, words: Words, branch: str = "") -> Table:
    """The indicators of a year; of a branch only, where one is given."""
    branch = reach.branch(branch)
    end_ms = year_bounds_ms(year)[1] - 1
    found = indicators(
        branches(branch),
        members_by_branch(end_ms, branch),
        sums_by_branch(year, branch),
    )
    return tabulate(found[1:] if branch else found, year, words)


def tabulate(found: Iterable[Indicator], year: int, words: Words) -> Table:
    """The indicators as a table."""
    numbers = "level members active hours retention"
    return Table(
        title=words.say("report-indicators", year=str(year)),
        columns=columns(words, f"path organisation {numbers}", numbers),
        rows=tuple(_row(row, words) for row in found),
        notes=(words.say("note-indicators"), words.say("note-retention")),
    )


def _row(row: Indicator, words: Words) -> tuple[Cell, ...]:
    percent = "–" if row.retention_pm is None else f"{row.retention_pm // 10}.{row.retention_pm % 10} %"
    return (
        row.branch.path,
        row.branch.name or words.say("report-whole-centre"),
        len(row.branch.path) // DIGITS,
        row.members,
        row.active,
        display_hours(row.t_s),
        percent,
    )


def _indicator(branch: Branch, members: int, sums: BranchSums) -> Indicator:
    return Indicator(branch, members, sums.active, sums.t_s, sums.before, sums.stayed)
