"""An authority in a test's folder, and what it issues, as files that a broker or a terminal reads."""

import datetime as dt
from pathlib import Path

from cryptography import x509

from sync.line.authority_key import private_pem
from sync.line.certificate_authority import CertificateAuthority, CertificateKind, RevokedSerial
from sync.line.certificate_request import make_key

TEN_DAYS = dt.timedelta(days=10)


class LiveAuthority:
    """Keeps what it issued; `folder` holds ca.pem and revoked.pem, and each certificate with its key."""

    def __init__(self, folder: Path, name: str = "test") -> None:
        self.folder = folder
        self.authority = CertificateAuthority.make(name, make_key(), dt.timedelta(days=100))
        (folder / "ca.pem").write_bytes(self.authority.pem)
        self._revoked: list[x509.Certificate] = []
        self._list: x509.CertificateRevocationList | None = None
        self.revoke()

    def issue(
        self,
        name: str,
        kind: CertificateKind = CertificateKind.TERMINAL,
        lifetime: dt.timedelta = TEN_DAYS,
        file: str = "",
        server_names: tuple[str, ...] = (),
    ) -> x509.Certificate:
        """A certificate and its key as `file`.pem and `file`.key."""
        key = make_key()
        pem = self.authority.issue_for(key.public_key(), name, kind, lifetime, server_names)
        (self.folder / f"{file or name}.pem").write_bytes(pem)
        (self.folder / f"{file or name}.key").write_bytes(private_pem(key))
        return x509.load_pem_x509_certificate(pem)

    def revoke(self, *certificates: x509.Certificate) -> None:
        """Write the list anew, with these beside those before."""
        self._revoked += certificates
        now = dt.datetime.now(dt.UTC)
        revoked = [RevokedSerial(one.serial_number, now) for one in self._revoked]
        pem = self.authority.revocation_list(revoked, self._list)
        self._list = x509.load_pem_x509_crl(pem)
        (self.folder / "revoked.pem").write_bytes(pem)
