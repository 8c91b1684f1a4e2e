"""Invitations: a secret by which an account's person sets the own password, once and within some days."""

import hashlib
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.errors import RulesError
from settlement.accounts.accounts import account_to_invite
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.models import Account, Invitation
from settlement.troubles import AccountTrouble

DAY_MS = 86_400_000


def invite_login(login: str, days: int, signed: Signed) -> str:
    """Make a secret for an account below the own one, or one's own; earlier ones are good no more.

    It is told once and kept as a hash. Raises RulesError as `change_account` does.
    """
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        account = account_to_invite(login, signed)
        Invitation.objects.filter(account=account, used_ms=None).delete()
        Invitation.objects.create(
            account=account,
            digest=_digest(secret),
            made_ms=signed.now_ms,
            ends_ms=signed.now_ms + days * DAY_MS,
        )
        note(Action.ENTER, Kind.ACCOUNT, account.login, signed, after={"invited_for_days": days})
    return secret


def invited(secret: str, now_ms: int) -> Account:
    """Whose invitation this is; raises RulesError INVITATION_OVER for one that is used, old or invented."""
    return _valid(secret, now_ms).account


def accept_invitation(secret: str, password: str, now_ms: int) -> Account:
    """Set the password of the account and use the invitation up.

    Raises RulesError: INVITATION_OVER, or WEAK_PASSWORD with what is wrong with it.
    """
    with transaction.atomic():
        invitation = _valid(secret, now_ms)
        account = invitation.account
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise RulesError(AccountTrouble.WEAK_PASSWORD, why=" ".join(error.messages)) from error
        if not Invitation.objects.filter(pk=invitation.pk, used_ms=None).update(used_ms=now_ms):
            raise RulesError(AccountTrouble.INVITATION_OVER)
        account.set_password(password)
        account.save(update_fields=["password"])
        note(Action.CORRECT, Kind.ACCOUNT, account.login, Signed(None, now_ms), after={"password": "set"})
    return account


def _valid(secret: str, now_ms: int) -> Invitation:
    found = Invitation.objects.select_related("account__organisation").filter(digest=_digest(secret)).first()
    if found is None or found.used_ms is not None or found.ends_ms < now_ms or found.account.ended_ms:
        raise RulesError(AccountTrouble.INVITATION_OVER)
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
