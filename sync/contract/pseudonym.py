"""Keyed hashes: how a card, a telephone or a code is recognised without being kept.

An identity number can be guessed from its structure, so a plain hash would reveal it; HMAC-SHA256 (RFC 2104)
with a key that is in no database does not.
"""

import hashlib
import hmac
import re
import unicodedata
from enum import StrEnum
from pathlib import Path

from foundation.code_text import is_undeclared, with_digits_as_usual
from foundation.errors import SettingsError
from foundation.text_files import decoded
from sync.contract.troubles import ContractTrouble

KEY_BYTES = 32
SHORTEST_CODE, LONGEST_CODE = 4, 64
"""Characters of a code that is somebody's; shorter ones are anybody's."""
_HASH_BYTES = 16
_TAG_DIGITS = 8


class Subject(StrEnum):
    """What is hashed; part of the hash, so that a tag can't pass for a card with the same digits."""

    CODE = "code"
    ID_NUMBER = "id_number"
    CARD_UID = "card_uid"
    TAG = "tag"
    PHONE = "phone"
    SMS_CODE = "sms_code"


def keyed_reference(key: bytes, subject: Subject, text: str) -> str:
    """The reference `keyed:<32 hex digits>` of what was presented, spelling differences removed."""
    return _reference(key, subject, canonical(subject, text))


def _reference(key: bytes, subject: Subject, spelled: str) -> str:
    message = f"muster/1/{subject}\0{spelled}".encode()
    return "keyed:" + hmac.new(key, message, hashlib.sha256).digest()[:_HASH_BYTES].hex()


def older_reference(key: bytes, subject: Subject, text: str) -> str:
    """How 0.1 referred to the same telephone or tag; "" where it had no such reference, or another's.

    Lists that were imported by 0.1 hold such references; terminals look for them second, until 0.3. It left
    out a telephone's country: the numbers of +1 have the digits that Chinese ones have without +86, so they
    must be imported anew. Of a tag it took all five bytes.
    """
    match subject:
        case Subject.PHONE if not (digits := _digits(text)).startswith("1"):
            before = digits.removeprefix("86") if len(digits) == 13 else digits
            return _reference(key, subject, before)
        case Subject.TAG if len(whole := _letters_and_digits(text)) > _TAG_DIGITS:
            return _reference(key, subject, whole)
    return ""


def load_key(path: Path) -> bytes:
    """The key that a file holds as 64 hex digits; raises SettingsError where it can't be read or is short."""
    try:
        key = bytes.fromhex(decoded(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise SettingsError(ContractTrouble.PSEUDONYM_KEY_NOT_READ, path=path, why=error) from error
    if len(key) != KEY_BYTES:
        raise SettingsError(
            ContractTrouble.PSEUDONYM_KEY_LENGTH,
            path=path,
            bytes=len(key),
            wanted=KEY_BYTES,
            digits=2 * KEY_BYTES,
        )
    return key


def canonical(subject: Subject, text: str) -> str:
    """One spelling for what readers and people write differently; a telephone is given as E.164.

    Of an EM4100 tag's five bytes the last four count, which are printed on it: few readers give the first.
    """
    match subject:
        case Subject.CODE:
            bare = _without_unseen_ends(text)
            return with_digits_as_usual(bare) if is_undeclared(bare) else bare
        case Subject.PHONE:
            digits = _digits(text)
            return f"+{digits}" if digits else ""
        case Subject.SMS_CODE:
            return _digits(text)
        case Subject.TAG:
            return _letters_and_digits(text)[-_TAG_DIGITS:]
        case Subject.ID_NUMBER | Subject.CARD_UID:
            return _letters_and_digits(text)


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _without_unseen_ends(text: str) -> str:
    """Without blanks, and without characters that nobody sees, such as a byte order mark, at both ends."""
    seen = [place for place, one in enumerate(text) if not _is_unseen(one)]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def _is_unseen(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) == "Cf"


def _digits(text: str) -> str:
    """The decimal digits of the text, as ASCII: an Arabic or a full-width keyboard types others."""
    return "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())
