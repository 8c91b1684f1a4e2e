"""Service in groups, for policy and research: nobody can be found in it (requirement 13).

A group is what one organisation recorded in one month. Groups with fewer volunteers than the smallest allowed
are left out, and no total is told from which they could be computed by subtraction.
"""

from collections.abc import Iterable

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.words import Words
from settlement.reach import Reach
from settlement.reports.sources import branches
from settlement.reports.sums import groups_by_month
from settlement.reports.table import Table, columns
from settlement.rules.hours import display_hours


class Group(Struct, frozen=True):
    """What one organisation recorded in one month: of volunteers who have time in it, and their seconds.

    A volunteer whose time in it was taken back entirely is none of them.
    """

    path: str
    month: int
    volunteers: int
    t_s: int


class Aggregate(Struct, frozen=True):
    """The groups that may be told, and how many may not."""

    groups: tuple[Group, ...]
    withheld: int


def told_groups(counted: Iterable[Group], smallest: int) -> Aggregate:
    """Those of the groups, none of them empty, that may be told; `smallest` is the fewest in one."""
    groups, withheld = [], 0
    for group in counted:
        if group.volunteers >= smallest:
            groups.append(group)
        else:
            withheld += 1
    return Aggregate(tuple(groups), withheld)


def report(reach: Reach, year: int, words: Words, branch: str = "") -> Table:
    """The groups of a year, of a branch only where one is given."""
    branch = reach.branch(branch)
    smallest: int = django_settings.CENTRE.reports.smallest_group
    found = told_groups((Group(*row) for row in groups_by_month(year, branch)), smallest)
    names = {row.path: row.name for row in branches()}
    return Table(
        title=words.say("report-aggregate", year=str(year)),
        columns=columns(words, "path organisation month active hours", numbers="month active hours"),
        rows=tuple(
            (group.path, names.get(group.path, "–"), group.month, group.volunteers, display_hours(group.t_s))
            for group in found.groups
        ),
        notes=(words.say("note-withheld", count=found.withheld, smallest=str(smallest)),),
    )
