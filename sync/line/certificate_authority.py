"""The certificate authority of a centre: broker, listener and terminals prove themselves with it.

X.509 (RFC 5280) with P-256 keys, which every TLS library of the last decade speaks, and with all that
OpenSSL's strict check asks for (VERIFY_X509_STRICT, Python's default since 3.13). A terminal's common name is
its id: the broker takes it as user name and as client id. It is a DNS name among the alternative names too:
NATS looks there first, and RabbitMQ 4 can bind a client id to nothing else.
"""

import datetime as dt
import ipaddress
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from foundation.errors import SettingsError
from sync.line.authority_key import open_key
from sync.line.troubles import LineTrouble

BACKDATED = dt.timedelta(days=1)
"""Certificates begin a day early: a terminal without a clock chip may wake up a little in the past."""
_LIST_BACKDATED = dt.timedelta(hours=1)
_ONE_SECOND = dt.timedelta(seconds=1)

Request = ec.EllipticCurvePublicKey | x509.CertificateSigningRequest
"""What a certificate is issued for: a public key, or a request (PKCS #10) that its owner signed with it."""


class CertificateKind(StrEnum):
    """What a certificate is good for."""

    TERMINAL = "terminal"  # a client of the broker
    LISTENER = "listener"  # a client of the broker
    SERVER = "server"  # the broker, or the address where terminals enrol


@dataclass(frozen=True, slots=True)
class RevokedSerial:
    """A certificate that the broker is to refuse."""

    serial: int
    since: dt.datetime


class CertificateAuthority:
    """Signs certificates and the list of revoked ones. Times are the machine's own, as TLS goes by them."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        """Take up an authority; raises SettingsError for a key that is not its certificate's."""
        if key.public_key() != certificate.public_key():
            raise SettingsError(LineTrouble.AUTHORITY_PAIR_BROKEN)
        self._key = key
        self.certificate = certificate

    @classmethod
    def make(
        cls, name: str, key: ec.EllipticCurvePrivateKey, lifetime: dt.timedelta
    ) -> "CertificateAuthority":
        """A new authority of this key; a random part of its name tells it from others of the same name."""
        subject = _name(f"Muster {name} {secrets.token_hex(3)}")
        builder = _builder(subject, key.public_key(), subject, key.public_key())
        certificate = (
            builder.not_valid_after(_now() + lifetime)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate)

    @classmethod
    def open(cls, certificate: Path, key: str) -> "CertificateAuthority":
        """The authority of these files; `key` is a path or a PKCS#11 URI. Raises SettingsError."""
        return cls(open_key(key), read_certificate(certificate))

    @property
    def pem(self) -> bytes:
        """The authority's own certificate: what broker, listener and terminals trust."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue_for(
        self,
        request: Request,
        common_name: str,
        kind: CertificateKind,
        lifetime: dt.timedelta,
        server_names: Sequence[str] = (),
    ) -> bytes:
        """A certificate (PEM) for a key whose private half we never see; `server_names` are a server's hosts.

        It ends with the authority at the latest. What the request says besides its key is passed over: the
        name is ours to give. Raises SettingsError for a key of another kind, or a request not signed with it.
        """
        public_key = _key_of(request)
        server = kind is CertificateKind.SERVER
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _builder(_name(common_name), public_key, self.certificate.subject, self._key.public_key())
        certificate = (
            builder.not_valid_after(min(_now() + lifetime, self.certificate.not_valid_after_utc))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.SubjectAlternativeName(
                    _general_names(server_names) if server else [x509.DNSName(common_name)]
                ),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)

    def revocation_list(
        self, revoked: Iterable[RevokedSerial], before: x509.CertificateRevocationList | None
    ) -> bytes:
        """The list of revoked certificates (PEM) that takes the place of `before`.

        OpenSSL keeps every list that a broker ever loaded and believes the one with the newest date, to the
        second: so each is dated later than the one before, and all a little into the past, to be valid at
        once. It holds as long as the authority: a broker that missed a renewal must not refuse everybody.
        """
        dated = (_now() - _LIST_BACKDATED).replace(microsecond=0)
        if before is not None:
            dated = max(dated, before.last_update_utc + _ONE_SECOND)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(dated)
            .next_update(self.certificate.not_valid_after_utc)
            .add_extension(_key_identifier(self._key.public_key()), critical=False)
            .add_extension(x509.CRLNumber(int(dated.timestamp())), critical=False)
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.since)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate of a PEM file; raises SettingsError naming it."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(LineTrouble.CERTIFICATE_NOT_READABLE, path=path, why=error) from error


def common_name_of(certificate: x509.Certificate) -> str:
    """Whose certificate it is."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def server_names_of(certificate: x509.Certificate) -> set[str]:
    """The host names and addresses that a server's certificate names."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}


def _key_of(request: Request) -> ec.EllipticCurvePublicKey:
    if isinstance(request, x509.CertificateSigningRequest) and not request.is_signature_valid:
        raise SettingsError(LineTrouble.CERTIFICATE_REQUEST_UNSIGNED)
    key = request.public_key() if isinstance(request, x509.CertificateSigningRequest) else request
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SettingsError(LineTrouble.CERTIFICATE_KEY_OTHER)
    return key


def half_life_of(certificate: x509.Certificate) -> dt.datetime:
    """When half of its life is over, and whoever has it renews it."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return begins + (ends - begins) / 2


def _builder(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - BACKDATED)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_key_identifier(issuer_key), critical=False)
    )


def _key_identifier(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    general: list[x509.GeneralName] = []
    for name in names:
        try:
            general.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            general.append(x509.DNSName(name))
    return general


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
