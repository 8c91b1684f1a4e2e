"""A key's fingerprint as six words that people compare: at the terminal's screen and at the centre.

The list is BIP 39's English one: 2048 words that four letters tell apart (MIT licence, see `LICENSES/`).
"""

import hashlib
from functools import cache
from pathlib import Path

_WORDS = 6
_BITS = 11


def fingerprint_words(public_key: bytes) -> str:
    """The first 66 bits of the key's SHA-256, 11 bits a word.

    A terminal's Ed25519 key stands for all its keys: it signs the request that names the others.
    """
    digest = hashlib.sha256(b"muster/1/words\0" + public_key).digest()
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - _WORDS * _BITS)
    places = [number >> (_BITS * rest) & (2**_BITS - 1) for rest in reversed(range(_WORDS))]
    return " ".join(_list()[place] for place in places)


@cache
def _list() -> list[str]:
    return Path(__file__).with_name("fingerprint_words.txt").read_text(encoding="ascii").split()
