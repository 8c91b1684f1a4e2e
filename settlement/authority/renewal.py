"""Answering terminals that ask for a new certificate: who is known, not revoked, and does not ask all day."""

import time

import structlog
from cryptography.exceptions import UnsupportedAlgorithm

from foundation.errors import MessageError, SettingsError
from settlement.authority.certificates import in_force, issue_to_terminal, key_digest, open_authority
from settlement.centre import Centre
from settlement.messages import quarantine
from settlement.messages.acknowledgement import Answer, Publication
from settlement.messages.known_terminals import known_terminal
from settlement.messages.verification import UpTopic, read_topic, verify_renewal
from settlement.models import TlsCertificate
from settlement.settings import CentreSettings
from sync.contract import wire
from sync.contract.renewal import MAX_REQUEST_BYTES, RenewalRefusal, seal_answer
from sync.contract.wire import RejectCode
from sync.line.certificate_authority import CertificateKind
from sync.line.certificate_request import read_request

_DAY_MS = 86_400_000

_logger = structlog.get_logger()


def answer_renewal(
    topic: str, payload: bytes, received_ms: int, *, centre: Centre, settings: CentreSettings
) -> Answer:
    """The answer to one request; none while the authority's key can't be used: the terminal asks again.

    Raises django.db.OperationalError (or InterfaceError) while the database can't be reached.
    """
    address = read_topic(topic)
    terminal = known_terminal(address.terminal)
    try:
        request = verify_renewal(address, payload, terminal, centre.realm)
    except MessageError as error:
        keeper = terminal.terminal if terminal else quarantine.STRANGER
        quarantine.keep(keeper, topic, payload, error, received_ms, centre.quarantine)
        _logger.warning("message_refused", terminal=address.terminal, code=error.code, why=error.what)
        return _answer(address, b"", RenewalRefusal.NOT_BELIEVED, centre)
    try:
        pem, refused = _decide(address.terminal, request, settings)
    except SettingsError as error:
        _logger.error("authority_out_of_use", error=str(error))  # noqa: TRY400 - the sentence says it all
        return Answer()
    if refused:
        _logger.warning("certificate_refused", terminal=address.terminal, why=str(refused))
    return _answer(address, pem, refused, centre)


def _decide(terminal: str, request: bytes, settings: CentreSettings) -> tuple[bytes, RenewalRefusal | None]:
    if len(request) > MAX_REQUEST_BYTES:
        return b"", RenewalRefusal.REQUEST
    try:
        asked = read_request(request)
        known = in_force(terminal).filter(key_digest=key_digest(asked)).exists()
    except (SettingsError, ValueError, UnsupportedAlgorithm):
        return b"", RenewalRefusal.REQUEST
    if not known and _issued_today(terminal) >= settings.authority.renewals_per_day:
        return b"", RenewalRefusal.TOO_MANY
    authority = open_authority(settings)
    try:
        return issue_to_terminal(authority, terminal, asked, settings), None
    except SettingsError as error:
        _logger.warning("request_refused", terminal=terminal, why=error.what)
        return b"", RenewalRefusal.REQUEST


def _issued_today(terminal: str) -> int:
    since_ms = time.time_ns() // 1_000_000 - _DAY_MS
    issued = TlsCertificate.objects.filter(name=terminal, kind=CertificateKind.TERMINAL)
    return issued.filter(issued_ms__gt=since_ms).count()


def _answer(address: UpTopic, pem: bytes, refused: RenewalRefusal | None, centre: Centre) -> Answer:
    payload = seal_answer(pem, refused, terminal=address.terminal, realm=centre.realm, key=centre.key)
    publication = Publication(wire.topic("down", address.terminal, "certificate"), payload)
    return Answer((publication,), RejectCode.AUTH if refused is RenewalRefusal.NOT_BELIEVED else None)
