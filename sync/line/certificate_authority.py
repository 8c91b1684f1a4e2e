"""The small certificate authority of a centre: broker, centre and terminals prove themselves with it.

X.509 (RFC 5280) with P-256 keys, which every TLS library of the last decade speaks. A terminal's common name
is its id: the broker takes it as user name and as client id.
"""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_BACKDATED = dt.timedelta(days=1)
"""Certificates begin a day early: a terminal without a clock chip may wake up a little in the past."""


class CertificateAuthority:
    """Signs certificates as long as it is held in memory; its key is never written."""

    def __init__(self, name: str, lifetime: dt.timedelta) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._ends = dt.datetime.now(dt.UTC) + lifetime
        self._name = _name(name)
        self._certificate = (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def write_certificate(self, path: Path) -> None:
        """Write the authority's own certificate as PEM: what both ends trust."""
        path.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def issue(
        self, common_name: str, certificate: Path, key: Path, *, server_names: tuple[str, ...] = ()
    ) -> None:
        """Make a key and a certificate for `common_name`; servers also name the hosts they answer as."""
        private = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_name(common_name), private.public_key()).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        if server_names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(_general_names(server_names)), critical=False
            )
        signed = builder.sign(self._key, hashes.SHA256())
        certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        key.touch(mode=0o600)
        key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def _builder(self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(dt.datetime.now(dt.UTC) - _BACKDATED)
            .not_valid_after(self._ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_names(names: tuple[str, ...]) -> list[x509.GeneralName]:
    general: list[x509.GeneralName] = []
    for name in names:
        try:
            general.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            general.append(x509.DNSName(name))
    return general
