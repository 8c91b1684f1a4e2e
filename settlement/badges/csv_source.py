"""Who is to get a badge, from a list in CSV or a workbook. Pure.

Columns: `number` and `name`; if wanted `serial` (1 without it; the next for a badge that replaces another)
and `last_day` (such as 2026-12-31; without it the badge has no end).
"""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import BrokenRow, RowFault, RowTrouble
from settlement.lists.rows import Columns, calendar_date, display_name, read_rows, volunteer_number
from settlement.lists.written_forms import told
from sync.contract.badge import Badge, require_issuable

REQUIRED = ("number", "name")
OPTIONAL = ("serial", "last_day")
_COLUMNS = Columns(REQUIRED, OPTIONAL, days=("last_day",))


class WantedBadge(Struct, frozen=True):
    """A badge that is to be printed; `place` says where it was asked for, as in "row 3"."""

    place: Trouble
    badge: Badge
    name: str


def read_wanted(file: ListFile, today: dt.date, *, demo: bool) -> tuple[list[WantedBadge], list[BrokenRow]]:
    """The good rows of a file and its broken ones; raises SettingsError for a file that is no such list."""
    seen: dict[str, int] = {}

    def read_row(row: int, given: Mapping[str, str]) -> WantedBadge:
        badge = _badge(given, today, demo=demo)
        if badge.reference in seen:
            raise RowFault(RowTrouble.SAME_BADGE, row=seen[badge.reference])
        seen[badge.reference] = row
        return WantedBadge(Trouble.term("place", "row", row=row), badge, display_name(given["name"]))

    return read_rows(file, _COLUMNS, read_row)


def _badge(given: Mapping[str, str], today: dt.date, *, demo: bool) -> Badge:
    last_day = calendar_date(given["last_day"], "last_day")
    if last_day is not None and last_day < today:
        raise RowFault(RowTrouble.LAST_DAY_OVER, day=last_day)
    serial = given["serial"] or "1"
    if not (serial.isascii() and serial.isdigit() and len(serial) <= 5):
        raise RowFault(RowTrouble.NO_SERIAL, text=told(serial))
    badge = Badge(volunteer_number(given["number"]), serial=int(serial), last_day=last_day, demo=demo)
    try:
        require_issuable(badge)
    except SettingsError as error:
        raise RowFault(RowTrouble.NO_BADGE, why=error.trouble) from error
    return badge
