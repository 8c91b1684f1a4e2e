"""What the inbox tells of a certificate that somebody asks for."""

from foundation.words import Words
from settlement.models import CertificateRequest


def tell_request(row: CertificateRequest, words: Words, now_ms: int) -> tuple[str, ...]:  # noqa: ARG001 - as others
    """Which organisation is asked."""
    return (words.say("inbox-certificate", organisation=row.organisation.name),)
