"""What is entered already of the people, activities and cards that a file names."""

import datetime as dt
from collections.abc import Collection, Sequence

from msgspec import Struct

from foundation.person_name import tidied
from settlement.look_up import portions
from settlement.master_data.people_file import Person
from settlement.merged_numbers import MergedNumbers, merged_numbers
from settlement.models import Activity, Credential, Organisation, Post, Volunteer
from settlement.rule_book import rules_at
from settlement.rules.local_dates import local_dates


class Entered(Struct, frozen=True):
    """What the rows name, as far as it is entered already."""

    names: dict[int, str]
    erased: set[int]
    activities: set[str]
    posts: dict[tuple[str, str], int]
    organisations: dict[str, int]
    holders: dict[str, int]
    """Whom a card or telephone stands for."""
    merged: MergedNumbers
    today: dt.date


def entered_of(people: Sequence[Person], home: str, now_ms: int) -> Entered:
    """Look up what the rows name; those that name no organisation mean the path `home`."""
    activities = {person.activity for person in people}
    paths = {person.organisation or home for person in people}
    posts = Post.objects.filter(activity__in=activities).values_list("activity__id", "name", "pk")
    return Entered(
        names=_names({person.number for person in people}),
        erased=_erased({person.number for person in people}),
        activities=set(Activity.objects.filter(id__in=activities).values_list("id", flat=True)),
        posts={(activity, name): pk for activity, name, pk in posts},
        organisations=dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk")),
        holders=_holders(
            {ref for person in people for card in person.cards for ref in (card.ref, card.before) if ref}
        ),
        merged=merged_numbers(),
        today=local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000),
    )


def _names(numbers: Collection[int]) -> dict[int, str]:
    """The names of those who are entered, as they are compared."""
    names: dict[int, str] = {}
    for portion in portions(numbers):
        found = Volunteer.objects.filter(number__in=portion).values_list("number", "display_name")
        names.update((number, tidied(name)) for number, name in found)
    return names


def _erased(numbers: Collection[int]) -> set[int]:
    """Those who were erased, whose numbers are given to nobody again."""
    erased: set[int] = set()
    for portion in portions(numbers):
        rows = Volunteer.objects.filter(number__in=portion, erased_ms__isnull=False)
        erased.update(rows.values_list("number", flat=True))
    return erased


def _holders(references: Collection[str]) -> dict[str, int]:
    """Whom these cards and telephones stand for, as far as they are entered."""
    holders: dict[str, int] = {}
    for portion in portions(references):
        known = Credential.objects.filter(ref__in=portion)
        holders.update(known.values_list("ref", "volunteer__number"))
    return holders
