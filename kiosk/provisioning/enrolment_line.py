"""The line to the centre's enrolment address, believed only for the fingerprint that token or settings name.

The authority's certificate is fetched from whoever answers and compared with the fingerprint; only then is a
second connection made, whose certificate that authority must have issued for this host. Nothing is told to
anybody on the first. Times are checked as ever: a terminal in 1970 could not use the line afterwards either.
"""

import datetime as dt
import http.client
import ssl
from dataclasses import dataclass

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from sync.contract.enrolment import (
    AUTHORITY_PATH,
    REQUEST_PATH,
    EnrolmentAnswer,
    EnrolmentError,
    EnrolmentRefusal,
)

_TIMEOUT_S = 15
_MAX_ANSWER_BYTES = 64 * 1024
_NOT_YET_VALID, _HAS_EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


@dataclass(frozen=True, slots=True)
class CentreAddress:
    """Where a centre enrols terminals, and the SHA-256 of its authority's certificate."""

    host: str
    port: int
    fingerprint: bytes

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def ask_centre(address: CentreAddress, request: bytes) -> EnrolmentAnswer:
    """Send a request to the centre of that fingerprint, and to nobody else; raises EnrolmentError."""
    try:
        authority = _fetch_authority(address)
        context = ssl.create_default_context(cadata=authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        content = _exchange(address, context, "POST", REQUEST_PATH, request)
    except ssl.SSLCertVerificationError as error:
        raise _distrust(address, error) from error
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise EnrolmentError(EnrolmentRefusal.UNREACHABLE, host=str(address), why=str(why)) from error
    try:
        return msgspec.json.decode(content, type=EnrolmentAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error


def is_authority(pem: str, fingerprint: bytes) -> bool:
    """Whether that certificate (PEM) is the one of the fingerprint."""
    try:
        return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()) == fingerprint
    except ValueError:
        return False


def _fetch_authority(address: CentreAddress) -> str:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE  # what comes is compared with the fingerprint; nothing is told
    try:
        pem = _exchange(address, anybody, "GET", AUTHORITY_PATH).decode("ascii")
    except (ssl.SSLError, http.client.HTTPException, UnicodeDecodeError) as error:
        raise EnrolmentError(EnrolmentRefusal.OTHER_CENTRE, host=str(address)) from error
    if not is_authority(pem, address.fingerprint):
        raise EnrolmentError(EnrolmentRefusal.OTHER_CENTRE, host=str(address))
    return pem


def _exchange(
    address: CentreAddress, context: ssl.SSLContext, method: str, path: str, body: bytes | None = None
) -> bytes:
    line = http.client.HTTPSConnection(address.host, address.port, timeout=_TIMEOUT_S, context=context)
    try:
        line.request(method, path, body)
        response = line.getresponse()
        content = response.read(_MAX_ANSWER_BYTES)
    finally:
        line.close()
    match response.status:
        case 200:
            return content
        case 429:
            raise EnrolmentError(EnrolmentRefusal.BUSY)
        case 404 if method == "GET":
            raise EnrolmentError(EnrolmentRefusal.OTHER_CENTRE, host=str(address))
        case status if status >= 500:
            raise EnrolmentError(EnrolmentRefusal.NOT_NOW)
        case _:
            raise EnrolmentError(EnrolmentRefusal.MALFORMED)


def _distrust(address: CentreAddress, error: ssl.SSLCertVerificationError) -> EnrolmentError:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if error.verify_code == _NOT_YET_VALID:
        return EnrolmentError(EnrolmentRefusal.CLOCK_BEHIND, time=now)
    if error.verify_code == _HAS_EXPIRED:
        return EnrolmentError(EnrolmentRefusal.CLOCK_AHEAD, time=now)
    return EnrolmentError(EnrolmentRefusal.OTHER_CENTRE, host=str(address))
