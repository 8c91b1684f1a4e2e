"""The text of a code whose bytes say nothing of their encoding: as cameras, scanners and lists read it. Pure.

UTF-8 needs no declaration, as hardly any other text looks like it. What other bytes mean, decoders guess,
each differently; so they stay bytes, and those are as good a key as a text would be.
"""

import re

BYTES_PREFIX = "bytes:"
"""What stands before the hex digits of bytes that declare no text."""

_UNDECLARED = re.compile(rf"{BYTES_PREFIX}(?:[0-9A-F]{{2}})+", re.IGNORECASE)


def text_of_utf8(payload: bytes) -> str | None:
    """The text; None where these bytes are none of UTF-8 (RFC 3629)."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def undeclared(payload: bytes) -> str:
    """How bytes that are no text are written: at terminals, in lists, and where technicians see them."""
    return BYTES_PREFIX + payload.hex().upper()


def is_undeclared(text: str) -> bool:
    """Whether this is how such bytes are written, as `bytes:D6BE`."""
    return _UNDECLARED.fullmatch(text.strip()) is not None


def with_digits_as_usual(text: str) -> str:
    """Such a text with its digits as `undeclared` writes them."""
    return BYTES_PREFIX + text.strip()[len(BYTES_PREFIX) :].upper()
