"""Bytes and numbers as the texts of notes and proofs hold them; each has one spelling alone. Pure."""

import binascii
from base64 import b64decode, b64encode


def text_of(raw: bytes) -> str:
    """Bytes in base64 (RFC 4648, 4)."""
    return b64encode(raw).decode()


def bytes_of(text: str, length: int | None = None) -> bytes:
    """The bytes of such a text; raises ValueError for another spelling, or another length."""
    try:
        raw = b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if text_of(raw) != text or length not in (None, len(raw)):
        raise ValueError(text)
    return raw


def number_of(text: str) -> int:
    """A decimal number without sign or leading zeros; raises ValueError for anything else."""
    if len(text) > 18 or not text.isascii() or not text.isdecimal() or str(int(text)) != text:
        raise ValueError(text)
    return int(text)
