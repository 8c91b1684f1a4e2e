"""The city's volunteers: their numbers and names, and to which organisation each belongs."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from muster.demo.city.names import made_up
from muster.demo.city.plan import CityPlan

FIRST_NUMBER = 200_001
STRANGER = 299_999
"""A number that nobody has."""
_HUNDRED = 100


class Resident(Struct, frozen=True):
    """A made-up volunteer."""

    number: int
    name: str
    language: str
    organisation: str


def residents_of(plan: CityPlan, volunteers: int) -> list[Resident]:
    """So many volunteers, shared out among the organisations as the plan says."""
    homes = [one.path for one in plan.organisation for _ in range(one.people * volunteers // _HUNDRED)]
    homes += [plan.organisation[0].path] * (volunteers - len(homes))
    found = []
    for place, home in enumerate(homes):
        made = made_up(place)
        found.append(Resident(FIRST_NUMBER + place, made.name, made.language, home))
    return found


def members(residents: list[Resident], path: str) -> list[int]:
    """Who belongs to an organisation or one below it: the own people first."""
    return [
        *(one.number for one in residents if one.organisation == path),
        *(one.number for one in residents if one.organisation.startswith(path) and one.organisation != path),
    ]


def people_list(
    residents: list[Resident], joined: str, expected: Mapping[int, list[tuple[str, str]]]
) -> bytes:
    """The list (CSV) that `muster centre import` takes, with who is expected where on which post."""
    return "\n".join(_rows(residents, joined, expected)).encode()


def _rows(
    residents: list[Resident], joined: str, expected: Mapping[int, list[tuple[str, str]]]
) -> Iterator[str]:
    yield "number,name,language,organisation,joined,activity,post"
    for one in residents:
        for activity, post in expected.get(one.number) or [("", "")]:
            yield f"{one.number},{one.name},{one.language},{one.organisation},{joined},{activity},{post}"
