"""The list of revoked certificates as the broker reads it (`crlfile`), made of what is on record."""

import datetime as dt
import time
from pathlib import Path

from cryptography import x509

from foundation.durable import replace_file
from settlement.models import TlsCertificate
from sync.line.certificate_authority import CertificateAuthority, RevokedSerial

_MODE = 0o644


def write_revoked_list(authority: CertificateAuthority, file: Path) -> None:
    """Put the newest list in the place of the one before; raises OSError where that can't be done.

    What would have ended by now anyway is left out.
    """
    now_ms = time.time_ns() // 1_000_000
    rows = TlsCertificate.objects.filter(revoked_ms__isnull=False, not_after_ms__gt=now_ms).order_by("serial")
    revoked = [
        RevokedSerial(int(row.serial, 16), dt.datetime.fromtimestamp(row.revoked_ms // 1000, dt.UTC))
        for row in rows
        if row.revoked_ms is not None
    ]
    replace_file(file, authority.revocation_list(revoked, _list_before(file)), _MODE)


def _list_before(file: Path) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_pem_x509_crl(file.read_bytes())
    except (OSError, ValueError):
        return None
