"""Setting up where others are told of lines: by accounts that may read of people, for their own branch."""

from django.db import transaction
from django.db.models import Q, QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from foundation.person_name import stranger_in, tidied
from settlement.accounts.accounts import account_to_invite, actor_in
from settlement.accounts.actor import Actor
from settlement.accounts.api_tokens import check_could_log_in
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may, may
from settlement.look_up import organisation_at
from settlement.models import Account, Webhook
from settlement.organisations.tree import subtree
from settlement.people_settings import SecondFactorFrom
from settlement.reach import reach_of
from settlement.troubles import WebhookTrouble
from settlement.webhooks.addresses import read_target
from settlement.webhooks.events import TRIAL, LineEvent
from settlement.webhooks.outbox import message_of
from settlement.webhooks.signing import make_secret, seal

LONGEST_NAME = 40


class NewWebhook(Struct, frozen=True):
    """A webhook to be made; `organisation` is a path, empty for the whole tree."""

    name: str
    url: str
    kinds: frozenset[LineEvent]
    organisation: str = ""


def add_webhook(
    new: NewWebhook, signed: Signed, second_factor_from: SecondFactorFrom, *, plain: bool
) -> tuple[Webhook, str]:
    """Make a webhook of the account that signs, and the secret that signs, which nobody is told again.

    `plain` lets this machine be told without TLS. Raises RulesError as `make_token` does about the account;
    BAD_WEBHOOK_NAME, WEBHOOK_FOR_NOTHING, BAD_WEBHOOK_ADDRESS, WEBHOOK_NOT_PUBLIC, OUT_OF_REACH.
    """
    by = actor_in(signed)
    check_may(by, Deed.READ_PEOPLE)
    name = tidied(new.name)
    if not name or len(name) > LONGEST_NAME or stranger_in(new.name):
        raise RulesError(WebhookTrouble.BAD_WEBHOOK_NAME, most=LONGEST_NAME)
    if not new.kinds:
        raise RulesError(WebhookTrouble.WEBHOOK_FOR_NOTHING)
    read_target(new.url, plain=plain)
    path = reach_of(by).branch(new.organisation)
    secret = make_secret()
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=by.account)
        check_could_log_in(account, by, second_factor_from)
        row = Webhook.objects.create(
            account=account,
            organisation=organisation_at(path) if path else None,
            name=name,
            url=new.url,
            kinds=sorted(new.kinds),
            sealed=seal(secret),
            made_ms=signed.now_ms,
        )
        note(Action.ENTER, Kind.WEBHOOK, row.pk, signed, after=_values(row))
    return row, secret


def pause_webhook(number: int, signed: Signed, *, pause: bool) -> Webhook:
    """Switch a webhook off or on again: one of the own account or of one below.

    While it is off nothing is written for it, and what waits stays. Raises RulesError UNKNOWN_WEBHOOK, and
    as `change_account` does.
    """
    with transaction.atomic():
        row = changeable_webhook(number, signed)
        before = _values(row)
        if pause != (row.paused_ms is not None):
            row.paused_ms = signed.now_ms if pause else None
            row.save(update_fields=["paused_ms"])
            note(Action.CORRECT, Kind.WEBHOOK, number, signed, before=before, after=_values(row))
    return row


def end_webhook(number: int, signed: Signed) -> Webhook:
    """Delete a webhook with its secret and what waits for it; raises RulesError as `pause_webhook` does."""
    with transaction.atomic():
        row = changeable_webhook(number, signed)
        row.ended_ms, row.sealed = signed.now_ms, ""
        row.save(update_fields=["ended_ms", "sealed"])
        row.deliveries.all().delete()
        note(Action.REMOVE, Kind.WEBHOOK, number, signed, before=_values(row))
    return row


def try_webhook(number: int, signed: Signed) -> None:
    """Send a message that tells nothing, to see whether it arrives; raises RulesError as `pause_webhook`."""
    with transaction.atomic():
        row = changeable_webhook(number, signed)
        message_of(row, TRIAL, [], signed.now_ms).save()


def webhooks_of(by: Actor) -> QuerySet[Webhook]:
    """The webhooks of the own account and, for who may change accounts, of those in the own branch."""
    wanted = Q(account=by.account)
    if may(by, Deed.CHANGE_ACCOUNTS):
        wanted = wanted | subtree(by.node, "account__organisation__path") if by.node else Q()
    rows = Webhook.objects.filter(wanted, ended_ms=None).select_related("account", "organisation")
    return rows.order_by("-pk")


def changeable_webhook(number: int, signed: Signed) -> Webhook:
    """The webhook, locked, where the account that signs may change it; raises RulesError as above."""
    rows = Webhook.objects.select_for_update(no_key=True, of=("self",)).filter(pk=number, ended_ms=None)
    row = rows.select_related("account", "organisation").first()
    if row is None:
        raise RulesError(WebhookTrouble.UNKNOWN_WEBHOOK, number=number)
    account_to_invite(row.account.login, signed)
    return row


def _values(row: Webhook) -> dict[str, object]:
    return {
        "name": row.name,
        "url": row.url,
        "kinds": list(row.kinds),
        "organisation": row.organisation.path if row.organisation else "",
        "account": row.account.login,
        "is_off": row.paused_ms is not None,
    }
