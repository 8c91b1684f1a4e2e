"""The four digits that the screen shows right now: a text message that carries them comes from here.

Made from a key and the time, so nothing is stored and a restarted terminal shows the same digits.
"""

import hashlib
import hmac
import re

WINDOW_MS = 120_000
"""A code is shown for two minutes, and taken for two more: text messages are slow."""


def short_code(key: bytes, terminal: str, wall_ms: int) -> str:
    """The digits that `terminal` shows at `wall_ms` (UTC)."""
    window = wall_ms // WINDOW_MS
    digest = hmac.new(key, f"muster/1/short-code\0{terminal}\0{window}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:4]) % 10_000:04d}"


def carries_short_code(text: str, key: bytes, terminal: str, wall_ms: int) -> bool:
    """Whether a text holds the digits shown now or just before, as a number of its own."""
    shown = {short_code(key, terminal, wall_ms - ago) for ago in (0, WINDOW_MS)}
    numbers = {f"{int(number):04d}" for number in re.findall(r"(?<!\d)\d{4}(?!\d)", text)}
    return not shown.isdisjoint(numbers)
