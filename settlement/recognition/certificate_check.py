"""What anybody who holds a certificate may learn about it: by its number and its token.

A number alone can be guessed, for numbers follow each other; so it tells nothing but whether it is one. No
value here holds a whole name.
"""

import datetime as dt
import hashlib
import re
import secrets
from enum import StrEnum

import msgspec
from msgspec import Struct

from settlement.models import Certificate
from settlement.recognition.certificates import TOKEN_BYTES, CertifiedLine, content_of
from settlement.recognition.masking import masked_name
from settlement.rules.certificate import is_valid_number

_DASH = re.compile("[\u2010-\u2015\u2212\uff0d]")
"""What word processors and telephones write for a hyphen."""


class CertificateState(StrEnum):
    """Whether a certificate can be relied on."""

    VALID = "valid"
    STALE = "stale"
    """Issued here, and the approved time was adjusted since."""
    SUPERSEDED = "superseded"
    """Issued here, and replaced by a newer one."""
    NEVER_ISSUED = "never_issued"
    """A number as we make them, and no certificate with that number and token."""
    NUMBER_ALONE = "number_alone"
    """A number as we make them, and nothing to prove that whoever asks holds the paper."""
    NOT_A_NUMBER = "not_a_number"
    """Mistyped or invented: the check digits are wrong."""


class Stated(Struct, frozen=True):
    """What a certificate states, but for the name and the identity number."""

    service_time: str
    service_content: tuple[CertifiedLine, ...]
    recording_unit: str
    issued_on: dt.date
    first_day: dt.date | None
    last_day: dt.date | None
    person_in_charge: str


class CertificateCheck(Struct, frozen=True):
    """What is told about a number and a token. Who holds the certificate can compare the masked name."""

    number: str
    standing: CertificateState
    name: str = ""
    content: Stated | None = None
    superseded_by: str = ""


def check_certificate(number: str, token: str) -> CertificateCheck:
    """Look a certificate up by its number and token, whatever somebody typed around them."""
    number = "".join(_DASH.sub("-", number).split()).upper()
    if not is_valid_number(number):
        return CertificateCheck(number[:40], CertificateState.NOT_A_NUMBER)
    if not _typed(token):
        return CertificateCheck(number, CertificateState.NUMBER_ALONE)
    found = Certificate.objects.select_related("stale", "superseded_by").filter(pk=number).first()
    if found is None or not secrets.compare_digest(token_of(found), _typed(token)):
        return CertificateCheck(number, CertificateState.NEVER_ISSUED)
    content = content_of(found)
    newer = getattr(found, "superseded_by", None)
    return CertificateCheck(
        number,
        standing_of_certificate(found),
        masked_name(content.name),
        Stated(
            content.service_time,
            content.service_content,
            content.recording_unit,
            content.issued_on,
            content.first_day,
            content.last_day,
            content.person_in_charge,
        ),
        newer.number if newer else "",
    )


def standing_of_certificate(issued: Certificate) -> CertificateState:
    """Whether a certificate that was issued here still holds."""
    if hasattr(issued, "superseded_by"):
        return CertificateState.SUPERSEDED
    return CertificateState.STALE if hasattr(issued, "stale") else CertificateState.VALID


def token_of(issued: Certificate) -> str:
    """The token of a certificate; of one from before there were any, one that only we can compute.

    That is of its content and the moment of its issue, to the millisecond: neither stands on the paper alone.
    """
    if issued.token:
        return issued.token
    said = msgspec.json.encode([issued.content, issued.issued_ms, issued.issued_by], order="deterministic")
    return hashlib.sha256(said).hexdigest()[: 2 * TOKEN_BYTES]


def _typed(token: str) -> str:
    """As people copy it: in groups, in any case; nothing else than letters of hexadecimal numbers."""
    return "".join(letter for letter in token.lower() if letter in "0123456789abcdef")[:64]
