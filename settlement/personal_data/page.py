"""The export as a page that its person can read and print: one file, which fetches nothing."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.template.loader import render_to_string
from msgspec import Struct

from foundation.words import Words
from settlement.local_times import local_text
from settlement.personal_data.export import KeptRows, PersonalData
from settlement.personal_data.kept import SECTIONS, Column, Tells

_NOTHING = "–"


class _Table(Struct, frozen=True):
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def as_page(data: PersonalData, words: Words, *, store: str, zone: str) -> str:
    """The export as HTML in the reader's language; times are those of the IANA zone, which it names.

    Tables without a row are named at the end, that nobody need wonder.
    """
    columns = {section.code: section.columns for section in SECTIONS}
    tables = [_table(kept, columns[kept.section], words, zone) for kept in data.sections if kept.rows]
    empty = [words.code("kept", kept.section) for kept in data.sections if not kept.rows]
    context = {
        "language": words.language,
        "direction": words.direction.value,
        "store": store,
        "title": words.say("kept_title", number=str(data.volunteer)),
        "when": words.say("kept_at", at=local_text(data.at_ms, zone), zone=zone),
        "tables": tables,
        "nothing": words.say("kept_nothing", what=words.say("list-between").join(empty)) if empty else "",
    }
    return render_to_string("settlement/personal_data.html", context)


def _table(kept: KeptRows, columns: tuple[Column, ...], words: Words, zone: str) -> _Table:
    return _Table(
        words.code("kept", kept.section),
        tuple(words.code("kept_column", column.name) for column in columns),
        tuple(tuple(_cell(column, row, words, zone) for column in columns) for row in kept.rows),
    )


def _cell(column: Column, row: Mapping[str, Any], words: Words, zone: str) -> str:
    value = row[column.name]
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return words.say("kept_yes" if value else "kept_no")
    match column.tells:
        case Tells.MOMENT_MS:
            return local_text(value, zone)
        case Tells.MOMENT_S:
            return local_text(value * 1000, zone)
        case Tells.DURATION_S:
            return words.duration(value)
        case Tells.FLAGS:
            return words.say("list-between").join(words.code("flag", flag) for flag in value)
        case Tells.LEVEL | Tells.METHOD | Tells.OUTCOME | Tells.ADJUSTMENT:
            return words.code(column.tells, value)
        case Tells.CODE if isinstance(value, list):
            return words.say("list-between").join(words.code("kept_value", one) for one in value)
        case Tells.CODE:
            return words.code("kept_value", value)
        case _:
            return value if isinstance(value, str) else msgspec.json.encode(value).decode()
