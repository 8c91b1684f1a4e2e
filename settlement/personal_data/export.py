"""Everything that the centre keeps of one person, for that person (PIPL Art. 45; Saudi PDPL Art. 4)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from msgspec import Struct

from settlement.accounts.accounts import actor_in
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import merged_numbers
from settlement.personal_data.kept import SECTIONS, Column, Section, Tells
from settlement.reach import check_entitled

FORMAT = "muster-personal-data"
VERSION = 1


class KeptRows(Struct, frozen=True):
    """What one table keeps: a mapping from the names of its columns for each row."""

    section: str
    rows: tuple[Mapping[str, Any], ...]


class PersonalData(Struct, frozen=True):
    """All of it, also tables that keep nothing: their absence is an answer, too.

    Times that end in `_ms` are UTC milliseconds, those in `_s` seconds; `came`, `left` and `at` are instants
    in UTC seconds.
    """

    format: str
    version: int
    volunteer: int
    at_ms: int
    sections: tuple[KeptRows, ...]


def export_of(number: int, signed: Signed) -> PersonalData:
    """Read everything that is kept of a volunteer, under each of the own numbers; that it was read is noted.

    Raises RulesError UNKNOWN_VOLUNTEER, NOT_ALLOWED, OUT_OF_REACH.
    """
    volunteer = volunteer_numbered(number)
    check_entitled(actor_in(signed), Deed.READ_PEOPLE, volunteer, owner=number)
    with transaction.atomic():
        numbers = merged_numbers().numbers_of(number)
        sections = tuple(
            KeptRows(one.code, tuple(row for own in numbers for row in _rows(one, own))) for one in SECTIONS
        )
        note(Action.EXPORT, Kind.VOLUNTEER, number, signed)
    return PersonalData(FORMAT, VERSION, number, signed.now_ms, sections)


def as_json(data: PersonalData) -> bytes:
    """The export for machines."""
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _rows(section: Section, number: int) -> tuple[Mapping[str, Any], ...]:
    found = section.rows(number).values_list(*(column.source for column in section.columns))
    return tuple(
        {column.name: _told(column, value) for column, value in zip(section.columns, row, strict=True)}
        for row in found
    )


def _told(column: Column, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if column.tells is Tells.EVENT:
        return bytes(value).decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, dt.date) else value
