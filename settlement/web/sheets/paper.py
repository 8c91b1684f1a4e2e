"""The form of a paper list: what was typed into it, read into times, or what is wrong with which cell."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from django.http import QueryDict
from msgspec import Struct

from foundation.errors import RulesError
from foundation.words import Words
from settlement.lists.row_troubles import RowFault
from settlement.lists.rows import volunteer_number
from settlement.local_times import clock_ms
from settlement.records.sheets import Field, RowRefusal, SheetRow

ROWS: Final = 40
_LONGEST = 40
_EARLIEST, _LATEST = 2000, 2200


class PaperRow(Struct, frozen=True):
    """What was typed into a row; `wrong` says what is wrong with which of its cells."""

    row: int
    number: str = ""
    came: str = ""
    left: str = ""
    next_day: bool = False
    wrong: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.number or self.came or self.left)


def typed(form: QueryDict) -> list[PaperRow]:
    """What was typed, row by row."""

    def cell(name: str, row: int) -> str:
        return form.get(f"{name}-{row}", "").strip()[:_LONGEST]

    return [
        PaperRow(row, cell("number", row), cell("came", row), cell("left", row), bool(cell("next", row)))
        for row in range(1, ROWS + 1)
    ]


def read(rows: Iterable[PaperRow], day: dt.date, zone: str) -> tuple[list[SheetRow], list[RowRefusal]]:
    """The rows that are not empty, as far as they can be read as times of that day, and what can't be."""
    whole: list[SheetRow] = []
    wrong: list[RowRefusal] = []
    for row in rows:
        if row.is_empty:
            continue
        found: dict[Field, int | None] = {}
        for field, text, is_next in (
            (Field.NUMBER, row.number, False),
            (Field.CAME, row.came, False),
            (Field.LEFT, row.left, row.next_day),
        ):
            try:
                found[field] = _cell(field, text, day, zone, next_day=is_next)
            except RowFault as fault:
                wrong.append(RowRefusal(row.row, field, fault.why))
            except RulesError as error:
                wrong.append(RowRefusal(row.row, field, error.trouble))
        came, left = found.get(Field.CAME), found.get(Field.LEFT)
        whole.append(SheetRow(row.row, found.get(Field.NUMBER) or 0, came, left))
    return whole, wrong


def marked(rows: Iterable[PaperRow], wrong: Iterable[RowRefusal], words: Words) -> list[PaperRow]:
    """The rows as they were typed, each cell with what is wrong with it."""
    of_row: dict[int, dict[str, str]] = {}
    for each in wrong:
        cells = of_row.setdefault(each.row, {})
        cells[str(each.field)] = f"{cells.get(str(each.field), '')} {words.trouble(each.why)}".strip()
    return [
        PaperRow(row.row, row.number, row.came, row.left, row.next_day, of_row.get(row.row, {}))
        for row in rows
    ]


def told_wrong(wrong: Iterable[RowRefusal], words: Words) -> list[Mapping[str, str]]:
    """What is wrong in sentences that name row and cell, with the cell to go to."""
    return [
        {
            "cell": f"{each.field}-{each.row}",
            "text": words.say(
                "sheet-wrong",
                row=str(each.row),
                field=words.code("sheet_field", each.field),
                why=words.trouble(each.why),
            ),
        }
        for each in wrong
    ]


def day_typed(text: str) -> dt.date | None:
    """The day that was chosen; None where it is none, or one of another age."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day.year <= _LATEST else None


def _cell(field: Field, text: str, day: dt.date, zone: str, *, next_day: bool) -> int | None:
    if field is Field.NUMBER:
        return volunteer_number(text)
    return clock_ms(day, text, zone, next_day=next_day) if text else None
