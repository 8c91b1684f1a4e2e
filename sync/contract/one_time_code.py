"""One-time codes by text message: six digits, one use, ten minutes. The same rules at both ends. Pure.

Digits exist in one text message and in somebody's head; everywhere else a code is known by the keyed hash
of its digits (`lookup`) and, once it is found, by its reference `code:<volunteer>.<16 hex digits>`, which is
drawn for each code: a million digits come round again before a log is purged, a reference does not.

NIST SP 800-63B (2017), 5.1.3.2, asks the same of a secret that is sent to a telephone: at least six digits,
ten minutes at most, taken once, and a limit on wrong tries.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.events import Milliseconds, Reference
from sync.contract.pseudonym import Subject, canonical, keyed_reference
from sync.contract.roster import Volunteer

DIGITS = 6
LIFE_MS = 600_000
FAMILY = "code"
"""What references of one-time codes begin with."""

_MINUTE_MS = 60_000
_LIMITS = ((15 * _MINUTE_MS, 3), (24 * 60 * _MINUTE_MS, 10))
"""So many codes may be sent to one telephone, or for one volunteer, within so long."""
REMEMBERED_MS = max(within_ms for within_ms, _ in _LIMITS)
"""Codes that were sent longer ago than this limit nothing any more."""


class OneTimeCode(Struct, frozen=True):
    """A code as centre and terminals keep it; the digits can't be read from it without the pseudonym key."""

    ref: Annotated[Reference, Meta(pattern="^code:[0-9]{1,12}[.][0-9a-f]{16}$")]
    lookup: Reference
    volunteer: Volunteer
    expires_ms: Milliseconds


@dataclass(frozen=True, slots=True, repr=False)
class DrawnCode:
    """A code that was just drawn, with its digits for the one message that carries them."""

    digits: str
    code: OneTimeCode


def draw(key: bytes, volunteer: str, now_ms: int, taken: Collection[str]) -> DrawnCode:
    """Draw a code that ends LIFE_MS after `now_ms` (UTC) and whose lookup is not among `taken`."""
    while True:
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        lookup = lookup_of(key, digits)
        if lookup not in taken:
            ref = f"{FAMILY}:{volunteer}.{secrets.token_hex(8)}"
            return DrawnCode(digits, OneTimeCode(ref, lookup, volunteer, now_ms + LIFE_MS))


def is_code(reference: str) -> bool:
    """Whether an event's reference is that of a one-time code."""
    return reference.startswith(f"{FAMILY}:")


def lookup_of(key: bytes, typed: str) -> str:
    """The keyed hash by which what somebody typed finds its code."""
    return keyed_reference(key, Subject.SMS_CODE, typed)


def has_six_digits(typed: str) -> bool:
    """Whether this can be a code at all, however its digits are spaced or written."""
    return len(canonical(Subject.SMS_CODE, typed)) == DIGITS


def wait_ms(sent_ms: Iterable[int], now_ms: int) -> int:
    """How long the next code must wait, given when the earlier ones were sent; 0: it may be sent now.

    Times that lie ahead (a clock was set back) count as now.
    """
    ages = sorted(max(0, now_ms - each) for each in sent_ms)
    waits = (within_ms - ages[most - 1] for within_ms, most in _LIMITS if len(ages) >= most)
    return max(0, *waits, 0)
