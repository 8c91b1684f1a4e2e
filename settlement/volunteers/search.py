"""Finding volunteers by number or by the beginning of any part of the name, within reach."""

from django.db.models import Q, QuerySet
from msgspec import Struct

from settlement.look_up import LONGEST_NUMBER, number_begins, storable
from settlement.models import Volunteer
from settlement.name_search import named_like
from settlement.reach import Reach

MOST_FOUND = 50
"""More than that want more letters."""
_LOOKED_AT = 500
"""So many who fit are looked up in reach first, and only then all of them.

A large branch holds enough of those, and of a small one not many are in reach.
"""


_COLUMNS = ("number", "display_name", "suspended")


class Found(Struct, frozen=True):
    """One volunteer; `suspended` ones are let in nowhere."""

    number: int
    name: str
    suspended: bool


def find_volunteers(text: str, reach: Reach, *, after: int = 0) -> tuple[list[Found], bool]:
    """Those in reach whose number begins so or who are named so, and whether there are more.

    A name is found by the beginning of each word of it, without accents, in pinyin and by its initials. By
    number, from the one `after` on.
    """
    wanted = storable(text.strip())
    if not wanted:
        return [], False
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_NUMBER
    condition = number_begins(wanted, "number") if is_number else named_like(wanted)
    condition &= Q(erased_ms=None, number__gt=after)
    rows = Volunteer.objects.filter(condition)
    if reach.is_whole:
        return _page(rows)
    fitting = list(rows.order_by("number").values_list(*_COLUMNS)[:_LOOKED_AT])
    reached = reach.reached_in([number for number, *_ in fitting])
    found = [Found(*row) for row in fitting if row[0] in reached]
    if len(found) > MOST_FOUND or len(fitting) < _LOOKED_AT:
        return found[:MOST_FOUND], len(found) > MOST_FOUND
    return _page(reach.volunteers().filter(condition))


def _page(rows: QuerySet[Volunteer]) -> tuple[list[Found], bool]:
    told = [Found(*row) for row in rows.order_by("number").values_list(*_COLUMNS)[: MOST_FOUND + 1]]
    return told[:MOST_FOUND], len(told) > MOST_FOUND
