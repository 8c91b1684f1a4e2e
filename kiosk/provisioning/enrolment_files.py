"""The files of an enrolment: the one that holds it while it is under way, and those that stay.

All that an enrolment needs to go on (keys, token, request, at last the grant) is one file beside kiosk.toml,
written before the centre is asked and deleted once everything lies in its place. So a power cut or a full
disk at any moment leaves a state from which the next `muster enrol` goes on.
"""

import hashlib
import os
import stat
from pathlib import Path

import msgspec
import tomlkit
from msgspec import Struct

from foundation.durable import place_file, sync_folder
from foundation.settings import is_there, shipped
from foundation.text_files import read_text
from kiosk.settings import KioskFiles
from sync.contract.enrolment import EnrolmentError, EnrolmentGrant, Signed
from sync.line.certificate_files import CertificateFiles

CA_FILE, CERTIFICATE_FILE, KEY_FILE = "ca.pem", "terminal.pem", "terminal-tls.key"
_PENDING = "enrolment.pending"
_MACHINE_FILES = (
    Path("/sys/firmware/devicetree/base/serial-number"),  # a Raspberry Pi and other boards
    Path("/sys/class/dmi/id/product_uuid"),  # a PC; root's to read
)
_SHARED, _OWN = 0o640, 0o600


class PendingEnrolment(Struct, frozen=True):
    """An enrolment under way; keys are PEM, but `sealing_key`. `secret` and `terminal` are a token's."""

    machine: str
    host: str
    port: int
    fingerprint: bytes
    secret: bytes
    terminal: str
    signing_key: str
    tls_key: str
    sealing_key: bytes
    request: Signed
    grant: Signed | None = None


def open_settings(config: Path) -> KioskFiles:
    """The terminal's settings, the shipped ones where it has none yet.

    Raises SettingsError for a file that is wrong, EnrolmentError where none can be written.
    """
    if not is_there(config):
        put(config, shipped("kiosk.toml").read_bytes(), _SHARED)
    return KioskFiles(config)


def read_pending(config: Path) -> PendingEnrolment | None:
    """The enrolment that is under way, if there is one; one that can't be read is none.

    Nor is one that came with a copied disk: its keys are another machine's.
    """
    try:
        pending = msgspec.json.decode(pending_file(config).read_bytes(), type=PendingEnrolment)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnrolmentError.not_written(pending_file(config), error) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return pending if pending.machine == machine_mark() else None


def machine_mark() -> str:
    """A hash of what tells this machine from another with the same disk; of nothing where nothing does."""
    known = [file.read_bytes() for file in _MACHINE_FILES if os.access(file, os.R_OK)]
    return hashlib.sha256(b"\0".join(known)).hexdigest()


def keep_pending(config: Path, pending: PendingEnrolment) -> None:
    """Write down how far it is; raises EnrolmentError."""
    put(pending_file(config), msgspec.json.encode(pending), _OWN)


def forget_pending(config: Path) -> None:
    """It is through; raises EnrolmentError."""
    file = pending_file(config)
    try:
        file.unlink(missing_ok=True)
        sync_folder(file.parent)
    except OSError as error:
        raise EnrolmentError.not_written(file, error) from error


def keys_in_use(files: KioskFiles, config: Path) -> Path | None:
    """A key of an enrolment that is through, if there is one."""
    candidates = (files.path(files.settings.signing_key_file), _tls_files(files, config).key)
    return next((file for file in candidates if file.exists()), None)


def install(config: Path, pending: PendingEnrolment, granted: EnrolmentGrant, pseudonym_key: str) -> None:
    """Put keys, certificates and settings in their places; safe to repeat. Raises EnrolmentError."""
    files = KioskFiles(config)
    tls = _tls_files(files, config)
    _forget_renewal(tls)
    put(config.parent / CA_FILE, granted.authority.encode(), _SHARED)
    put(tls.key, pending.tls_key.encode(), _SHARED)
    put(tls.certificate, granted.certificate.encode(), _SHARED)
    put(files.path(files.settings.signing_key_file), pending.signing_key.encode(), _SHARED)
    put(files.path(files.settings.pseudonym_key_file), pseudonym_key.encode("ascii"), _OWN)
    text = read_text(config)
    put(config, with_grant(text, granted).encode(), stat.S_IMODE(config.stat().st_mode))


def with_grant(text: str, granted: EnrolmentGrant) -> str:
    """Settings in which the terminal is who the grant says; comments and all other lines stay as they are.

    Where they name certificate and key by absolute paths, in a folder of the uplink for example, these stay.
    """
    document = tomlkit.parse(text)
    document["terminal"] = granted.terminal
    document["realm"] = str(granted.realm)
    document["bucket"] = granted.bucket
    document["centre_key"] = granted.centre_key
    if "broker" not in document:
        document["broker"] = tomlkit.table()
    broker = document["broker"]
    broker["host"] = granted.broker_host
    broker["port"] = granted.broker_port
    broker["ca_file"] = CA_FILE
    for name, file in (("certificate_file", CERTIFICATE_FILE), ("key_file", KEY_FILE)):
        if not str(broker.get(name, "")).startswith("/"):
            broker[name] = file
    return tomlkit.dumps(document)


def _tls_files(files: KioskFiles, config: Path) -> CertificateFiles:
    """Where certificate and key are going to lie; see `with_grant`."""
    broker = files.settings.broker
    named = (broker.certificate_file, broker.key_file)
    certificate, key = (
        Path(file) if file.startswith("/") else config.parent / own
        for file, own in zip(named, (CERTIFICATE_FILE, KEY_FILE), strict=True)
    )
    return CertificateFiles(certificate, key)


def _forget_renewal(tls: CertificateFiles) -> None:
    """A renewal that was under way would put an old key in the place of the new one."""
    for file in (tls.next_certificate, tls.next_key):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise EnrolmentError.not_written(file, error) from error


def put(path: Path, content: bytes, mode: int) -> None:
    """Put a file in its place whole or not at all, with just this mode; raises EnrolmentError."""
    try:
        place_file(path, content, mode)
    except OSError as error:
        raise EnrolmentError.not_written(path, error) from error


def pending_file(config: Path) -> Path:
    """Where an enrolment that is under way lies."""
    return config.parent / _PENDING
