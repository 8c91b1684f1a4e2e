"""A file of volunteers, read without a database: each row either is right or says what is wrong with it.

A list (CSV or a workbook), a row of which names the columns: `number` and `name`, and if wanted those of
OPTIONAL. A volunteer with several activities has several rows. What stands for a person (an identity number,
a telephone, a card) becomes a keyed hash while its row is read; the number itself is kept and told nowhere.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from foundation.languages import LANGUAGES, known
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import BrokenRow, RowFault, RowTrouble
from settlement.lists.rows import Columns, calendar_date, display_name, read_rows, volunteer_number
from settlement.lists.written_forms import told
from settlement.master_data import presented
from settlement.master_data.conversions import Conversion, Example, conversions_of, example_of
from sync.contract.events import Assurance, Method
from sync.contract.pseudonym import Subject, keyed_reference, older_reference


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
    "tag_10d": Evidence(Subject.TAG, Method.TAG, Assurance.LOW),
    "tag_w26": Evidence(Subject.TAG, Method.TAG, Assurance.LOW),
    "code": Evidence(Subject.CODE, Method.OTHER_CODE, Assurance.LOW),
}
_PRESENTED: Final[Mapping[str, Callable[[str, str], str]]] = {
    "id_number": lambda text, _: presented.id_number(text),
    "phone": presented.telephone,
    "card_uid": lambda text, _: presented.card_uid(text),
    "tag": lambda text, _: presented.tag(text),
    "tag_10d": lambda text, _: presented.tag_10d(text),
    "tag_w26": lambda text, _: presented.tag_w26(text),
    "code": lambda text, _: presented.code(text),
}
REQUIRED = ("number", "name")
OPTIONAL = ("language", "organisation", "joined", "activity", "post", *EVIDENCE)
REFUSED = ("refused_row", "refused_because")
"""Columns that are written beside rows that were refused, and passed over when these come again corrected."""
_COLUMNS = Columns(REQUIRED, OPTIONAL, days=("joined",), passed_over=REFUSED)
LONGEST_LANGUAGE = 12

_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


class CardReference(Struct, frozen=True):
    """What stands for a person at a terminal: a keyed hash, and how it is presented.

    `before` is how 0.1 referred to the same telephone or tag, "" where it did not or as to another's.
    """

    ref: str
    method: Method
    assurance: Assurance
    before: str = ""


class Person(Struct, frozen=True):
    """What one row says; empty or None where a column is empty or absent."""

    row: int
    """As a spreadsheet numbers it."""
    number: int
    name: str
    language: str = ""
    organisation: str = ""
    """A path in the tree."""
    joined: dt.date | None = None
    activity: str = ""
    post: str = ""
    cards: tuple[CardReference, ...] = ()
    converted: tuple[tuple[str, Conversion], ...] = ()
    """In which columns the cell was not written as it is kept, and how."""


class People(Struct, frozen=True):
    """The good rows of a file and its broken ones, each in the order of the file."""

    whole: list[Person]
    broken: list[BrokenRow]
    examples: Mapping[tuple[str, Conversion], Example] = {}
    """Of each column and conversion the first one, as a shape."""


def read_people(file: ListFile, key: bytes, region: str) -> People:
    """Read a file; `key` makes the keyed hashes, telephones are read as they are dialled in `region`.

    Raises SettingsError for a file that is no such list at all.
    """
    first: dict[int, Person] = {}
    assigned: dict[tuple[int, str], int] = {}
    examples: dict[tuple[str, Conversion], Example] = {}

    def read_row(row: int, given: Mapping[str, str]) -> Person:
        person = _read_row(row, given, key, region, examples)
        _check_against(person, first, assigned)
        return person

    return People(*read_rows(file, _COLUMNS, read_row), examples)


def _read_row(
    row: int,
    given: Mapping[str, str],
    key: bytes,
    region: str,
    examples: dict[tuple[str, Conversion], Example],
) -> Person:
    name, language = display_name(given["name"]), given["language"]
    if language and (known(language) is None or len(language) > LONGEST_LANGUAGE):
        raise RowFault(RowTrouble.NO_LANGUAGE, text=told(language), languages=LANGUAGES)
    if given["post"] and not given["activity"]:
        raise RowFault(RowTrouble.POST_WITHOUT_ACTIVITY)
    number = volunteer_number(given["number"])
    evidence = {column: _presented_as(column, given[column], region) for column in EVIDENCE if given[column]}
    return Person(
        row,
        number,
        name,
        language,
        given["organisation"],
        calendar_date(given["joined"], "joined"),
        given["activity"],
        given["post"],
        tuple(_card(column, as_read, key) for column, as_read in evidence.items()),
        _converted(given, {"number": str(number), "name": name, **evidence}, examples),
    )


def _converted(
    given: Mapping[str, str], read: Mapping[str, str], examples: dict[tuple[str, Conversion], Example]
) -> tuple[tuple[str, Conversion], ...]:
    found = [
        (column, kind) for column in read for kind in conversions_of(column, given[column], read[column])
    ]
    for column, kind in found:
        if (column, kind) not in examples:
            examples[column, kind] = example_of(column, given[column], read[column])
    return tuple(found)


def _check_against(person: Person, first: dict[int, Person], assigned: dict[tuple[int, str], int]) -> None:
    """Compare a row with those above it, and remember it."""
    other = first.get(person.number)
    if other and (other.name, other.language) != (person.name, person.language):
        raise RowFault(RowTrouble.SOMEBODY_ELSE, volunteer=person.number, row=other.row)
    same = assigned.get((person.number, person.activity))
    if same is not None:
        raise RowFault(RowTrouble.SAME_ASSIGNMENT, row=same)
    first.setdefault(person.number, person)
    assigned[person.number, person.activity] = person.row


def as_presented(column: str, text: str, region: str) -> str:
    """What a reader will give for what stands in a cell of that column; raises RowFault."""
    return _PRESENTED[column](text, region)


def _presented_as(column: str, text: str, region: str) -> str:
    if _ROUNDED.fullmatch(text):
        raise RowFault(RowTrouble.ROUNDED, column=column)
    return as_presented(column, text, region)


def _card(column: str, as_read: str, key: bytes) -> CardReference:
    kind = EVIDENCE[column]
    ref, before = keyed_reference(key, kind.subject, as_read), older_reference(key, kind.subject, as_read)
    return CardReference(ref, kind.method, kind.assurance, before)
