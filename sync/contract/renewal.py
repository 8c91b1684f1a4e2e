"""How a terminal gets a new certificate over the line, before its old one ends.

The terminal makes a new key, of which it sends only a request (PKCS #10), sealed with its own key like a
greeting. The centre answers with a certificate for that key, or says why not. Asked again with the same key,
because the answer was lost, it answers with the same certificate.
"""

from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Struct

from foundation.errors import MessageError
from sync.contract import wire
from sync.contract.events import TerminalId
from sync.contract.signing import SigningKey, VerifyKey
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import MessageKind, Realm, RejectCode

MAX_REQUEST_BYTES = 4096
"""A request for a P-256 key has some 300."""


class RenewalRefusal(StrEnum):
    """Why the centre gave no certificate."""

    NOT_BELIEVED = "not_believed"  # the terminal is not enrolled, revoked, or signs with another key
    REQUEST = "request"  # what was sent is no request for a key that the centre takes
    TOO_MANY = "too_many"  # it got as many within a day as it may; it asks again later


class RenewalRequest(Struct, frozen=True, kw_only=True):
    """A terminal asks for a certificate; the body is its request (PKCS #10, DER)."""

    realm: Realm
    terminal: TerminalId


class RenewalAnswer(Struct, frozen=True, kw_only=True):
    """The centre's answer; the body is the certificate (PEM), empty where `refused` says why not."""

    realm: Realm
    terminal: TerminalId
    refused: RenewalRefusal | None = None


def seal_request(request: bytes, *, terminal: str, realm: Realm, key: SigningKey) -> bytes:
    """The message that asks, as it goes on the wire."""
    header = RenewalRequest(realm=realm, terminal=terminal)
    return wire.seal(MessageKind.RENEWAL, header, request, key)


def seal_answer(
    certificate: bytes, refused: RenewalRefusal | None, *, terminal: str, realm: Realm, key: SigningKey
) -> bytes:
    """The message that answers, as it goes on the wire."""
    header = RenewalAnswer(realm=realm, terminal=terminal, refused=refused)
    return wire.seal(MessageKind.CERTIFICATE, header, certificate, key)


def open_answer(
    payload: bytes, *, terminal: str, realm: Realm, centre: VerifyKey
) -> tuple[x509.Certificate | None, RenewalRefusal | None]:
    """The certificate, or why there is none, once the answer is seen to be the centre's, for this terminal.

    Raises MessageError: size, malformed or version for a strange envelope, auth for another signer or another
    terminal's answer, realm for one of the other realm.
    """
    envelope = wire.read_envelope(payload)
    answer = wire.unseal(envelope, MessageKind.CERTIFICATE, RenewalAnswer, centre)
    if answer.terminal != terminal:
        raise MessageError(
            RejectCode.AUTH, ContractTrouble.CERTIFICATE_FOR_OTHER, other=answer.terminal, terminal=terminal
        )
    if answer.realm is not realm:
        raise MessageError(
            RejectCode.REALM, ContractTrouble.CERTIFICATE_OTHER_REALM, other=answer.realm, realm=realm
        )
    if answer.refused:
        return None, answer.refused
    try:
        return x509.load_pem_x509_certificate(envelope.body), None
    except ValueError as error:
        raise MessageError(RejectCode.MALFORMED, ContractTrouble.CERTIFICATE_IS_NONE) from error


def pem_of(certificate: x509.Certificate) -> bytes:
    """The certificate as it is kept in a file."""
    return certificate.public_bytes(Encoding.PEM)
