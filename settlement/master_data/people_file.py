"""A file of volunteers, read without a database: each row either is right or says what is wrong with it.

CSV (RFC 4180) whose first row names the columns: `number` and `name`, and if wanted those of OPTIONAL. A
volunteer with several activities has several rows. What stands for a person (an identity number, a telephone,
a card) becomes a keyed hash while its row is read; the number itself is kept and told nowhere.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from muster.errors import SettingsError
from settlement.master_data.people import HIGHEST_NUMBER, LONGEST_NAME
from sync.events import Assurance, Method
from sync.pseudonym import Subject, canonical, keyed_reference


class Encoding(StrEnum):
    """How the file's characters are written; never guessed, for a wrong guess makes wrong names."""

    UTF_8 = "utf-8"
    """With or without a byte order mark."""
    GB18030 = "gb18030"
    """The national standard; holds GBK and GB2312, in which Chinese spreadsheets save CSV."""


class Evidence(Struct, frozen=True):
    """What a column of cards or telephones is hashed as, and what it proves at a terminal."""

    subject: Subject
    method: Method
    assurance: Assurance


EVIDENCE: Final[Mapping[str, Evidence]] = {
    "id_number": Evidence(Subject.ID_NUMBER, Method.ID_CARD, Assurance.HIGH),
    "phone": Evidence(Subject.PHONE, Method.SMS_IN, Assurance.LOW),
    "card_uid": Evidence(Subject.CARD_UID, Method.CARD, Assurance.LOW),
    "tag": Evidence(Subject.TAG, Method.TAG, Assurance.LOW),
    "code": Evidence(Subject.CODE, Method.OTHER_CODE, Assurance.LOW),
}
REQUIRED = ("number", "name")
OPTIONAL = ("language", "organisation", "joined", "activity", "post", *EVIDENCE)
MOST_BYTES = 64 * 1024 * 1024
SHORTEST_EVIDENCE, LONGEST_EVIDENCE = 4, 64

_LANGUAGE = re.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


class CardReference(Struct, frozen=True):
    """What stands for a person at a terminal: a keyed hash, and how it is presented."""

    ref: str
    method: Method
    assurance: Assurance


class Person(Struct, frozen=True):
    """What one row says; empty or None where a column is empty or absent."""

    row: int
    """As a spreadsheet numbers it: the names of the columns are row 1."""
    number: int
    name: str
    language: str = ""
    organisation: str = ""
    """A path in the tree."""
    joined: dt.date | None = None
    activity: str = ""
    post: str = ""
    cards: tuple[CardReference, ...] = ()


class BrokenRow(Struct, frozen=True):
    """A row that can't be imported, and why."""

    row: int
    why: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.why}"


class People(Struct, frozen=True):
    """The good rows of a file and its broken ones, each in the order of the file."""

    whole: list[Person]
    broken: list[BrokenRow]


class _Broken(Exception):  # noqa: N818 - it ends the reading of one row, not the import
    """Why the row that is being read can't be imported."""


def read_people(content: bytes, key: bytes, encoding: Encoding = Encoding.UTF_8) -> People:
    """Read a file; `key` makes the keyed hashes.

    Raises SettingsError for a file that is no such list at all.
    """
    reader = csv.reader(io.StringIO(_decoded(content, encoding), newline=""), strict=True)
    people = People([], [])
    first: dict[int, Person] = {}
    assigned: dict[tuple[int, str], int] = {}
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns)
        for row, cells in _filled(reader):
            try:
                person = _read_row(row, columns, cells, key)
                _check_against(person, first, assigned)
            except _Broken as why:
                people.broken.append(BrokenRow(row, str(why)))
            else:
                people.whole.append(person)
    except csv.Error as error:
        near = len(people.whole) + len(people.broken) + 2
        raise _unreadable(f"it is no CSV near row {near} ({error})") from error
    return people


def _decoded(content: bytes, encoding: Encoding) -> str:
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has more than {MOST_BYTES // 1024 // 1024} MB")
    marked = content.startswith(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8-sig" if marked else encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is not {encoding.upper()} (byte {error.start + 1})") from error


def _filled(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for row, cells in enumerate(rows, 2):
        trimmed = [cell.strip() for cell in cells]
        if any(trimmed):
            yield row, trimmed


def _check_columns(columns: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in REQUIRED + OPTIONAL]
    if missing or unknown or len(set(columns)) < len(columns):
        wrong = [f"lacks {', '.join(missing)}"] if missing else []
        wrong += [f"has unknown columns: {', '.join(map(repr, unknown))}"] if unknown else []
        raise _unreadable(f"its first row {' and '.join(wrong) or 'names a column twice'}")


def _read_row(row: int, columns: list[str], cells: list[str], key: bytes) -> Person:
    if len(cells) != len(columns):
        raise _Broken(f"it has {len(cells)} cells, the first row {len(columns)}")
    given = dict.fromkeys(OPTIONAL, "") | dict(zip(columns, cells, strict=True))
    name, language = given["name"], given["language"]
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise _Broken(f"the name must have 1 to {LONGEST_NAME} printable characters")
    if language and not (_LANGUAGE.fullmatch(language) and len(language) <= 12):
        raise _Broken(f"{language!r} is no language such as zh-Hans")
    if given["post"] and not given["activity"]:
        raise _Broken("it names a post and no activity")
    return Person(
        row,
        _number(given["number"]),
        name,
        language,
        given["organisation"],
        _date(given["joined"]),
        given["activity"],
        given["post"],
        tuple(_card(column, given[column], key) for column in EVIDENCE if given[column]),
    )


def _check_against(person: Person, first: dict[int, Person], assigned: dict[tuple[int, str], int]) -> None:
    """Compare a row with those above it, and remember it."""
    other = first.get(person.number)
    if other and (other.name, other.language) != (person.name, person.language):
        raise _Broken(f"volunteer {person.number} is somebody else in row {other.row}")
    same = assigned.get((person.number, person.activity))
    if same is not None:
        raise _Broken(f"it repeats row {same}: the same volunteer and activity")
    first.setdefault(person.number, person)
    assigned[person.number, person.activity] = person.row


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:13]) <= HIGHEST_NUMBER):
        # An identity number in the wrong column must not be repeated where others read it.
        shown = repr(text) if len(text) <= 12 else f"what has {len(text)} characters"
        raise _Broken(f"{shown} is no volunteer number of 1 to 12 digits")
    return int(text)


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        if len(text) == len("2026-03-07"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise _Broken(f"{text[:20]!r} is no date such as 2026-03-07")


def _card(column: str, text: str, key: bytes) -> CardReference:
    kind = EVIDENCE[column]
    if _ROUNDED.fullmatch(text):
        raise _Broken(f"the spreadsheet has rounded the {column}; format that column as text")
    if not SHORTEST_EVIDENCE <= len(canonical(kind.subject, text)) <= LONGEST_EVIDENCE:
        raise _Broken(f"the {column} has too few or too many characters")
    return CardReference(keyed_reference(key, kind.subject, text), kind.method, kind.assurance)


def _unreadable(why: str) -> SettingsError:
    return SettingsError(
        f"The file can't be read as a list of volunteers: {why}.",
        remedy="Save it as CSV in UTF-8 (or say that it is GB18030, as Chinese spreadsheets save it) with "
        f"the columns {', '.join(REQUIRED)} and any of {', '.join(OPTIONAL)}.",
    )
