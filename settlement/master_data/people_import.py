"""Bringing a file of volunteers into the database: all of it, all but its broken rows, or nothing."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from msgspec import Struct

from settlement.attribution import attribute_again, mark_unsettled
from settlement.master_data.people_file import BrokenRow, Person, read_people
from settlement.models import Activity, Assignment, Membership, Organisation, Post, Volunteer

_AT_ONCE = 10_000


class Imported(Struct, frozen=True):
    """What became of a file: how many volunteers and assignments are new, and which rows are broken."""

    volunteers: int
    assignments: int
    broken: tuple[BrokenRow, ...]


def import_people(
    content: bytes, organisation: Organisation | None, now_ms: int, *, skip_broken: bool = False
) -> Imported:
    """Enter the volunteers of a file, their membership and their assignments.

    If any row is broken nothing is entered, unless `skip_broken`: then all others are. A volunteer who is
    known already keeps the name: a row that gives the number another one is broken. Raises SettingsError for
    a file that can't be read at all.
    """
    people, broken = read_people(content)
    with transaction.atomic():
        whole, unknown = _resolve(people)
        broken = sorted([*broken, *unknown], key=lambda found: found.row)
        if broken and not skip_broken:
            return Imported(0, 0, tuple(broken))
        return _enter(whole, organisation, now_ms, tuple(broken))


def _resolve(people: Sequence[Person]) -> tuple[list[Person], list[BrokenRow]]:
    """The rows whose activities, posts and volunteers fit what is entered already, and the others."""
    names = _names({person.number for person in people})
    activities = set(
        Activity.objects.filter(id__in={person.activity for person in people}).values_list("id", flat=True)
    )
    posts = set(Post.objects.filter(activity__in=activities).values_list("activity__id", "name"))
    whole: list[Person] = []
    broken: list[BrokenRow] = []
    for person in people:
        if names.get(person.number, person.name) != person.name:
            broken.append(BrokenRow(person.row, f"volunteer {person.number} has another name here"))
        elif person.activity and person.activity not in activities:
            broken.append(BrokenRow(person.row, f"there is no activity {person.activity!r}"))
        elif person.post and (person.activity, person.post) not in posts:
            broken.append(BrokenRow(person.row, f"{person.activity} has no post {person.post!r}"))
        else:
            whole.append(person)
    return whole, broken


def _enter(
    people: Sequence[Person], organisation: Organisation | None, now_ms: int, broken: tuple[BrokenRow, ...]
) -> Imported:
    by_number = {person.number: person for person in people}
    known = _names(by_number)
    new = [person for number, person in by_number.items() if number not in known]
    Volunteer.objects.bulk_create(
        Volunteer(number=person.number, display_name=person.name, language=person.language) for person in new
    )
    if organisation is not None:
        members = Membership.objects.filter(organisation=organisation, left_ms=None).values_list(
            "volunteer__number", flat=True
        )
        Membership.objects.bulk_create(
            Membership(volunteer_id=number, organisation=organisation, joined_ms=now_ms)
            for number in by_number.keys() - set(members)
        )
    assigned = _assign(people, now_ms)
    attribute_again(now_ms)
    return Imported(len(new), assigned, broken)


def _assign(people: Sequence[Person], now_ms: int) -> int:
    wanted = {(person.activity, person.number): person.post for person in people if person.activity}
    posts = {
        (activity, name): pk
        for activity, name, pk in Post.objects.filter(
            activity__in={activity for activity, _ in wanted}
        ).values_list("activity__id", "name", "pk")
    }
    rows = [
        Assignment(activity_id=activity, volunteer_id=number, post_id=posts.get((activity, post)))
        for (activity, number), post in wanted.items()
    ]
    before = set(
        Assignment.objects.filter(activity__in={activity for activity, _ in wanted}).values_list(
            "activity__id", "volunteer__number"
        )
    )
    Assignment.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["activity", "volunteer"], update_fields=["post"]
    )
    mark_unsettled({number for _, number in wanted}, now_ms, master_data=True)
    return len(wanted.keys() - before)


def _names(numbers: Iterable[int]) -> dict[int, str]:
    """The names of those who are entered, asked for in portions that a statement can hold."""
    wanted = sorted(numbers)
    names: dict[int, str] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        found = Volunteer.objects.filter(number__in=wanted[first : first + _AT_ONCE])
        names.update(found.values_list("number", "display_name"))
    return names
