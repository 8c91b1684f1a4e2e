"""A small list of volunteers to begin with: every column is named, and it imports without a fault."""

import datetime as dt
from typing import Final

from settlement.master_data.people_file import OPTIONAL, REQUIRED
from settlement.reach import Reach

COLUMNS: Final = (*REQUIRED, *OPTIONAL)
_PEOPLE: Final = (
    ("999000000001", "张伟", "zh-Hans"),
    ("999000000002", "ليلى حسن", "ar"),
    ("999000000003", "Rosa Example", "en"),
)
"""Numbers that no centre gives; the same in every language, so that one example can follow another."""


def example_list(reach: Reach, today: dt.date) -> list[tuple[str, ...]]:
    """The names of the columns and a row for each of three people, who join where the reader's reach begins.

    The second one gets a post of an activity in reach, where there is one.
    """
    organisation = reach.organisations().order_by("path").values_list("path", flat=True).first() or ""
    posts = reach.activities().filter(posts__isnull=False).order_by("pk", "posts__name")
    activity, post = posts.values_list("pk", "posts__name").first() or ("", "")
    rows = []
    for place, (number, name, language) in enumerate(_PEOPLE):
        cells = {"number": number, "name": name, "language": language, "organisation": organisation}
        if organisation:
            cells["joined"] = today.isoformat()
        if place == 1:
            cells |= {"activity": activity, "post": post}
        rows.append(tuple(cells.get(column, "") for column in COLUMNS))
    return [COLUMNS, *rows]
