"""Sheets of A4 with text in any script: lines, labelled values, a table over several pages, a code.

Text stays text, which can be searched and copied; fonts are embedded. The same input makes the same bytes.
"""

import datetime as dt
import io
from collections.abc import Sequence
from typing import cast

from msgspec import Struct

from foundation.errors import SettingsError
from foundation.words import Direction
from settlement.badges.fonts import FontFile, Fonts
from settlement.troubles import CentreTrouble

_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210.0, 297.0, 18.0
_FOOT_MM = 14.0
_TEXT_MM = _WIDTH_MM - 2 * _MARGIN_MM
_MM_A_POINT = 25.4 / 72
_SPACING = 1.45
_LABEL_MM = 46.0
_PADDING_MM = 1.2
_QUIET_MODULES = 4
"""The white edge that ISO/IEC 18004 asks for."""
_GREY, _BLACK, _LINE_GREY = 95, 0, 190
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
"""Fonts have no signs for these, and each text stands alone here."""


class ColumnOf(Struct, frozen=True):
    """A column of a table: its heading, and its part of the width."""

    heading: str
    part: float
    is_number: bool = False


class Sheet:
    """Written from the top to the bottom; lines of an Arabic one begin at the right."""

    def __init__(self, fonts: Fonts, direction: Direction, made: dt.datetime, title: str, foot: str) -> None:
        """`made` is the moment that the file names; `foot` stands on each page before its number."""
        from fpdf import FPDF

        self._fonts, self._foot = fonts, foot
        self._is_rtl = direction is Direction.RTL
        self._families: dict[FontFile, str] = {}
        self._paper = paper = FPDF(unit="mm", format="A4")
        paper.set_auto_page_break(False)
        paper.c_margin = 0
        # Arabic letters join, and run from right to left.
        paper.set_text_shaping(True)
        paper.set_creation_date(made)
        paper.set_title(title)
        paper.set_producer("Muster")
        self._begin_page()

    def heading(self, text: str, size: int = 20) -> None:
        """A line in the middle."""
        self._write(text, _MARGIN_MM, _TEXT_MM, size, align="C")

    def line(self, text: str, size: int = 10, grey: int = _BLACK) -> None:
        """A text over the whole width, on as many lines as it needs."""
        self._make_room(self._height(text, _TEXT_MM, size))
        self._write(text, _MARGIN_MM, _TEXT_MM, size, grey=grey)

    def value(self, label: str, text: str, size: int = 11) -> None:
        """A label with its value beside it."""
        width = _TEXT_MM - _LABEL_MM
        height = max(self._height(label, _LABEL_MM - 3, size), self._height(text, width, size))
        self._make_room(height)
        top = self._paper.get_y()
        label_at, text_at = (
            (_WIDTH_MM - _MARGIN_MM - _LABEL_MM + 3, _MARGIN_MM)
            if self._is_rtl
            else (_MARGIN_MM, _MARGIN_MM + _LABEL_MM)
        )
        self._write(label, label_at, _LABEL_MM - 3, size, grey=_GREY)
        self._paper.set_y(top)
        self._write(text, text_at, width, size)
        self._paper.set_y(top + height)

    def gap(self, millimetres: float) -> None:
        """Leave some space."""
        self._paper.set_y(self._paper.get_y() + millimetres)

    def table(self, columns: Sequence[ColumnOf], rows: Sequence[Sequence[str]], size: int = 9) -> None:
        """Rows under headings, which each page repeats."""
        headings = [column.heading for column in columns]
        self._row(columns, headings, size, _GREY)
        for row in rows:
            if self._make_room(self._row_height(columns, row, size)):
                self._row(columns, headings, size, _GREY)
            self._row(columns, row, size, _BLACK)

    def code(self, text: str, beside: Sequence[str], side_mm: float = 34.0, *, corrects: str = "m") -> None:
        """A QR code, and lines beside it; `corrects` is how much of it may be lost, as the norm names it."""
        import segno

        self._make_room(side_mm)
        drawn = io.BytesIO()
        segno.make(text, error=corrects, micro=False).save(drawn, kind="png", scale=8, border=_QUIET_MODULES)
        top, width = self._paper.get_y(), _TEXT_MM - side_mm - 4
        left = _WIDTH_MM - _MARGIN_MM - side_mm if self._is_rtl else _MARGIN_MM
        self._paper.image(drawn, left, top, side_mm, side_mm, alt_text=text)
        self._paper.set_y(top + 4)
        for line in beside:
            self._write(line, _MARGIN_MM if self._is_rtl else _MARGIN_MM + side_mm + 4, width, 10)
        self._paper.set_y(max(top + side_mm, self._paper.get_y()))

    def pdf(self) -> bytes:
        """The file, with the number of each page."""
        pages = self._paper.pages_count
        for page in range(1, pages + 1):
            self._paper.page = page
            self._paper.set_y(_HEIGHT_MM - _FOOT_MM)
            self._write(f"{self._foot} · {page}/{pages}", _MARGIN_MM, _TEXT_MM, 8, align="C", grey=_GREY)
        return bytes(self._paper.output())

    def close(self) -> None:
        """Close the fonts, which stay open where no file was made."""
        from fpdf.fonts import TTFFont

        for font in self._paper.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def _begin_page(self) -> None:
        self._paper.add_page()
        self._paper.set_y(_MARGIN_MM)

    def _make_room(self, height: float) -> bool:
        """Go on with a new page where the rest of this one is too short; whether that was so."""
        if self._paper.get_y() + height <= _HEIGHT_MM - _FOOT_MM - 4:
            return False
        self._begin_page()
        return True

    def _row(self, columns: Sequence[ColumnOf], cells: Sequence[str], size: int, grey: int) -> None:
        top, height = self._paper.get_y(), self._row_height(columns, cells, size)
        before = 0.0
        for column, cell in zip(columns, cells, strict=True):
            width = column.part * _TEXT_MM
            left = _MARGIN_MM + before
            if self._is_rtl:
                left = _WIDTH_MM - _MARGIN_MM - before - width + 2 * _PADDING_MM
            self._paper.set_y(top + _PADDING_MM)
            at_end = column.is_number != self._is_rtl
            self._write(cell, left, width - 2 * _PADDING_MM, size, align="R" if at_end else "L", grey=grey)
            before += width
        self._paper.set_draw_color(_LINE_GREY)
        self._paper.line(_MARGIN_MM, top + height, _WIDTH_MM - _MARGIN_MM, top + height)
        self._paper.set_y(top + height)

    def _row_height(self, columns: Sequence[ColumnOf], cells: Sequence[str], size: int) -> float:
        heights = (
            self._height(cell, column.part * _TEXT_MM - 2 * _PADDING_MM, size)
            for column, cell in zip(columns, cells, strict=True)
        )
        return max(heights) + 2 * _PADDING_MM

    def _height(self, text: str, width: float, size: int) -> float:
        from fpdf.enums import MethodReturnValue

        text = text.translate(_ISOLATES)
        self._take_font(text, size)
        lines = self._paper.multi_cell(width, text=text, dry_run=True, output=MethodReturnValue.LINES)
        return max(1, len(cast("list[str]", lines))) * _line_height(size)

    def _write(
        self, text: str, left: float, width: float, size: int, *, align: str = "", grey: int = _BLACK
    ) -> None:
        text = text.translate(_ISOLATES)
        self._take_font(text, size)
        self._paper.set_text_color(grey)
        self._paper.set_x(left)
        side = align or ("R" if self._is_rtl else "L")
        self._paper.multi_cell(width, _line_height(size), text, align=side, new_x="LMARGIN", new_y="NEXT")

    def _take_font(self, text: str, size: int) -> None:
        """One font for each text where one has all of it; else the others help out.

        Raises SettingsError PAPER_UNWRITABLE for a character that none has.
        """
        alone = self._fonts.font_for(text)
        chosen = [alone] if alone else self._fonts.together(text)
        if not chosen:
            raise SettingsError(CentreTrouble.PAPER_UNWRITABLE, why=self._fonts.missing(text))
        for one in chosen:
            if one not in self._families:
                self._families[one] = f"face-{len(self._families)}"
                self._paper.add_font(self._families[one], fname=one.path, collection_font_number=one.face)
        first, *helpers = (self._families[one] for one in chosen)
        self._paper.set_fallback_fonts(helpers, exact_match=False)
        self._paper.set_font(first, size=size)


def _line_height(size: int) -> float:
    return size * _MM_A_POINT * _SPACING
