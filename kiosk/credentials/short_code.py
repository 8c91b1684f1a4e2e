"""The four digits that the screen shows right now: a text message that carries them comes from here.

Made from a key and the time, so nothing is stored and a restarted terminal shows the same digits.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator

WINDOW_MS = 120_000
"""A code is shown for two minutes, and taken for two more: text messages are slow."""


def short_code(key: bytes, terminal: str, wall_ms: int) -> str:
    """The digits that `terminal` shows at `wall_ms` (UTC)."""
    window = wall_ms // WINDOW_MS
    digest = hmac.new(key, f"muster/1/short-code\0{terminal}\0{window}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:4]) % 10_000:04d}"


def carries_short_code(text: str, key: bytes, terminal: str, wall_ms: int) -> bool:
    """Whether a text holds the digits shown now or just before, as a number of its own.

    What stands between digits and is neither digit nor letter doesn't count, as at a keypad: `4-7-1-1`.
    """
    shown = {short_code(key, terminal, wall_ms - ago) for ago in (0, WINDOW_MS)}
    return not shown.isdisjoint(_numbers_of_four(text))


def has_digits(text: str) -> bool:
    """Whether a text holds any digit, of whatever script, or in a circle or on a key."""
    return any(one.isdecimal() for one in _plain(text))


def _numbers_of_four(text: str) -> Iterator[str]:
    """Whatever may be meant by four digits: numbers, and neighbours with no letter between that make four."""
    for stretch in re.split(r"[^\W\d_]+", _plain(text)):
        groups = [_as_ascii(found) for found in re.findall(r"\d+", stretch)]
        for first in range(len(groups)):
            for last in range(first, min(first + 4, len(groups))):
                if len(joined := "".join(groups[first : last + 1])) == 4:
                    yield joined


def _plain(text: str) -> str:
    """With compatibility forms as what they are; digits in filled circles have none, and are digits too."""
    return unicodedata.normalize("NFKC", "".join(map(_digit_in, text)))


def _digit_in(one: str) -> str:
    digit = None if one.isdecimal() else unicodedata.digit(one, None)
    return one if digit is None else str(digit)


def _as_ascii(digits: str) -> str:
    return "".join(str(unicodedata.decimal(one)) for one in digits)
