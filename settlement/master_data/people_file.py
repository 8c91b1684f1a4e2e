"""A file of volunteers, read without a database: each row either is right or says what is wrong with it.

A list (CSV or a workbook), a row of which names the columns: `number` and `name`, and if wanted those of
OPTIONAL. A volunteer with several activities has several rows. What stands for a person (an identity number,
a telephone, a card) becomes a keyed hash while its row is read; the number itself is kept and told nowhere.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from foundation.languages import LANGUAGES, known
from settlement.lists.cells import Cells
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

    `before` is how 0.1 referred to the same telephone or tag, "" where it did not or as to another's;
    `column` is where it stands in the list.
    """

    ref: str
    method: Method
    assurance: Assurance
    before: str = ""
    column: str = ""


class Person(Struct, frozen=True):
    """What one row says; empty or None where a column is empty or absent."""

    row: int
    """As a spreadsheet numbers it."""
    number: int
    """Of a broken row 0 where none could be read; so is its name empty."""
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
    partly: Sequence[Person] = ()
    """What could be read of broken rows: whoever corrects one wants to hear what else does not fit."""


def read_people(file: ListFile, key: bytes, region: str) -> People:
    """Read a file; `key` makes the keyed hashes, telephones are read as they are dialled in `region`.

    Raises SettingsError for a file that is no such list at all.
    """
    first: dict[int, Person] = {}
    assigned: dict[tuple[int, str], int] = {}
    examples: dict[tuple[str, Conversion], Example] = {}

    partly: list[Person] = []

    def read_row(cells: Cells) -> Person:
        person = _read_row(cells, key, region, examples)
        _check_against(person, cells, first, assigned)
        if not cells.are_right:
            partly.append(person)
        return person

    return People(*read_rows(file, _COLUMNS, read_row), examples, partly)


def _read_row(
    cells: Cells, key: bytes, region: str, examples: dict[tuple[str, Conversion], Example]
) -> Person:
    number, name = cells.read("number", volunteer_number), cells.read("name", display_name)
    language = cells.read("language", _language)
    if cells["post"] and not cells["activity"]:
        cells.refuse(RowTrouble.POST_WITHOUT_ACTIVITY)
    joined = cells.read("joined", lambda text: calendar_date(text, "joined"))
    evidence = {
        column: as_read
        for column in EVIDENCE
        if cells[column] and (as_read := cells.read(column, _reader_of(column, region)))
    }
    as_kept = {"number": str(number), "name": str(name), **evidence}
    return Person(
        cells.row,
        number or 0,
        name or "",
        language or "",
        cells["organisation"],
        joined,
        cells["activity"],
        cells["post"],
        tuple(_card(column, as_read, key) for column, as_read in evidence.items()),
        _converted(cells, as_kept, examples) if cells.are_right else (),
    )


def _language(text: str) -> str:
    if text and (known(text) is None or len(text) > LONGEST_LANGUAGE):
        raise RowFault(RowTrouble.NO_LANGUAGE, text=told(text), languages=LANGUAGES)
    return text


def _converted(
    given: Cells, read: Mapping[str, str], examples: dict[tuple[str, Conversion], Example]
) -> tuple[tuple[str, Conversion], ...]:
    found = [
        (column, kind) for column in read for kind in conversions_of(column, given[column], read[column])
    ]
    for column, kind in found:
        if (column, kind) not in examples:
            examples[column, kind] = example_of(column, given[column], read[column])
    return tuple(found)


def _check_against(
    person: Person, cells: Cells, first: dict[int, Person], assigned: dict[tuple[int, str], int]
) -> None:
    """Compare a row with the right ones above it, and remember it where it is right."""
    other = first.get(person.number)
    same = assigned.get((person.number, person.activity))
    if other and person.name and (other.name, other.language) != (person.name, person.language):
        cells.refuse(RowTrouble.SOMEBODY_ELSE, volunteer=person.number, row=other.row)
    elif same is not None:
        cells.refuse(RowTrouble.SAME_ASSIGNMENT, row=same)
    if cells.are_right:
        first.setdefault(person.number, person)
        assigned[person.number, person.activity] = person.row


def as_presented(column: str, text: str, region: str) -> str:
    """What a reader will give for what stands in a cell of that column; raises RowFault."""
    return _PRESENTED[column](text, region)


def _reader_of(column: str, region: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if _ROUNDED.fullmatch(text):
            raise RowFault(RowTrouble.ROUNDED, column=column)
        return as_presented(column, text, region)

    return read


def _card(column: str, as_read: str, key: bytes) -> CardReference:
    kind = EVIDENCE[column]
    ref, before = keyed_reference(key, kind.subject, as_read), older_reference(key, kind.subject, as_read)
    return CardReference(ref, kind.method, kind.assurance, before, column)
