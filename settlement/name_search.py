"""The keys by which names are found, kept in step with the names; and whom a text finds."""

from collections.abc import Collection, Iterable

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

from settlement.models import NameKey, Volunteer
from settlement.name_keys import keys_of, wanted_keys

_AFTER_ALL = b"\xff"
"""No UTF-8 holds this byte: whatever begins with a text stands before the text and it."""

_FEW = 2000
"""Keys; as many numbers go into a statement."""


def keep_name_keys(people: Iterable[Volunteer], *, are_new: bool = False) -> None:
    """Make those be found by the names that they have now; by none who was erased.

    Whoever stores a name calls this in the same transaction. `are_new` spares the look for older keys.
    """
    named = list(people)
    if not are_new:
        forget_name_keys([person.number for person in named])
    NameKey.objects.bulk_create(
        (
            NameKey(volunteer_id=person.number, key=key)
            for person in named
            if person.erased_ms is None
            for key in sorted(keys_of(person.display_name))
        ),
        batch_size=5_000,
    )


def forget_name_keys(numbers: Collection[int]) -> None:
    """Let nobody of these be found by a name."""
    NameKey.objects.filter(volunteer__in=numbers).delete()


def named_like(text: str, field: str = "number") -> Q:
    """The condition that each word of a text begins a part of a volunteer's name; it fits nobody for no word.

    `field` holds the volunteer's number. It asks for each word whether few are named so. Of those whom a
    common beginning fits the first are found on the way through the rows; of two such words of all volunteers
    neither way would do, so both are listed whole.
    """
    few: set[int] | None = None
    many: list[QuerySet[NameKey]] = []
    for key in wanted_keys(text):
        rows = NameKey.objects.filter(key__gte=key, key__lt=key + _AFTER_ALL)
        found = list(rows.values_list("volunteer", flat=True)[: _FEW + 1])
        if len(found) > _FEW:
            many.append(rows)
        else:
            few = set(found) if few is None else few.intersection(found)
    listed = f"{field}__in"
    if few is None and len(many) > 1 and field == "number":
        return Q(*(Q((listed, rows.values("volunteer"))) for rows in many))
    condition = Q() if few is None and many else Q((listed, few or ()))
    return condition & Q(*(Q(_is_named(rows, field)) for rows in many))


def _is_named(rows: QuerySet[NameKey], field: str) -> Case:
    """That the row's volunteer has one of these keys.

    As a case, PostgreSQL asks it of each row on the way: it takes common beginnings for rare ones, and would
    go from all who are named so to the rows.
    """
    has_one = Exists(rows.filter(volunteer=OuterRef(field)))
    return Case(When(has_one, then=True), default=False, output_field=BooleanField())
