"""Finding volunteers by number or by a part of the name, within reach."""

from django.db.models import Q
from msgspec import Struct

from settlement.look_up import LONGEST_NUMBER, number_begins, storable
from settlement.reach import Reach

MOST_FOUND = 50
"""More than that want more letters."""


class Found(Struct, frozen=True):
    """One volunteer; `suspended` ones are let in nowhere."""

    number: int
    name: str
    suspended: bool


def find_volunteers(text: str, reach: Reach, *, after: int = 0) -> tuple[list[Found], bool]:
    """Those in reach whose number begins so or whose name holds it, and whether there are more.

    By number, from the one `after` on.
    """
    wanted = storable(text.strip())
    if not wanted:
        return [], False
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_NUMBER
    condition = number_begins(wanted, "number") if is_number else Q(display_name__icontains=wanted)
    rows = reach.volunteers().filter(condition, erased_ms=None, number__gt=after).order_by("number")
    told = [Found(*row) for row in rows.values_list("number", "display_name", "suspended")[: MOST_FOUND + 1]]
    return told[:MOST_FOUND], len(told) > MOST_FOUND
