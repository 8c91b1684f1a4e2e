"""Badges on sheets of A4, twelve a page, to be cut out: the code, and name and number under it."""

import io
from collections.abc import Sequence
from typing import cast

from msgspec import Struct

from settlement.badges.fonts import FontFile, Fonts

ACROSS, DOWN = 3, 4
_MARGIN_MM, _PAGE_WIDTH_MM, _PAGE_HEIGHT_MM = 10.0, 210.0, 297.0
_WIDTH_MM = (_PAGE_WIDTH_MM - 2 * _MARGIN_MM) / ACROSS
_HEIGHT_MM = (_PAGE_HEIGHT_MM - 2 * _MARGIN_MM) / DOWN
_CODE_MM = 45.0  # with its white edge; 38 mm of black, read at arm's length by a 1280-pixel camera
_CODE_TOP_MM = 0.75
_TEXT_WIDTH_MM = _WIDTH_MM - 4
_NAME_TOP_MM, _NAME_HEIGHT_MM = 46.0, 14.0
_NAME_SIZES_PT = (16, 14, 12, 10, 8, 7)  # at 7, eighty full-width characters are four lines
_LINE_TOP_MM, _LINE_HEIGHT_MM = 60.5, 4.0
_LINE_SIZE_PT = 9
_HEADING_TOP_MM = 4.0
_MM_A_POINT = 25.4 / 72
_LINE_SPACING = 1.25
_CUT_GREY = 200


class PrintedBadge(Struct, frozen=True):
    """What is printed for one person: the code's picture, the name, and lines of small print."""

    picture: bytes
    name: str
    small_print: tuple[str, ...] = ()


def make_sheets(badges: Sequence[PrintedBadge], fonts: Fonts, heading: str = "") -> bytes:
    """The PDF; every text must be one that `fonts` can write. `heading` stands at the top of each page."""
    sheet = _Sheet(fonts)
    for place, badge in enumerate(badges):
        row, column = divmod(place % (ACROSS * DOWN), ACROSS)
        if row == column == 0:
            sheet.begin_page(heading)
        sheet.draw(badge, _MARGIN_MM + column * _WIDTH_MM, _MARGIN_MM + row * _HEIGHT_MM)
    return sheet.pdf()


class _Sheet:
    def __init__(self, fonts: Fonts) -> None:
        from fpdf import FPDF

        self._fonts = fonts
        self._families: dict[FontFile, str] = {}
        self._paper = FPDF(unit="mm", format="A4")
        self._paper.set_auto_page_break(False)
        self._paper.c_margin = 0
        # Arabic letters join, and run from right to left.
        self._paper.set_text_shaping(True)

    def begin_page(self, heading: str) -> None:
        self._paper.add_page()
        self._paper.set_draw_color(_CUT_GREY)
        for column in range(ACROSS + 1):
            x = _MARGIN_MM + column * _WIDTH_MM
            self._paper.line(x, _MARGIN_MM, x, _PAGE_HEIGHT_MM - _MARGIN_MM)
        for row in range(DOWN + 1):
            y = _MARGIN_MM + row * _HEIGHT_MM
            self._paper.line(_MARGIN_MM, y, _PAGE_WIDTH_MM - _MARGIN_MM, y)
        if heading:
            self._write_line(heading, _MARGIN_MM, _HEADING_TOP_MM, _PAGE_WIDTH_MM - 2 * _MARGIN_MM)

    def draw(self, badge: PrintedBadge, left: float, top: float) -> None:
        code_left = left + (_WIDTH_MM - _CODE_MM) / 2
        self._paper.image(io.BytesIO(badge.picture), code_left, top + _CODE_TOP_MM, _CODE_MM, _CODE_MM)
        text_left = left + (_WIDTH_MM - _TEXT_WIDTH_MM) / 2
        self._write_name(badge.name, text_left, top + _NAME_TOP_MM)
        for place, line in enumerate(badge.small_print):
            self._write_line(line, text_left, top + _LINE_TOP_MM + place * _LINE_HEIGHT_MM, _TEXT_WIDTH_MM)

    def pdf(self) -> bytes:
        return bytes(self._paper.output())

    def _write_name(self, name: str, left: float, top: float) -> None:
        """As large as it fits."""
        for size in _NAME_SIZES_PT:
            self._take_font(name, size)
            line_height = size * _MM_A_POINT * _LINE_SPACING
            height = self._lines_of(name) * line_height
            if height <= _NAME_HEIGHT_MM:
                break
        self._paper.set_xy(left, top + (_NAME_HEIGHT_MM - height) / 2)
        self._paper.multi_cell(_TEXT_WIDTH_MM, line_height, name, align="C")

    def _write_line(self, line: str, left: float, top: float, width: float) -> None:
        self._take_font(line, _LINE_SIZE_PT)
        self._paper.set_xy(left, top)
        self._paper.cell(width, _LINE_HEIGHT_MM, line, align="C")

    def _lines_of(self, text: str) -> int:
        from fpdf.enums import MethodReturnValue

        wanted = MethodReturnValue.LINES
        lines = self._paper.multi_cell(_TEXT_WIDTH_MM, text=text, dry_run=True, output=wanted)
        return len(cast("list[str]", lines))

    def _take_font(self, text: str, size: int) -> None:
        """One font for each text: fpdf2 forgets which it was after a text that needed a second one."""
        file = self._fonts.font_for(text)
        if file is None:
            raise ValueError(repr(self._fonts.missing(text)))
        if file not in self._families:
            self._families[file] = f"face-{len(self._families)}"
            self._paper.add_font(self._families[file], fname=file.path, collection_font_number=file.face)
        self._paper.set_font(self._families[file], size=size)
