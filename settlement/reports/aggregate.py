"""Service in groups, for policy and research: nobody can be found in it (requirement 13).

A group is what one organisation recorded in one month. Groups with fewer volunteers than the smallest allowed
are left out, and no total is told from which they could be computed by subtraction.
"""

from collections.abc import Iterable

from django.conf import settings as django_settings
from django.db.models import Sum
from django.db.models.functions import ExtractMonth
from msgspec import Struct

from foundation.words import Words
from settlement.reach import Reach
from settlement.reports.sources import approved_entries, branches
from settlement.reports.table import Table, columns
from settlement.rules.hours import display_hours


class Group(Struct, frozen=True):
    """What one organisation recorded in one month."""

    path: str
    month: int
    volunteers: int
    t_s: int


class Aggregate(Struct, frozen=True):
    """The groups that may be told, and how many may not."""

    groups: tuple[Group, ...]
    withheld: int


def aggregate(service: Iterable[tuple[str, int, int, int]], smallest: int) -> Aggregate:
    """Group approved service, given as (path, month, volunteer, seconds).

    `smallest` is the fewest volunteers of a group. A volunteer whose time in it was taken back entirely is
    none of them.
    """
    seconds: dict[tuple[str, int], dict[int, int]] = {}
    for path, month, volunteer, t_s in service:
        of_group = seconds.setdefault((path, month), {})
        of_group[volunteer] = of_group.get(volunteer, 0) + t_s
    served = {group: [t_s for t_s in times.values() if t_s > 0] for group, times in seconds.items()}
    told = {group: times for group, times in served.items() if len(times) >= smallest}
    withheld = sum(0 < len(times) < smallest for times in served.values())
    groups = (Group(path, month, len(times), sum(times)) for (path, month), times in sorted(told.items()))
    return Aggregate(tuple(groups), withheld)


def report(reach: Reach, year: int, words: Words, branch: str = "") -> Table:
    """The groups of a year, of a branch only where one is given."""
    branch = reach.branch(branch)
    rows = approved_entries(year, branch).values_list(
        "activity__organisation__path", ExtractMonth("local_date"), "volunteer__number"
    )
    service = (
        (path or "", month, number, t_s) for path, month, number, t_s in rows.annotate(t_s=Sum("delta_s"))
    )
    smallest: int = django_settings.CENTRE.reports.smallest_group
    found = aggregate(service, smallest)
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
