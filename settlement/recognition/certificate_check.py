"""What anybody may learn about a certificate from its number."""

from enum import StrEnum

from msgspec import Struct

from settlement.models import Certificate
from settlement.recognition.certificates import Content, content_of
from settlement.recognition.masking import masked_name
from settlement.rules.certificate import is_valid_number


class CertificateState(StrEnum):
    """Whether a certificate can be relied on."""

    VALID = "valid"
    STALE = "stale"
    """Issued here, and the approved time was adjusted since."""
    SUPERSEDED = "superseded"
    """Issued here, and replaced by a newer one."""
    NEVER_ISSUED = "never_issued"
    """A number as we make them, and never issued."""
    NOT_A_NUMBER = "not_a_number"
    """Mistyped or invented: the check digits are wrong."""


class CertificateCheck(Struct, frozen=True):
    """What is told about a number. The name is masked: who holds the certificate can compare it."""

    number: str
    standing: CertificateState
    name: str = ""
    content: Content | None = None
    superseded_by: str = ""


def check_certificate(number: str) -> CertificateCheck:
    """Look a certificate up by its number, whatever somebody typed around it."""
    number = number.strip().upper()
    if not is_valid_number(number):
        return CertificateCheck(number[:40], CertificateState.NOT_A_NUMBER)
    found = Certificate.objects.select_related("stale", "superseded_by").filter(pk=number).first()
    if found is None:
        return CertificateCheck(number, CertificateState.NEVER_ISSUED)
    content = content_of(found)
    newer = getattr(found, "superseded_by", None)
    return CertificateCheck(
        number,
        standing_of_certificate(found),
        masked_name(content.name),
        content,
        newer.number if newer else "",
    )


def standing_of_certificate(issued: Certificate) -> CertificateState:
    """Whether a certificate that was issued here still holds."""
    if hasattr(issued, "superseded_by"):
        return CertificateState.SUPERSEDED
    return CertificateState.STALE if hasattr(issued, "stale") else CertificateState.VALID
