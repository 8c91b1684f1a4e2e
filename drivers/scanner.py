"""Barcode scanners on a serial line: text that ends with a terminator or with silence."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from drivers.lifecycle import DriverThread, Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.rfid_numbers import NumberFormat, number_in
from drivers.serial_port import SerialDriver
from drivers.settings import ScannerSettings, Terminator
from foundation.code_text import text_of_utf8, undeclared

LONGEST_TEXT = 512
"""Characters of the longest code that is taken; a badge has 120."""

_CONTROLS = frozenset((*range(0x20), 0x7F))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FRAME = bytes({*range(0x01, 0x21), 0x7F} - {0x1B})
"""What scanners put around a code: blanks, ends of lines, and the control characters of many protocols, such
as STX, ETX, or GS for the FNC1 of GS1. Not NUL, which stands for a key that no code may press, nor ESC."""
_AIM_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
"""Which kind of code was read, as scanners say in front of it (AIM, ISO/IEC 15424): `]Q1` of a QR code."""


_TERMINATOR_BYTES = {
    Terminator.ANY: frozenset(b"\r\n\t"),
    Terminator.CR: frozenset(b"\r"),
    Terminator.LF: frozenset(b"\n"),
    Terminator.CRLF: frozenset(b"\r\n"),
    Terminator.TAB: frozenset(b"\t"),
    Terminator.SILENCE: frozenset(b""),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """The text of one code, without control characters; of bytes that are no text, how those are written."""

    text: Secret


class Unscannable(StrEnum):
    """Why something on the line was not a code."""

    ALPHABET = "alphabet"  # a control character
    TOO_LONG = "too_long"


class ScannerFraming:
    """Cuts the bytes of a scanner into codes. Pure: the caller says when the line was silent.

    Control characters are refused because a printed code can carry key strokes (BadBarcode, PacSec 2015).
    Bytes beyond ASCII are what they are at a camera. After a line that is too long everything up to the next
    terminator or silence belongs to it. What scanners add around a code, and ends of lines inside that are
    not the terminator, belong to no code.
    """

    def __init__(self, terminator: Terminator = Terminator.ANY) -> None:
        self._terminators = _TERMINATOR_BYTES[terminator]
        self._line = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[Scan | Unscannable]:
        """Take bytes as they arrived and return what they completed."""
        events: list[Scan | Unscannable] = []
        for byte in data:
            if byte in self._terminators:
                events += self._end_line()
            elif len(self._line) < LONGEST_TEXT:
                self._line.append(byte)
            else:
                self._overlong = True
        return events

    def silence(self) -> list[Scan | Unscannable]:
        """Say that nothing arrived for the idle time: what was begun is complete."""
        return self._end_line()

    def _end_line(self) -> list[Scan | Unscannable]:
        line, overlong = bytes(self._line), self._overlong
        self._line.clear()
        self._overlong = False
        if overlong:
            return [Unscannable.TOO_LONG]
        line = _bare(line)
        if not line:  # the second half of CR LF, or silence after a terminator
            return []
        if not _CONTROLS.isdisjoint(line):
            return [Unscannable.ALPHABET]
        text = text_of_utf8(line)
        if text is None:
            return [Scan(Secret(undeclared(line)))]
        return [Unscannable.ALPHABET if any(map(_is_control, text)) else Scan(Secret(text))]


def _bare(line: bytes) -> bytes:
    """The code alone."""
    code = line.strip(_FRAME).removeprefix(_BYTE_ORDER_MARK).translate(None, b"\r\n")
    if (found := _AIM_IDENTIFIER.match(code)) and len(code) > found.end():
        code = code[found.end() :]
    return code.removeprefix(_BYTE_ORDER_MARK).strip(_FRAME)


def _is_control(one: str) -> bool:
    return unicodedata.category(one) == "Cc"


def present_codes(
    driver: DriverThread, events: Iterable[Scan | Unscannable], form: NumberFormat, *, turned: bool
) -> None:
    """Present what was read as the codes or numbers that it is; let the person know once if some was none."""
    unreadable = 0
    for event in events:
        match event:
            case Scan(text) if form is NumberFormat.CODE:
                driver.present(Presented.CODE, text)
            case Scan(text) if number := number_in(text.reveal(), form, turned=turned):
                driver.present(number.presented, Secret(number.digits))
            case _:
                unreadable += 1
    driver.reject(unreadable)


class ScannerDriver(SerialDriver):
    """Presents every code that the scanner reads."""

    def __init__(
        self, settings: ScannerSettings, *, deliver: Deliver, now: Now, unreadable: Unreadable = tell_nobody
    ) -> None:
        super().__init__(
            settings,
            kind="scanner",
            read_timeout_ms=settings.idle_ms,
            deliver=deliver,
            now=now,
            unreadable=unreadable,
        )
        self._terminator = settings.terminator
        self._form, self._turned = settings.format, settings.reversed
        self._framing = ScannerFraming(settings.terminator)

    def open(self) -> None:
        """Open the port, forgetting what the scanner had begun when it was lost."""
        super().open()
        self._framing = ScannerFraming(self._terminator)

    def step(self) -> None:
        """Read what arrived, or notice that nothing did for the idle time."""
        data = self.port.read()
        read = self._framing.feed(data) if data else self._framing.silence()
        present_codes(self, read, self._form, turned=self._turned)
