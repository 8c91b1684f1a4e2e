"""The cells of one row while they are read: a wrong one hides nothing that is wrong with another. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from foundation.trouble import Trouble
from settlement.lists.row_troubles import RowFault, RowTrouble, column_of

Read = TypeVar("Read")


class Cells:
    """Every column's trimmed text; empty for an optional column that the file lacks and for a wrong cell."""

    def __init__(self, row: int, given: Mapping[str, str], faults: Sequence[Trouble] = ()) -> None:
        """`faults` is what is known to be wrong already."""
        self.row = row
        """As a spreadsheet numbers it."""
        self._given = given
        self._faults = [*faults]
        self._wrong = {column_of(each) for each in faults}

    def __getitem__(self, column: str) -> str:
        """The text of a cell."""
        return "" if column in self._wrong else self._given[column]

    def read(self, column: str, reader: Callable[[str], Read]) -> Read | None:
        """What `reader` makes of a cell; None where it raises RowFault, or the cell is wrong already."""
        if column in self._wrong:
            return None
        try:
            return reader(self._given[column])
        except RowFault as fault:
            self._add(fault.why, column)
            return None

    def refuse(self, code: RowTrouble, /, **arguments: object) -> None:
        """Note something that is wrong with the row."""
        self._add(Trouble.term("row", code, **arguments))

    @property
    def are_right(self) -> bool:
        """Whether nothing was found wrong so far."""
        return not self._faults

    @property
    def faults(self) -> tuple[Trouble, ...]:
        """All that is wrong, in the order of the columns."""
        order = {column: place for place, column in enumerate(self._given)}
        return tuple(sorted(self._faults, key=lambda each: order.get(column_of(each), len(order))))

    def _add(self, why: Trouble, column: str = "") -> None:
        self._faults.append(why)
        self._wrong.update({column, column_of(why)} - {""})
