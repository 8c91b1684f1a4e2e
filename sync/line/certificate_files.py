"""A terminal's certificate and its key on disk, and how both are replaced though a disk writes one at a time.

A new key is written beside the old one before anything is asked for (`….next`), and the new certificate
beside its old one before anything is replaced. Whatever a power cut interrupts, `settle` finds at the next
start either the old pair or all of the new one.
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.durable import replace_file, sync_folder
from foundation.errors import SettingsError
from sync.line.authority_key import open_key, private_pem
from sync.line.certificate_authority import read_certificate
from sync.line.certificate_request import make_key
from sync.line.troubles import LineTrouble

_KEY_MODE, _CERTIFICATE_MODE = 0o600, 0o644


class CertificateFiles:
    """The pair that the settings name; only the uplink's process writes it."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises SettingsError where both are one file: half of it could not be replaced."""
        if certificate == key:
            raise SettingsError(LineTrouble.CERTIFICATE_AND_KEY_ONE_FILE, path=certificate)
        self.certificate = certificate
        self.key = key
        self.next_certificate = certificate.with_name(f"{certificate.name}.next")
        self.next_key = key.with_name(f"{key.name}.next")

    def settle(self) -> None:
        """Finish a replacement that was interrupted; raises OSError where a file can't be moved.

        Does nothing while the pair fits, unless a whole new one lies beside it.
        """
        certificate, next_certificate = _certificate(self.certificate), _certificate(self.next_certificate)
        key, next_key = _key(self.key), _key(self.next_key)
        if _fit(next_certificate, next_key):
            self._replace()
        elif _fit(next_certificate, key):  # the key was replaced, the certificate was not
            self._move(self.next_certificate, self.certificate)
        elif _fit(certificate, next_key) and not _fit(certificate, key):
            self._move(self.next_key, self.key)

    def current(self) -> x509.Certificate:
        """The certificate in use; raises SettingsError where it can't be read."""
        return read_certificate(self.certificate)

    def waiting_key(self) -> ec.EllipticCurvePrivateKey:
        """The key for which a certificate is asked, on the disk before it is first used; raises OSError."""
        found = _key(self.next_key)
        if found is not None:
            return found
        key = make_key()
        replace_file(self.next_key, private_pem(key), _KEY_MODE)
        return key

    def take_up(self, certificate: x509.Certificate, pem: bytes) -> bool:
        """Put the waiting key and its certificate in the place of the pair in use; raises OSError.

        False for a certificate of another key: nothing is changed.
        """
        if not _fit(certificate, _key(self.next_key)):
            return False
        replace_file(self.next_certificate, pem, _CERTIFICATE_MODE)
        self._replace()
        return True

    def _replace(self) -> None:
        self._move(self.next_key, self.key)
        self._move(self.next_certificate, self.certificate)

    def _move(self, source: Path, target: Path) -> None:
        source.rename(target)
        sync_folder(target.parent)


def _fit(certificate: x509.Certificate | None, key: ec.EllipticCurvePrivateKey | None) -> bool:
    return certificate is not None and key is not None and certificate.public_key() == key.public_key()


def _certificate(path: Path) -> x509.Certificate | None:
    try:
        return read_certificate(path)
    except SettingsError:
        return None


def _key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        return open_key(str(path))
    except SettingsError:
        return None
