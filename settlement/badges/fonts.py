"""Fonts for names in any script: found where Debian installs them, or named by whoever prints."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.lists.row_troubles import RowTrouble
from settlement.troubles import CentreTrouble


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font; `face` is its place in a file that holds several."""

    path: Path
    face: int = 0


DEBIAN_FONTS = (
    FontFile(Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")),
    FontFile(Path("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf")),
    FontFile(Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")),
    FontFile(Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2),  # simplified Chinese forms
)
"""Of the packages fonts-noto-core, fonts-dejavu-core and fonts-noto-cjk; the first that has all writes."""


class Fonts:
    """The fonts that are there, asked which of them can write a text."""

    def __init__(self, files: Sequence[FontFile]) -> None:
        """Leave out files that are missing; raises SettingsError for one that is no font, or without any."""
        self._written = {file: _characters(file) for file in files if file.path.exists()}
        if not self._written:
            raise SettingsError(CentreTrouble.FONTS_MISSING)

    def font_for(self, text: str) -> FontFile | None:
        """The first font that has every character of `text`; None where none has."""
        needed = {ord(character) for character in _visible(text)}
        return next((file for file, has in self._written.items() if needed <= has), None)

    def together(self, text: str) -> list[FontFile]:
        """The fonts that together write `text`, the one with most of it first; none where one is missing."""
        needed = {ord(character) for character in _visible(text)}
        ranked = sorted(self._written, key=lambda file: -len(needed & self._written[file]))
        chosen: list[FontFile] = []
        for file in ranked:
            if needed & self._written[file]:
                chosen.append(file)
                needed -= self._written[file]
        return [] if needed else chosen

    def missing(self, text: str) -> Trouble:
        """Why no font can write `text`, naming the characters that none has."""
        everywhere = frozenset[int]().union(*self._written.values())
        missing = sorted({character for character in _visible(text) if ord(character) not in everywhere})
        if not missing:
            return Trouble.term("row", RowTrouble.NO_SINGLE_FONT)
        named = [f"{one} (U+{ord(one):04X})" for one in missing[:5]]
        return Trouble.term("row", RowTrouble.NO_FONT, characters=named)


def _visible(text: str) -> str:
    """Without what only says how the others are set, such as the direction of writing."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _characters(file: FontFile) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with file.path.open("rb") as opened, TTFont(opened, fontNumber=file.face, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError) as error:
        raise SettingsError(CentreTrouble.FONT_WRONG, path=file.path, why=error) from error
