"""Keyboards that are none: scanners that type what they read, and number pads. Pure: key events in, text out.

A scanner in keyboard mode can be told by a printed code to press Ctrl, Alt or function keys (BadBarcode,
PacSec 2015). Here such a key spoils the code that it is in, and the driver keeps every key from the console.
"""

from dataclasses import dataclass

from drivers.keyboard.layouts import ALT_GR, SHIFT, Layout, character

SPOILED = b"\x00"
"""Stands in the text for a key that no code may press; the framing refuses the code."""

_PRESSED = 1  # 0 is released, 2 the kernel's repetition of a key that stays down

# Key codes of linux/input-event-codes.h that mean the same everywhere: blank, and the number pad, whatever
# NumLock says.
_EVERYWHERE = {
    57: " ",
    **{71 + place: text for place, text in enumerate("789-456+1230.")},
    55: "*",
    98: "/",
}
_ENTER, _TAB = b"\r", b"\t"
_ENDS = {28: _ENTER, 96: _ENTER, 15: _TAB}
_SHIFTS = frozenset({42, 54})
_CAPS_LOCK, _NUM_LOCK = 58, 69
_ALT, _ALT_GR = 56, 100
_FORBIDDEN_MODIFIERS = frozenset({29, 97, 125, 126})  # Ctrl and Meta, left and right
_MODIFIERS = _SHIFTS | _FORBIDDEN_MODIFIERS | {_ALT, _ALT_GR}

_LONGEST_NUMBER = 4
_NUMBERED = frozenset({9, 10, 13, *range(0x20, 0x7F)})
_BACKSPACE, _ESCAPE = 14, 1
MOST_DIGITS = 12
"""Digits that a keypad takes; codes have six to eight."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key event: the kernel's code, and 1 for pressed, 0 for released, 2 for held."""

    code: int
    value: int


@dataclass(frozen=True, slots=True)
class KeysLost:
    """The kernel dropped events because nobody read them in time."""


class KeyDecoder:
    """Turns the keys of a scanner into the bytes that it would send on a serial line.

    It types by the keyboard of `layout`, or any character as Alt and its number on the pad.
    """

    def __init__(self, layout: Layout = Layout.US) -> None:
        self._layout = layout
        self._down: set[int] = set()
        self._caps = False
        self._by_number = ""

    def feed(self, event: Key | KeysLost) -> bytes:
        """The character that the event means, SPOILED for a key that means none, nothing for the rest."""
        if isinstance(event, KeysLost):
            self._down.clear()
            self._by_number = ""
            return SPOILED
        if event.code in _MODIFIERS:
            if event.value:
                self._down.add(event.code)
                return b""
            self._down.discard(event.code)
            return self._numbered() if event.code == _ALT else b""
        if event.value != _PRESSED or event.code == _NUM_LOCK:
            return b""
        if event.code == _CAPS_LOCK:
            self._caps = not self._caps
            return b""
        if self._down & _FORBIDDEN_MODIFIERS:
            return SPOILED
        if _ALT in self._down:
            digit = _EVERYWHERE.get(event.code, "")
            if not digit.isdecimal() or len(self._by_number) == _LONGEST_NUMBER:
                return SPOILED
            self._by_number += digit
            return b""
        return _ENDS.get(event.code) or self._character(event.code)

    def _character(self, code: int) -> bytes:
        if everywhere := _EVERYWHERE.get(code):
            return everywhere.encode("ascii")
        level = SHIFT if self._down & _SHIFTS else ALT_GR if _ALT_GR in self._down else 0
        if self._caps and level != ALT_GR and character(self._layout, code, 0).isalpha():
            level ^= SHIFT
        return character(self._layout, code, level).encode("ascii") or SPOILED

    def _numbered(self) -> bytes:
        """The character of the number that was typed while Alt was held, if it is one of ASCII."""
        number, self._by_number = self._by_number, ""
        if not number:
            return b""
        return bytes([int(number)]) if int(number) in _NUMBERED else SPOILED


@dataclass(frozen=True, slots=True)
class Typed:
    """So many digits stand in the field now; which ones is nobody's business yet."""

    count: int


@dataclass(frozen=True, slots=True)
class Entered:
    """The digits that were in the field when Enter was pressed."""

    digits: str


class KeypadEntry:
    """Collects the digits of a number pad: Enter hands them over, Backspace and Escape take back."""

    def __init__(self) -> None:
        self._digits = ""

    def feed(self, event: Key | KeysLost) -> Typed | Entered | None:
        """What the event changed; other keys and keys held down change nothing."""
        if isinstance(event, KeysLost):
            return self.clear()
        if event.value != _PRESSED:
            return None
        if _ENDS.get(event.code) == _ENTER:
            digits, self._digits = self._digits, ""
            return Entered(digits) if digits else None
        if event.code == _BACKSPACE:
            self._digits = self._digits[:-1]
        elif event.code == _ESCAPE:
            self._digits = ""
        elif (digit := _digit_of(event.code)).isdigit() and len(self._digits) < MOST_DIGITS:
            self._digits += digit
        else:
            return None
        return Typed(len(self._digits))

    def clear(self) -> Typed | None:
        """Empty the field: whoever typed has left."""
        had_digits, self._digits = bool(self._digits), ""
        return Typed(0) if had_digits else None


def _digit_of(code: int) -> str:
    return _EVERYWHERE.get(code) or character(Layout.US, code, 0)
