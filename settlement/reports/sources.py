"""What reports read: approved time, names, memberships. A branch is an organisation's path; "" is all."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet, Sum
from msgspec import Struct

from settlement.ledger.entries import approved
from settlement.merged_numbers import merged_numbers
from settlement.models import LedgerEntry, Membership, Organisation, Volunteer
from settlement.organisations.tree import subtree

ApprovedEntries = QuerySet[LedgerEntry, LedgerEntry]


class Service(Struct, frozen=True):
    """Approved seconds of a volunteer that the organisation at `recorder` recorded; "" for none."""

    volunteer: int
    recorder: str
    t_s: int


class Branch(Struct, frozen=True):
    """An organisation of the tree."""

    path: str
    name: str


class Person(Struct, frozen=True):
    """A volunteer as reports name them."""

    number: int
    name: str
    may_be_named: bool = True
    suspended: bool = False


def approved_entries(year: int, branch: str = "") -> ApprovedEntries:
    """The approved entries of a year's lines that the branch recorded."""
    rows = approved().filter(local_date__year=year).order_by()
    return rows.filter(subtree(branch, "activity__organisation__path")) if branch else rows


def approved_service(year: int, branch: str = "") -> list[Service]:
    """The approved time of a year by volunteer and recording organisation, adjustments included."""
    merged = merged_numbers()
    rows = approved_entries(year, branch).values_list("volunteer__number", "activity__organisation__path")
    summed = rows.annotate(t_s=Sum("delta_s"))
    return [Service(merged.kept(number), path or "", t_s) for number, path, t_s in summed]


def days_of_service() -> Iterator[tuple[int, dt.date]]:
    """Each volunteer and local date of a line whose approved time is more than 0."""
    lines = approved().order_by().values_list("volunteer__number", "local_date", "activity__id")
    for number, day, _, _ in lines.annotate(line_s=Sum("delta_s")).filter(line_s__gt=0).iterator():
        yield number, day


def branches(within: str = "") -> list[Branch]:
    """The organisations of a branch, in the order of the tree."""
    rows = Organisation.objects.filter(subtree(within)) if within else Organisation.objects.all()
    return [Branch(path, name) for path, name in rows.order_by("path").values_list("path", "name")]


def belonging(at_ms: int, branch: str = "") -> list[tuple[int, str]]:
    """Who belonged to which organisation at that moment: (volunteer, path); under whichever number."""
    held = Membership.objects.filter(Q(left_ms__isnull=True) | Q(left_ms__gt=at_ms), joined_ms__lte=at_ms)
    if branch:
        held = held.filter(subtree(branch, "organisation__path"))
    merged = merged_numbers()
    rows = held.order_by().values_list("volunteer__number", "organisation__path")
    return [(merged.kept(number), path) for number, path in rows]


def people(numbers: Iterable[int] | None = None) -> dict[int, Person]:
    """The volunteers with these numbers, or all; none of those that were merged into another.

    Whoever asked under one number not to be named is not named, and is suspended under all.
    """
    merged = merged_numbers()
    gone = Volunteer.objects.filter(number__in=merged.gone)
    unnamed = {merged.kept(row.number) for row in gone if not row.may_be_named}
    suspended = {merged.kept(row.number) for row in gone if row.suspended}
    rows = Volunteer.objects.values_list("number", "display_name", "may_be_named", "suspended")
    wanted = None if numbers is None else frozenset(numbers)
    return {
        number: Person(number, name, may_be_named and number not in unnamed, barred or number in suspended)
        for number, name, may_be_named, barred in rows.iterator()
        if (wanted is None or number in wanted) and not merged.is_gone(number)
    }
