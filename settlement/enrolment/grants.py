"""Letting a terminal in: its row, its certificate, and all that it is told in return."""

import msgspec
import structlog
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction

from foundation.errors import SettingsError
from settlement.authority.certificates import issue_to_terminal, key_digest
from settlement.authority.revocation import list_revoked, revoke_certificates
from settlement.enrolment.names import check_new_name, emptiest_bucket, enrolled_terminal
from settlement.enrolment.tokens import secret_of
from settlement.models import Site, Terminal, TerminalRequest, TlsCertificate
from settlement.settings import CentreSettings
from settlement.signing_keys import load_signing_keys
from settlement.troubles import CentreTrouble
from sync.contract.enrolment import (
    AnswerState,
    EnrolmentError,
    EnrolmentGrant,
    EnrolmentRefusal,
    EnrolmentRequest,
    Signed,
    TerminalSecrets,
    grant,
    seal_secrets,
)
from sync.contract.pseudonym import load_key
from sync.contract.signing import SigningKey
from sync.line import certificate_request
from sync.line.certificate_authority import CertificateAuthority

_logger = structlog.get_logger()


def let_in(
    row: TerminalRequest,
    request: EnrolmentRequest,
    name: str,
    site: Site,
    by: str,
    account: int | None,
    now_ms: int,
    *,
    settings: CentreSettings,
    authority: CertificateAuthority,
) -> Signed:
    """Enrol the terminal of this request and keep what it is given, in one transaction or not at all.

    Raises EnrolmentError for keys of another terminal, SettingsError for a name that is taken and for files
    of the centre that can't be used.
    """
    with transaction.atomic():
        terminal = _write_terminal(row, request, name, site, settings)
        granted = grant(
            EnrolmentGrant(
                request=row.id,
                terminal=name,
                realm=settings.realm,
                bucket=int(terminal.bucket),
                centre=settings.store,
                site=terminal.site.name,
                zone=terminal.site.zone,
                centre_key=_signing_key(settings).public.raw.hex(),
                authority=authority.pem.decode(),
                certificate=_certificate(authority, name, request, settings),
                broker_host=settings.broker_for_terminals()[0],
                broker_port=settings.broker_for_terminals()[1],
                secrets=_sealed_secrets(row, request, settings),
            ),
            _signing_key(settings),
            secret_of(row.token, settings) if row.token else b"",
        )
        row.state, row.terminal, row.decided_ms = AnswerState.GRANTED, name, now_ms
        row.by, row.account_id = by, account
        row.grant = msgspec.json.encode(granted)
        row.save()
        if row.token is not None and row.token.again:
            _list_revoked(settings, authority)
    _logger.info("terminal_enrolled", terminal=name, site=site.code, account=account, words=row.words)
    return granted


def refuse_keys_of_another(request: EnrolmentRequest, name: str) -> None:
    """Refuse keys that another terminal has already: a disk that was copied. Raises EnrolmentError."""
    other = Terminal.objects.filter(public_key=request.signing_key).exclude(id=name).first()
    digest = key_digest(_tls_request(request))
    certificate = TlsCertificate.objects.filter(key_digest=digest).exclude(name=name).first()
    if other is not None or certificate is not None:
        known = other.id if other else certificate.name if certificate else ""
        raise EnrolmentError(EnrolmentRefusal.SAME_KEYS, terminal=known)


def _tls_request(request: EnrolmentRequest) -> x509.CertificateSigningRequest:
    try:
        asked = certificate_request.read_request(request.tls_request)
        key, genuine = asked.public_key(), asked.is_signature_valid
    except (SettingsError, ValueError, UnsupportedAlgorithm) as error:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error
    if not genuine or not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise EnrolmentError(EnrolmentRefusal.MALFORMED)
    return asked


def _certificate(
    authority: CertificateAuthority, name: str, request: EnrolmentRequest, settings: CentreSettings
) -> str:
    return issue_to_terminal(authority, name, _tls_request(request), settings).decode()


def _list_revoked(settings: CentreSettings, authority: CertificateAuthority) -> None:
    try:
        list_revoked(settings, authority)
    except OSError as error:
        raise SettingsError(
            CentreTrouble.REVOKED_LIST_NOT_WRITTEN, path=settings.revoked_file, why=error.strerror
        ) from error


def _write_terminal(
    row: TerminalRequest, request: EnrolmentRequest, name: str, site: Site, settings: CentreSettings
) -> Terminal:
    refuse_keys_of_another(request, name)
    if row.token is not None and row.token.again:
        terminal = enrolled_terminal(name)
        terminal.public_key = request.signing_key
        terminal.save(update_fields=["public_key"])
        revoke_certificates(name)
        return terminal
    check_new_name(name, settings)
    try:
        with transaction.atomic():
            return Terminal.objects.create(
                id=name,
                site=site,
                bucket=emptiest_bucket(),
                public_key=request.signing_key,
                realm=settings.realm,
            )
    except IntegrityError as error:  # another request was let in at the same moment
        raise SettingsError(CentreTrouble.TERMINAL_NAME_TAKEN, terminal=name) from error


def _signing_key(settings: CentreSettings) -> SigningKey:
    return load_signing_keys(settings).key


def _sealed_secrets(row: TerminalRequest, request: EnrolmentRequest, settings: CentreSettings) -> bytes:
    key = load_key(settings.path(settings.pseudonym_key_file))
    try:
        return seal_secrets(TerminalSecrets(key.hex()), request.sealing_key, row.id)
    except ValueError as error:  # a key of small order: nothing can be sealed to it
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error
