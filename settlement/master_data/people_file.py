"""A file of volunteers, read without a database: each row either is right or says what is wrong with it.

CSV (RFC 4180) in UTF-8, the first row names the columns: `number` and `name`, and if wanted `language`,
`activity` and `post`. A volunteer with several activities has several rows.
"""

import csv
import io
import re

from msgspec import Struct

from muster.errors import SettingsError
from settlement.master_data.people import HIGHEST_NUMBER, LONGEST_NAME

REQUIRED = ("number", "name")
OPTIONAL = ("language", "activity", "post")
MOST_BYTES = 64 * 1024 * 1024

_LANGUAGE = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


class Person(Struct, frozen=True):
    """What one row says; empty where a column is empty or absent."""

    row: int
    """As a spreadsheet numbers it: the names of the columns are row 1."""
    number: int
    name: str
    language: str = ""
    activity: str = ""
    post: str = ""


class BrokenRow(Struct, frozen=True):
    """A row that can't be imported, and why."""

    row: int
    why: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.why}"


def read_people(content: bytes) -> tuple[list[Person], list[BrokenRow]]:
    """The people of a file and its broken rows, each in the order of the file.

    Raises SettingsError for a file that is no such list at all.
    """
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has more than {MOST_BYTES // 1024 // 1024} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("it is not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    people: list[Person] = []
    broken: list[BrokenRow] = []
    seen: dict[int, Person] = {}
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns)
        for row, cells in enumerate(reader, 2):
            if not any(cell.strip() for cell in cells):
                continue
            found = _read_row(row, columns, [cell.strip() for cell in cells], seen)
            if isinstance(found, BrokenRow):
                broken.append(found)
            else:
                seen.setdefault(found.number, found)
                people.append(found)
    except csv.Error as error:
        raise _unreadable(f"it is no CSV near row {len(people) + len(broken) + 2} ({error})") from error
    return people, broken


def _check_columns(columns: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in REQUIRED + OPTIONAL]
    if missing or unknown or len(set(columns)) < len(columns):
        wrong = [f"lacks {', '.join(missing)}"] if missing else []
        wrong += [f"has unknown columns: {', '.join(map(repr, unknown))}"] if unknown else []
        raise _unreadable(f"its first row {' and '.join(wrong) or 'names a column twice'}")


def _read_row(row: int, columns: list[str], cells: list[str], seen: dict[int, Person]) -> Person | BrokenRow:
    if len(cells) != len(columns):
        return BrokenRow(row, f"it has {len(cells)} cells, the first row {len(columns)}")
    given = dict(zip(columns, cells, strict=True))
    number, name, language = given["number"], given["name"], given.get("language", "")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:13]) <= HIGHEST_NUMBER):
        return BrokenRow(row, f"{number!r} is no volunteer number of 1 to 12 digits")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return BrokenRow(row, f"the name must have 1 to {LONGEST_NAME} printable characters")
    if language and not (_LANGUAGE.fullmatch(language) and len(language) <= 12):
        return BrokenRow(row, f"{language!r} is no language such as zh-Hans")
    person = Person(row, int(number), name, language, given.get("activity", ""), given.get("post", ""))
    if person.post and not person.activity:
        return BrokenRow(row, "it names a post and no activity")
    other = seen.get(person.number)
    if other and (other.name, other.language) != (person.name, person.language):
        return BrokenRow(row, f"volunteer {person.number} is somebody else in row {other.row}")
    return person


def _unreadable(why: str) -> SettingsError:
    return SettingsError(
        f"The file can't be read as a list of volunteers: {why}.",
        remedy=f"Save it as CSV in UTF-8 with the columns {', '.join(REQUIRED + OPTIONAL)}.",
    )
