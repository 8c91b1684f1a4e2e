"""Issuing certificates, and keeping account of each: who got it, until when it holds, if it was revoked."""

import datetime as dt
import hashlib
import time

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db.models import QuerySet

from settlement.models import TlsCertificate
from settlement.settings import CentreSettings
from sync.contract.terminal_name import check_terminal_name
from sync.line.authority_key import is_in_token
from sync.line.certificate_authority import (
    CertificateAuthority,
    CertificateKind,
    Request,
    common_name_of,
)

_logger = structlog.get_logger()


def open_authority(settings: CentreSettings) -> CertificateAuthority:
    """The centre's authority, as `setup.prepare` made it; raises SettingsError where its key is of no use."""
    location = settings.authority.key
    key = location if is_in_token(location) else str(settings.path(location))
    return CertificateAuthority.open(settings.authority_file, key)


def issue_to_terminal(
    authority: CertificateAuthority, terminal: str, request: Request, settings: CentreSettings
) -> bytes:
    """A certificate (PEM) for a terminal's own key, on record from now on.

    Asked again for the same key, it answers with the same certificate while half of its life is left. Raises
    SettingsError for a name that no terminal may bear, and for a key of another kind.
    """
    check_terminal_name(terminal, (settings.listener.client,))
    digest = key_digest(request)
    for before in in_force(terminal).filter(key_digest=digest):
        if _tls_now_ms() < (before.not_before_ms + before.not_after_ms) // 2:
            return before.pem.encode()
    lifetime = dt.timedelta(days=settings.authority.terminal_days)
    pem = authority.issue_for(request, terminal, CertificateKind.TERMINAL, lifetime)
    put_on_record(x509.load_pem_x509_certificate(pem), CertificateKind.TERMINAL)
    return pem


def put_on_record(certificate: x509.Certificate, kind: CertificateKind) -> TlsCertificate:
    """Note an issued certificate; without a record it could not be revoked."""
    row = TlsCertificate.objects.create(
        serial=f"{certificate.serial_number:040x}",
        name=common_name_of(certificate),
        kind=kind,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        key_digest=key_digest(certificate),
        not_before_ms=_ms(certificate.not_valid_before_utc),
        not_after_ms=_ms(certificate.not_valid_after_utc),
        issued_ms=_tls_now_ms(),
        pem=certificate.public_bytes(Encoding.PEM).decode(),
    )
    _logger.info("certificate_issued", name=row.name, kind=str(kind), serial=row.serial)
    return row


def in_force(name: str) -> QuerySet[TlsCertificate]:
    """The certificates of that name which are neither revoked nor over, those that hold longest first."""
    alive = TlsCertificate.objects.filter(name=name, revoked_ms=None, not_after_ms__gt=_tls_now_ms())
    return alive.order_by("-not_after_ms")


def days_left(not_after_ms: int) -> int:
    """Whole days until a certificate ends, 0 once it has."""
    return max(0, (not_after_ms - _tls_now_ms()) // 86_400_000)


def key_digest(request: Request | x509.Certificate) -> str:
    """The SHA-256 of a public key (as SubjectPublicKeyInfo), in hex."""
    if isinstance(request, x509.Certificate | x509.CertificateSigningRequest):
        key = request.public_key()
    else:
        key = request
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _ms(moment: dt.datetime) -> int:
    return int(moment.timestamp()) * 1000


def _tls_now_ms() -> int:
    """This machine's time, by which TLS judges certificates; never a demo's."""
    return time.time_ns() // 1_000_000
