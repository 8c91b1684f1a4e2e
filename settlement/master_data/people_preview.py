"""What would become of a file of volunteers: refused, converted, new; computed, and nothing is written."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from settlement.accounts.audit import Signed
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import BrokenRow
from settlement.master_data.conversions import Converted
from settlement.master_data.people_plan import Assigned, Plan, plan_of
from settlement.models import Organisation
from sync.contract.events import Method


class Counts(Struct, frozen=True):
    """How many of a kind an import would enter, give another value, and leave as they are."""

    new: int
    changed: int
    unchanged: int


class PeoplePreview(Struct, frozen=True):
    """What an import of a file would do. With broken rows it does so only where these may be left out."""

    broken: tuple[BrokenRow, ...]
    converted: tuple[Converted, ...]
    volunteers: Counts
    memberships: Counts
    assignments: Counts
    cards: Counts
    new_volunteers: tuple[int, ...]
    """Their numbers."""
    new_cards: dict[Method, tuple[int, ...]]
    """Whom new cards and telephones would stand for, by how these are presented."""
    changed_assignments: tuple[tuple[str, int], ...]
    """Of which activity and number the post would be another one."""


def preview_people(file: ListFile, organisation: Organisation | None, signed: Signed) -> PeoplePreview:
    """What `import_people` would do with the same file now; raises as it does."""
    plan = plan_of(file, organisation, signed)
    numbers = {person.number for person in plan.whole}
    return PeoplePreview(
        broken=plan.broken,
        converted=_converted(plan),
        volunteers=Counts(len(plan.volunteers), 0, len(numbers) - len(plan.volunteers)),
        memberships=Counts(len(plan.memberships), 0, plan.kept_memberships),
        assignments=_counts(plan.assignments.values()),
        cards=Counts(len(plan.cards), 0, plan.kept_cards),
        new_volunteers=tuple(sorted(plan.volunteers)),
        new_cards=_holders(plan),
        changed_assignments=tuple(sorted(about for about, it in plan.assignments.items() if _is_changed(it))),
    )


def _converted(plan: Plan) -> tuple[Converted, ...]:
    counts = Counter(each for person in plan.whole for each in person.converted)
    return tuple(
        Converted(column, kind, counts[column, kind], example)
        for (column, kind), example in plan.examples.items()
        if counts[column, kind]
    )


def _counts(assignments: Iterable[Assigned]) -> Counts:
    states = Counter("new" if it.is_new else "changed" if _is_changed(it) else "same" for it in assignments)
    return Counts(states["new"], states["changed"], states["same"])


def _is_changed(assigned: Assigned) -> bool:
    return not assigned.is_new and assigned.post != assigned.before


def _holders(plan: Plan) -> dict[Method, tuple[int, ...]]:
    holders: dict[Method, set[int]] = {}
    for number, card in plan.cards.values():
        holders.setdefault(card.method, set()).add(number)
    return {method: tuple(sorted(numbers)) for method, numbers in holders.items()}
