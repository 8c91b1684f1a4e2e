"""The rows of a list that were refused, as they came, each with its row and the reason beside it. Pure."""

from collections.abc import Sequence

from foundation.words import Words
from settlement.lists.file import ListFile, rows_of
from settlement.lists.row_fixes import fix_of
from settlement.lists.row_troubles import BrokenRow, column_of
from settlement.lists.table import Row, column_name
from settlement.master_data.people_file import REFUSED, REQUIRED


def told_refusal(broken: BrokenRow, words: Words) -> str:
    """All for which a row was refused and what to do, in the reader's language."""
    return " ".join(
        words.say(
            "row_fix",
            column=column_of(each) or "–",
            why=words.what(each),
            fix=words.code("row_fix", fix_of(each.code)),
        )
        for each in broken.faults
    )


def refused_rows(file: ListFile, broken: Sequence[BrokenRow], words: Words) -> list[list[str]]:
    """The names of the columns and the refused rows; corrected they can be handed over as they are."""
    why = {each.row: told_refusal(each, words) for each in broken}
    rows = rows_of(file, REQUIRED)
    upper = next(rows, Row(1, []))
    # What a list brings along that was refused before is told anew.
    kept = [at for at, cell in enumerate(upper.cells) if column_name(cell) not in REFUSED]
    width = len(upper.cells)
    return [
        [*_cells(upper, kept), *REFUSED],
        *(
            [*_cells(row, kept), str(row.number), why[row.number], *row.cells[width:]]
            for row in rows
            if row.number in why
        ),
    ]


def _cells(row: Row, kept: Sequence[int]) -> list[str]:
    return [row.cells[at] if at < len(row.cells) else "" for at in kept]
