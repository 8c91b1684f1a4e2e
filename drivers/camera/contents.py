"""What a QR code holds: text where the code says which, its bytes where it doesn't. ISO/IEC 18004.

A code declares its text by an ECI (GB18030, Shift-JIS, Latin-1 …), or by the mode of its first segment:
Kanji, and Hanzi of GB/T 18284. Of other bytes `foundation.code_text` says what they are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import zxingcpp

from foundation.code_text import text_of_utf8, undeclared

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Kind(StrEnum):
    """What kind of thing a code holds."""

    TEXT = "text"
    BYTES = "bytes"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Content:
    """What a code holds; `text` of undeclared bytes is `bytes:` and their hex digits, the same everywhere."""

    text: str
    kind: Kind = Kind.TEXT


class _Mode(Enum):
    """The mode indicators that tell something; structured append is a header before the first segment."""

    STRUCTURED_APPEND = 0b0011
    ECI = 0b0111
    KANJI = 0b1000
    HANZI = 0b1101


_ENCODINGS = {_Mode.KANJI: "shift_jis", _Mode.HANZI: "gb2312"}

_WITH_ECI = (b"]Q2", b"]Q4", b"]Q6")
"""Symbology identifiers of codes that declare an ECI (ISO/IEC 18004, annex F)."""

_ECI = re.compile(rb"((?<!\\)(?:\\\\)*\\[0-9]{6})")
"""A declaration: a backslash and six digits; a backslash of the data stands doubled."""

_ECI_ENCODINGS = MappingProxyType(
    {
        **{2 + part: f"iso8859-{part}" for part in range(1, 17) if part != 12},
        **{number: f"cp{1229 + number}" for number in (21, 22, 23)},
        0: "cp437",
        1: "iso8859-1",
        2: "cp437",
        20: "shift_jis",
        24: "cp1256",
        25: "utf-16-be",
        26: "utf-8",
        27: "ascii",
        28: "big5",
        29: "gb18030",
        30: "euc-kr",
        31: "gbk",
        32: "gb18030",
        33: "utf-16-le",
        34: "utf-32-be",
        35: "utf-32-le",
        170: "ascii",
    }
)
"""The character sets of the AIM ECI register by their numbers, as Python's codecs."""

_LEVEL_BITS = MappingProxyType({"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10})
"""How a format names its level of error correction (ISO/IEC 18004, table 12)."""

_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
"""Which modules each data mask turns over (ISO/IEC 18004, table 10)."""


_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)

TEXT_MODE = zxingcpp.TextMode.HexECI
"""How codes must be read for `content_of`: what they declare stands between their bytes."""


def content_of(code: zxingcpp.Barcode) -> Content | None:
    """What a code holds that was read in `TEXT_MODE`; None for nothing."""
    payload = code.bytes
    mode = _first_mode(code)
    # One wrong module makes this header of that of a common mode: only a code without any is believed.
    if mode is _Mode.STRUCTURED_APPEND and _is_whole(code):
        return Content(_visible(payload.decode("utf-8", "replace")), Kind.PART)
    text = _declared_text(bytes.fromhex(code.text))
    if text is None and mode and (encoding := _ENCODINGS.get(mode)):
        text = _decoded(payload, encoding)
    found = content_of_bytes(payload) if text is None else _content(text)
    if found is None or found.kind is Kind.BYTES or found.text.isascii():
        return found
    # A later segment may declare what the first does not: then nothing is guessed either.
    return found if _by_segments(code) in (None, found.text) else Content(undeclared(payload), Kind.BYTES)


def content_of_bytes(payload: bytes) -> Content | None:
    """What undeclared bytes hold: UTF-8, or themselves."""
    text = text_of_utf8(payload)
    return Content(undeclared(payload), Kind.BYTES) if text is None else _content(text)


def _by_segments(code: zxingcpp.Barcode) -> str | None:
    """The text as the decoder has it, by the mode of each segment; None where it is not read again."""
    clean = np.asarray(code.to_image(scale=4, add_quiet_zones=True))
    again = zxingcpp.read_barcode(clean, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return _visible(again.text) if again is not None and again.bytes == code.bytes else None


def _declared_text(marked: bytes) -> str | None:
    """The text by the ECIs between the bytes; None without one, or where one is unknown or does not fit."""
    if not marked.startswith(_WITH_ECI):
        return None
    text, encoding = "", "utf-8"
    for part in _ECI.split(marked[3:]):
        if declaration := _ECI.fullmatch(part):
            encoding = _ECI_ENCODINGS.get(int(declaration[0][1:]), "")
            continue
        decoded = _decoded(part.replace(b"\\\\", b"\\"), encoding) if encoding else None
        if decoded is None:
            return None
        text += decoded
    return text


def _content(text: str) -> Content | None:
    text = _visible(text)
    return Content(text) if text else None


def _visible(text: str) -> str:
    """Without the mark that some programs put before UTF-8."""
    return text.removeprefix(_BYTE_ORDER_MARK)


def _decoded(payload: bytes, encoding: str) -> str | None:
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_whole(code: zxingcpp.Barcode) -> bool:
    """Whether no module had to be corrected: "unused error correction" is all of it."""
    extra = code.extra
    return isinstance(extra, dict) and float(extra.get("UEC", 0)) >= 1


def _first_mode(code: zxingcpp.Barcode) -> _Mode | None:
    """The mode of the first segment: the four modules in the corner where the data begin, unmasked."""
    extra = code.extra
    mask = extra.get("DataMask") if isinstance(extra, dict) else None
    if not isinstance(mask, int) or not 0 <= mask < len(_MASKS):
        return None
    dark = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
    if _is_mirrored(dark, code.ec_level, mask):
        dark = dark.T
    last = len(dark) - 1
    value = 0
    for row, column in ((last, last), (last, last - 1), (last - 1, last), (last - 1, last - 1)):
        value = 2 * value + (bool(dark[row, column]) != _MASKS[mask](row, column))
    return next((mode for mode in _Mode if mode.value == value), None)


def _is_mirrored(dark: npt.NDArray[np.bool_], level: str, mask: int) -> bool:
    """Whether the modules lie transposed, by the format that row 8 begins with (ISO/IEC 18004, 7.9)."""
    format_bits = (_LEVEL_BITS.get(level, 0) << 3 | mask) ^ 0b10101
    begins = [bool(format_bits >> bit & 1) for bit in (4, 3, 2, 1, 0)]
    along_row, along_column = (int(np.sum(line == begins)) for line in (dark[8, :5], dark[:5, 8]))
    return along_column > along_row
