"""Who is to get a badge, from a list in CSV or a workbook. Pure.

Columns: `number` and `name`; if wanted `serial` (1 without it; the next for a badge that replaces another)
and `last_day` (such as 2026-12-31; without it the badge has no end).
"""

import datetime as dt

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.lists.cells import Cells
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

    def read_row(cells: Cells) -> WantedBadge | None:
        name, badge = cells.read("name", display_name), _badge(cells, today, demo=demo)
        if badge is None:
            return None
        if badge.reference in seen:
            cells.refuse(RowTrouble.SAME_BADGE, row=seen[badge.reference])
        if name is None or not cells.are_right:
            return None
        seen[badge.reference] = cells.row
        return WantedBadge(Trouble.term("place", "row", row=cells.row), badge, name)

    return read_rows(file, _COLUMNS, read_row)


def _badge(cells: Cells, today: dt.date, *, demo: bool) -> Badge | None:
    """The badge that a row asks for; None where what it needs can't be read."""
    last_day = cells.read("last_day", lambda text: calendar_date(text, "last_day"))
    if last_day is not None and last_day < today:
        cells.refuse(RowTrouble.LAST_DAY_OVER, day=last_day)
    serial, number = cells.read("serial", _serial), cells.read("number", volunteer_number)
    if serial is None or number is None:
        return None
    badge = Badge(number, serial=serial, last_day=last_day, demo=demo)
    try:
        require_issuable(badge)
    except SettingsError as error:
        cells.refuse(RowTrouble.NO_BADGE, why=error.trouble)
    return badge


def _serial(text: str) -> int:
    serial = text or "1"
    if not (serial.isascii() and serial.isdigit() and len(serial) <= 5):
        raise RowFault(RowTrouble.NO_SERIAL, text=told(serial))
    return int(serial)
