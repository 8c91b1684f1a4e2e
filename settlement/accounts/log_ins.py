"""Ending what somebody logged in with: the second factor of a lost telephone, and every log-in under way."""

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from foundation.errors import RulesError
from settlement.accounts.accounts import account_to_invite, actor_in
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.models import Account
from settlement.troubles import AccountTrouble


def reset_second_factor(login: str, signed: Signed) -> None:
    """Take the second factor and the recovery codes of an account below the own one away.

    Its log-ins end too, and at the next one its person sets another up, where the level asks for it. Raises
    RulesError as `change_account` does; OWN_ACCOUNT for the own one, which says its password first.
    """
    with transaction.atomic():
        account = account_to_invite(login, signed)
        if account.pk == actor_in(signed).account:
            raise RulesError(AccountTrouble.OWN_ACCOUNT, login=login)
        held = Authenticator.objects.filter(user=account)
        kinds = sorted(held.values_list("type", flat=True))
        held.delete()
        ended = _end(account)
        note(
            Action.REMOVE,
            Kind.ACCOUNT,
            login,
            signed,
            before={"second_factor": kinds, "log_ins": ended},
        )


def end_log_ins(login: str, signed: Signed) -> int:
    """End every log-in of the own account or of one below, wherever it is used; returns how many there were.

    Raises RulesError as `change_account` does.
    """
    with transaction.atomic():
        account = account_to_invite(login, signed)
        ended = _end(account)
        note(Action.REMOVE, Kind.ACCOUNT, login, signed, before={"log_ins": ended})
    return ended


def _end(account: Account) -> int:
    """Whose a session is stands inside it, so each that is not over is looked at."""
    alive = Session.objects.filter(expire_date__gte=timezone.now())
    own = [
        one.session_key
        for one in alive.iterator(chunk_size=500)
        if one.get_decoded().get(SESSION_KEY) == str(account.pk)
    ]
    Session.objects.filter(session_key__in=own).delete()
    return len(own)
