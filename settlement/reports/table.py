"""A report as a value: a heading, rows under columns, and what must be said with them."""

from collections.abc import Generator
from contextlib import closing
from itertools import islice

from msgspec import Struct

from foundation.words import Words

Cell = str | int


class Column(Struct, frozen=True):
    """A column by its stable key, as JSON names it, and its heading for a reader.

    `also` is the heading in the reader's language, where the heading itself must stand in another.
    """

    key: str
    heading: str
    is_number: bool = False
    also: str = ""


class Table(Struct, frozen=True):
    """A report for one reader. `notes` are part of it: where a rate comes from, what was left out and why."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


class LongTable(Struct, frozen=True):
    """A report of any length, whose rows are read one by one, and once.

    Whoever leaves off in the middle closes it: rows that a server keeps are let go then and there, and not
    when Python comes to it, perhaps in the middle of another question to the database.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Generator[tuple[Cell, ...], None, None]
    notes: tuple[str, ...] = ()

    def whole(self) -> Table:
        """All of it."""
        return Table(self.title, self.columns, tuple(self.rows), self.notes)

    def beginning(self, count: int) -> Table:
        """Its first rows; the others are not read."""
        with closing(self.rows):
            return Table(self.title, self.columns, tuple(islice(self.rows, count)), self.notes)


def headings(columns: tuple[Column, ...]) -> list[list[str]]:
    """The lines above the rows: the headings, and below them those in the reader's language, if any."""
    also = [[column.also for column in columns]] if any(column.also for column in columns) else []
    return [[column.heading for column in columns], *also]


def let_go(table: Table | LongTable) -> None:
    """Close what is read of a report no further."""
    if isinstance(table, LongTable):
        table.rows.close()


def columns(words: Words, keys: str, numbers: str = "") -> tuple[Column, ...]:
    """Columns with their headings, from keys apart by spaces; `numbers` are those that hold numbers."""
    are_numbers = numbers.split()
    return tuple(Column(key, words.code("column", key), key in are_numbers) for key in keys.split())
