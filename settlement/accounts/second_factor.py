"""Whether somebody's log-in lacks the second factor that the account's level asks for."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Exists, OuterRef

from settlement.accounts.actor import Actor, Level
from settlement.models import Account
from settlement.people_settings import SecondFactorFrom


def needs_second_factor(actor: Actor, least: SecondFactorFrom) -> bool:
    """Whether the account's level asks for one-time codes."""
    return least is not SecondFactorFrom.NOBODY and actor.is_at_least(Level(least))


def lacks_second_factor(account: Account, actor: Actor, least: SecondFactorFrom) -> bool:
    """Whether it asks for them and none are set up yet."""
    return needs_second_factor(actor, least) and not is_mfa_enabled(account)


def has_second_factor(account: str) -> Exists:
    """The same as `is_mfa_enabled` of the account that this column names, within another query."""
    return Exists(Authenticator.objects.filter(user=OuterRef(account)))
