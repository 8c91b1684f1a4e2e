"""What reports read: approved time, names, memberships. A branch is an organisation's path; "" is all."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import QuerySet
from msgspec import Struct

from settlement.ledger.entries import approved
from settlement.merged_numbers import merged_numbers
from settlement.models import LedgerEntry, Organisation, Volunteer
from settlement.organisations.tree import subtree

Read = TypeVar("Read")
_AT_ONCE = 10_000

ApprovedEntries = QuerySet[LedgerEntry, LedgerEntry]


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


def branches(within: str = "") -> list[Branch]:
    """The organisations of a branch, in the order of the tree."""
    rows = Organisation.objects.filter(subtree(within)) if within else Organisation.objects.all()
    return [Branch(path, name) for path, name in rows.order_by("path").values_list("path", "name")]


def people(numbers: Iterable[int] | None = None) -> dict[int, Person]:
    """The volunteers with these numbers, or all; none of those that were merged into another.

    Whoever asked under one number not to be named is not named, and is suspended under all.
    """
    merged = merged_numbers()
    gone = list(Volunteer.objects.filter(number__in=merged.gone)) if merged.gone else []
    unnamed = {merged.kept(row.number) for row in gone if not row.may_be_named}
    suspended = {merged.kept(row.number) for row in gone if row.suspended}
    return {
        number: Person(number, name, may_be_named and number not in unnamed, barred or number in suspended)
        for number, name, may_be_named, barred in _volunteers(numbers)
        if not merged.is_gone(number)
    }


def in_portions(found: Iterable[Read], size: int) -> Iterator[list[Read]]:
    """What is iterated, so many at once."""
    iterated = iter(found)
    while portion := list(islice(iterated, size)):
        yield portion


def _volunteers(numbers: Iterable[int] | None) -> Iterator[tuple[int, str, bool, bool]]:
    rows = Volunteer.objects.values_list("number", "display_name", "may_be_named", "suspended")
    if numbers is None:
        yield from rows.iterator()
        return
    for portion in in_portions(numbers, _AT_ONCE):
        yield from rows.filter(number__in=portion)
