"""What a packed file unfolds to, found out before anybody unfolds it: a workbook is a ZIP of XML parts.

A few kilobytes can unfold to what fills a machine's memory. Here each part is read as a stream, and what a
reader would have to hold at once is counted: the bytes, the cells of a row, whatever stands beside rows.
"""

from typing import NoReturn
from xml.parsers import expat
from zipfile import ZipFile

_MOST_PARTS = 2_000
_MOST_ROWS = 1_048_576
"""As many as a sheet has; as many texts may be shared."""
_MOST_WITHIN_A_ROW = 100_000
_MOST_BESIDE_ROWS = 200_000
_CHUNK = 256 * 1024


class TooMuchWithinError(Exception):
    """It would unfold to more than a list of people ever is."""


def parts_with_formulas(archive: ZipFile, most_bytes: int) -> set[str]:
    """The parts in which a cell is computed; raises TooMuchWithinError for more than a reader can hold.

    ZipFile unfolds no more of a part than its entry declares, so the sum of these bounds all.
    """
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most_bytes:
        raise TooMuchWithinError
    return {part.filename for part in parts if _Weigher().has_formulas(archive, part.filename)}


class _Weigher:
    """Counts the elements of one part."""

    def __init__(self) -> None:
        self._rows = self._within = self._beside = self._depth = 0
        self._has_formulas = False

    def has_formulas(self, archive: ZipFile, name: str) -> bool:
        """Whether a cell of the part is computed; a part that is no XML has none, and is of no weight."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        with archive.open(name) as part:
            try:
                while chunk := part.read(_CHUNK):
                    parser.Parse(chunk)
            except expat.ExpatError:
                pass  # a picture, or XML that no reader takes either
        return self._has_formulas

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in {"row", "si"} and not self._depth:
            self._depth, self._within = 1, 0
            self._rows += 1
        elif self._depth:
            self._depth += 1
            self._within += 1
            self._has_formulas |= local == "f"
        else:
            self._beside += 1
        if self._rows > _MOST_ROWS or self._within > _MOST_WITHIN_A_ROW or self._beside > _MOST_BESIDE_ROWS:
            raise TooMuchWithinError

    def _end(self, _name: str) -> None:
        if self._depth:
            self._depth -= 1

    def _refuse(self, *_declared: object) -> NoReturn:
        # A workbook declares no entities; what they would unfold to is not counted here.
        raise TooMuchWithinError
