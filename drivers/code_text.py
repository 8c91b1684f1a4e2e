"""The text of a code's bytes that say nothing of their encoding, the same at cameras and scanners. Pure.

UTF-8 needs no declaration, as hardly any other text looks like it. What other bytes mean, decoders guess,
each differently; so they stay bytes, and those are as good a key as a text would be.
"""

BYTES_PREFIX = "bytes:"
"""What stands before the hex digits of bytes that declare no text."""


def text_of_utf8(payload: bytes) -> str | None:
    """The text; None where these bytes are none of UTF-8 (RFC 3629)."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return None


def undeclared(payload: bytes) -> str:
    """How bytes that are no text are written: at terminals, in lists, and where technicians see them."""
    return BYTES_PREFIX + payload.hex().upper()
