"""A terminal's half of its certificate: the key that it makes itself, and the request that it signs."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from foundation.errors import SettingsError
from sync.line.troubles import LineTrouble


def make_key() -> ec.EllipticCurvePrivateKey:
    """A new key for TLS; its private half stays where it is made."""
    return ec.generate_private_key(ec.SECP256R1())


def make_request(key: ec.EllipticCurvePrivateKey, terminal: str) -> bytes:
    """The request (PKCS #10, DER) for a certificate of this key; signed with it, as proof that it is ours."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, terminal)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def read_request(der: bytes) -> x509.CertificateSigningRequest:
    """A request as it was sent, its signature not yet looked at; raises SettingsError for anything else."""
    try:
        return x509.load_der_x509_csr(der)
    except ValueError as error:
        raise SettingsError(LineTrouble.CERTIFICATE_REQUEST_IS_NONE) from error
