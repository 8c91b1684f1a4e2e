"""What the centre makes for itself: its authority, the certificates of broker and listener, the first list.

Made where it is missing, by whichever process comes first. The listener renews the broker's certificate and
its own at half of their life, and so does `muster centre prepare`.
"""

import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.durable import make_folder, replace_file
from foundation.errors import SettingsError
from settlement.authority.certificates import open_authority, put_on_record
from settlement.authority.revoked_list import write_revoked_list
from settlement.settings import CentreSettings
from sync.line.authority_key import is_in_token, open_key, private_pem
from sync.line.certificate_authority import (
    CertificateAuthority,
    CertificateKind,
    common_name_of,
    half_life_of,
    read_certificate,
    server_names_of,
)

BROKER = "broker"
ENROLMENT = "enrolment"
_KEY_MODE, _GROUP_KEY_MODE, _CERTIFICATE_MODE = 0o600, 0o640, 0o644

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A certificate of the centre's own and its key: whose, what for, and where the two lie."""

    name: str
    kind: CertificateKind
    certificate: Path
    key: Path
    key_mode: int
    server_names: tuple[str, ...] = ()


def make_missing(settings: CentreSettings) -> None:
    """Make whatever is not there yet; raises SettingsError, or OSError where a folder can't be written."""
    for folder in (settings.authority_folder, settings.broker_folder):
        make_folder(folder, 0o750)
    if not settings.authority_file.exists():
        _make_authority(settings)
    for pair in _pairs(settings):
        if not _is_usable(pair, settings):
            _make_pair(pair, open_authority(settings), settings)
    trusted = settings.broker_folder / "ca.pem"
    own = settings.authority_file.read_bytes()
    if not trusted.exists() or trusted.read_bytes() != own:
        replace_file(trusted, own, _CERTIFICATE_MODE)
    if not settings.revoked_file.exists():
        write_revoked_list(open_authority(settings), settings.revoked_file)


def renew_due(settings: CentreSettings) -> list[str]:
    """Renew what has used up half of its life, or names other hosts than the settings; whose that was.

    A broker whose certificate is among them must read it anew. Raises as `make_missing`.
    """
    make_missing(settings)
    due = [pair for pair in _pairs(settings) if _is_due(pair)]
    for pair in due:
        _make_pair(pair, open_authority(settings), settings)
    return [pair.name for pair in due]


def days_left_of_own(settings: CentreSettings) -> dict[str, int]:
    """Whole days until each certificate of the centre's own ends; one that can't be read is left out."""
    files = {
        "listener" if pair.kind is CertificateKind.LISTENER else pair.name: pair.certificate
        for pair in _pairs(settings)
    }
    left = {}
    for whose, file in {"authority": settings.authority_file, **files}.items():
        with contextlib.suppress(SettingsError):
            left[whose] = max(0, (read_certificate(file).not_valid_after_utc - dt.datetime.now(dt.UTC)).days)
    return left


def _pairs(settings: CentreSettings) -> tuple[_Pair, ...]:
    name, folder, broker = settings.listener.client, settings.authority_folder, settings.broker_folder
    host = settings.enrolment.host
    where_terminals_enrol = _Pair(
        ENROLMENT,
        CertificateKind.SERVER,
        settings.enrolment_files[0],
        settings.enrolment_files[1],
        _KEY_MODE,
        (host,),
    )
    return (
        *((where_terminals_enrol,) if host else ()),
        _Pair(name, CertificateKind.LISTENER, folder / f"{name}.pem", folder / f"{name}.key", _KEY_MODE),
        _Pair(
            BROKER,
            CertificateKind.SERVER,
            broker / "broker.pem",
            broker / "broker.key",
            _GROUP_KEY_MODE,
            tuple(settings.authority.broker_names),
        ),
    )


def _make_authority(settings: CentreSettings) -> None:
    """The key first: interrupted, the next start makes the certificate for it."""
    location = settings.authority.key
    if is_in_token(location):
        key = open_key(location)
    else:
        file = settings.path(location)
        if not file.exists():
            make_folder(file.parent, 0o700)
            replace_file(file, private_pem(ec.generate_private_key(ec.SECP256R1())), _KEY_MODE)
        key = open_key(str(file))
    lifetime = dt.timedelta(days=settings.authority.authority_days)
    made = CertificateAuthority.make(settings.store, key, lifetime)
    replace_file(settings.authority_file, made.pem, _CERTIFICATE_MODE)
    _logger.info("authority_made", name=common_name_of(made.certificate))


def _make_pair(pair: _Pair, authority: CertificateAuthority, settings: CentreSettings) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    lifetime = dt.timedelta(days=settings.authority.server_days)
    pem = authority.issue_for(key.public_key(), pair.name, pair.kind, lifetime, pair.server_names)
    put_on_record(x509.load_pem_x509_certificate(pem), pair.kind)
    replace_file(pair.key, private_pem(key), pair.key_mode)
    replace_file(pair.certificate, pem, _CERTIFICATE_MODE)


def _is_usable(pair: _Pair, settings: CentreSettings) -> bool:
    """Whether both files are there, fit each other and are our authority's; a power cut may part them.

    A key that is there for the broker's account alone is taken for good.
    """
    if pair.key.exists() and not os.access(pair.key, os.R_OK):
        return pair.certificate.exists()
    try:
        certificate, key = read_certificate(pair.certificate), open_key(str(pair.key))
        certificate.verify_directly_issued_by(read_certificate(settings.authority_file))
    except (SettingsError, ValueError, TypeError, InvalidSignature):
        return False
    return certificate.public_key() == key.public_key()


def _is_due(pair: _Pair) -> bool:
    certificate = read_certificate(pair.certificate)
    other_names = bool(pair.server_names) and server_names_of(certificate) != set(pair.server_names)
    return other_names or dt.datetime.now(dt.UTC) >= half_life_of(certificate)
