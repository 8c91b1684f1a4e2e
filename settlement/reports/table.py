"""A report as a value: a heading, rows under columns, and what must be said with them."""

from collections.abc import Iterator

from msgspec import Struct

from foundation.words import Words

Cell = str | int


class Column(Struct, frozen=True):
    """A column by its stable key, as JSON names it, and its heading for a reader."""

    key: str
    heading: str
    is_number: bool = False


class Table(Struct, frozen=True):
    """A report for one reader. `notes` are part of it: where a rate comes from, what was left out and why."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


class LongTable(Struct, frozen=True):
    """A report whose rows are read one by one, as often as it is made: it may be of any length."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()

    def whole(self) -> Table:
        """All of it."""
        return Table(self.title, self.columns, tuple(self.rows), self.notes)


def columns(words: Words, keys: str, numbers: str = "") -> tuple[Column, ...]:
    """Columns with their headings, from keys apart by spaces; `numbers` are those that hold numbers."""
    are_numbers = numbers.split()
    return tuple(Column(key, words.code("column", key), key in are_numbers) for key in keys.split())
