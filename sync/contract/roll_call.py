"""Whose names an inspector calls: drawn by chance, and in a way that anybody can check afterwards.

The names stand in the order of SHA-256 over the seed, a colon and the volunteer's number, as lower-case hex;
the first of them are called. Seed and digest of those present stand in the event (`events.RollCall`).
"""

import hashlib
from collections.abc import Iterable


def drawn(seed: str, present: Iterable[str], count: int) -> list[str]:
    """So many numbers of those present; all of them where there are fewer."""
    return sorted(set(present), key=lambda number: _digest(f"{seed}:{number}"))[:count]


def digest_of(present: Iterable[str]) -> str:
    """Of the numbers of all who were drawn from: SHA-256 over them in their order as text, one a line."""
    return _digest("\n".join(sorted(set(present))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
