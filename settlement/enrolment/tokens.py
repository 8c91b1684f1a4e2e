"""Tokens: made for one terminal, good for one use within an hour."""

import hashlib
import hmac
import secrets

import structlog
from cryptography.hazmat.primitives import hashes
from django.db import transaction

from foundation.errors import SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.enrolment.names import check_new_name, enrolled_terminal
from settlement.look_up import site_coded
from settlement.models import EnrolmentToken as TokenRow
from settlement.models import Site
from settlement.reach import check_runs
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.enrolment_token import SECRET_BYTES, EnrolmentToken, token_id
from sync.line.certificate_authority import read_certificate

_MINUTE_MS = 60_000

_logger = structlog.get_logger()


def add_terminal(
    name: str,
    site: str,
    minutes: int,
    by: Actor,
    now_ms: int,
    *,
    settings: CentreSettings,
) -> EnrolmentToken:
    """A token for a new terminal at that site.

    Raises SettingsError for a name that is taken or that no terminal may bear, RulesError for a site that
    nobody entered, NOT_ALLOWED, OUT_OF_REACH.
    """
    place = site_coded(site)
    check_runs(by, Deed.RUN_TERMINALS, place)
    with transaction.atomic():
        check_new_name(name, settings)
        return _make(name, place, minutes, by, now_ms, settings, again=False)


def renew_terminal(
    name: str, minutes: int, by: Actor, now_ms: int, *, settings: CentreSettings
) -> EnrolmentToken:
    """A token with which an enrolled terminal gets new keys; raises SettingsError for any other."""
    with transaction.atomic():
        terminal = enrolled_terminal(name)
        check_runs(by, Deed.RUN_TERMINALS, terminal.site)
        return _make(name, terminal.site, minutes, by, now_ms, settings, again=True)


def secret_of(row: TokenRow, settings: CentreSettings) -> bytes:
    """The secret of a token that was given out: whoever reads only the database can't make it."""
    return _secret(bytes.fromhex(row.nonce), settings)


def _make(
    name: str,
    site: Site,
    minutes: int,
    by: Actor,
    now_ms: int,
    settings: CentreSettings,
    *,
    again: bool,
) -> EnrolmentToken:
    nonce = secrets.token_bytes(32)
    secret = _secret(nonce, settings)
    ends_min = -(-now_ms // _MINUTE_MS) + minutes
    # One token at a time opens a name: an earlier one that was lost on the way opens nothing any more.
    TokenRow.objects.filter(terminal=name, used_ms=None, ends_ms__gt=now_ms).update(ends_ms=now_ms)
    TokenRow.objects.create(
        id=token_id(secret),
        nonce=nonce.hex(),
        terminal=name,
        site=site,
        again=again,
        by=by.name,
        account_id=by.account,
        made_ms=now_ms,
        ends_ms=ends_min * _MINUTE_MS,
    )
    _logger.info("enrolment_token_made", terminal=name, site=site.code, account=by.account)
    fingerprint = authority_fingerprint(settings)
    enrolment = settings.enrolment
    return EnrolmentToken(secret, fingerprint, ends_min, enrolment.port, name, enrolment.host)


def authority_fingerprint(settings: CentreSettings) -> bytes:
    """The SHA-256 of the authority's certificate, by which terminals know it; raises SettingsError."""
    return read_certificate(settings.authority_file).fingerprint(hashes.SHA256())


def _secret(nonce: bytes, settings: CentreSettings) -> bytes:
    try:
        key = settings.path(settings.secret_key_file).read_bytes()
    except OSError as error:
        raise SettingsError(
            CentreTrouble.FORM_KEY_NOT_READABLE,
            path=settings.path(settings.secret_key_file),
            why=error.strerror,
        ) from error
    return hmac.new(key, b"muster/1/enrolment-secret\0" + nonce, hashlib.sha256).digest()[:SECRET_BYTES]
