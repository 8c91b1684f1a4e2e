"""Making the broker refuse a revoked terminal: the list, the broker's rereading of it, the open connection.

Mosquitto reads the list anew at SIGHUP, but an open connection outlives that. So it is tried out: a
certificate that was made to stand on the new list knocks until it is refused; then nobody can come back, and
somebody of the terminal's name takes the place of its connection.
"""

import datetime as dt
import fcntl
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from cryptography import x509
from django.db.models import QuerySet

from settlement.authority.broker_door import Door, knock
from settlement.authority.certificates import open_authority, put_on_record
from settlement.authority.reload import ReloadError, run_reload
from settlement.authority.revoked_list import write_revoked_list
from settlement.models import Terminal, TlsCertificate
from settlement.settings import CentreSettings
from sync.line.certificate_authority import CertificateAuthority, CertificateKind
from sync.line.certificate_request import make_key

PROBE = "probe"
_REREAD_WITHIN_S = 15.0
_LOOK_EVERY_S = 0.2
_SHORT = dt.timedelta(minutes=10)

_logger = structlog.get_logger()


class Shut(StrEnum):
    """How far it came."""

    TRIED = "tried"  # the broker was seen to refuse, and the connection was ended
    NONE_ISSUED = "none_issued"  # no certificate of our authority
    NOT_RELOADED = "not_reloaded"  # the list is written; the broker was not told
    NOT_SEEN = "not_seen"  # it was told, but does not refuse yet, or can't be reached from here
    NO_TLS = "no_tls"  # the listener's own line has no certificates: nothing can be tried


@dataclass(frozen=True, slots=True)
class Refused:
    """What became of refusing a terminal at the broker; `why` tells what went wrong."""

    shut: Shut
    why: str = ""


def wait_for_wipe(terminal: str, grace_s: float) -> bool:
    """Whether the terminal says within the grace that it has forgotten what it held."""
    give_up_s = time.monotonic() + grace_s
    while not Terminal.objects.filter(id=terminal, wiped_ms__isnull=False).exists():
        if time.monotonic() >= give_up_s:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


def refuse_at_broker(terminal: str, settings: CentreSettings) -> Refused:
    """Let the broker refuse every certificate that the terminal was given; safe to repeat.

    Raises SettingsError where the authority's key can't be used, OSError where the list can't be written.
    """
    issued = TlsCertificate.objects.filter(name=terminal, kind=CertificateKind.TERMINAL)
    if not issued.exists():
        return Refused(Shut.NONE_ISSUED)
    authority = open_authority(settings)
    probe_key = make_key()
    probe = authority.issue_for(probe_key.public_key(), PROBE, CertificateKind.LISTENER, _SHORT)
    put_on_record(x509.load_pem_x509_certificate(probe), CertificateKind.LISTENER)
    list_revoked(settings, authority, issued, TlsCertificate.objects.filter(name=PROBE))
    try:
        run_reload(settings.authority.broker_reload)
    except ReloadError as error:
        return Refused(Shut.NOT_RELOADED, str(error))
    if not settings.broker.ca_file:
        return Refused(Shut.NO_TLS)
    line = settings.absolute_broker()
    answer = _until(Door.SHUT, lambda: knock(line, PROBE, probe, probe_key))
    if answer is not Door.SHUT:
        return Refused(Shut.NOT_SEEN, str(answer))
    key = make_key()
    certificate = authority.issue_for(key.public_key(), terminal, CertificateKind.TERMINAL, _SHORT)
    put_on_record(x509.load_pem_x509_certificate(certificate), CertificateKind.TERMINAL)
    answer = knock(line, terminal, certificate, key)
    # Ours is of no more use: on the next list it stands beside the others.
    issued.filter(revoked_ms=None).update(revoked_ms=_now_ms())
    if answer is not Door.OPEN:
        return Refused(Shut.NOT_SEEN, str(answer))
    _logger.warning("terminal_refused_at_broker", terminal=terminal)
    return Refused(Shut.TRIED)


def revoke_certificates(terminal: str) -> None:
    """Note every certificate of a terminal as revoked; `list_revoked` then tells the broker's folder."""
    issued = TlsCertificate.objects.filter(name=terminal, kind=CertificateKind.TERMINAL, revoked_ms=None)
    issued.update(revoked_ms=_now_ms())


def list_revoked(
    settings: CentreSettings, authority: CertificateAuthority, *revoked: QuerySet[TlsCertificate]
) -> None:
    """Note these as revoked and write the list; two commands at once write one after the other."""
    with settings.authority_file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for rows in revoked:
            rows.filter(revoked_ms=None).update(revoked_ms=_now_ms())
        write_revoked_list(authority, settings.revoked_file)


def _until(wanted: Door, look: Callable[[], Door]) -> Door:
    """The broker rereads its files in its own time."""
    give_up_s = time.monotonic() + _REREAD_WITHIN_S
    while (answer := look()) is not wanted and time.monotonic() < give_up_s:
        time.sleep(_LOOK_EVERY_S)
    return answer


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
