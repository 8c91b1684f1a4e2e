"""What was and is to be sent to a webhook, as people look at it, and one message that is sent again."""

from django.db import transaction
from django.db.models import Count, QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.models import Webhook, WebhookDelivery
from settlement.troubles import WebhookTrouble
from settlement.webhooks.events import DeliveryState
from settlement.webhooks.outbox import real_ms
from settlement.webhooks.registering import changeable_webhook, webhooks_of

MOST_AT_ONCE = 50
"""Rows of one page."""
_KEPT_MS = 30 * 86_400_000


class ListedWebhook(Struct, frozen=True):
    """A webhook in a list, and how many of its messages wait or were given up."""

    row: Webhook
    waiting: int
    given_up: int


def webhooks_page(by: Actor, before: int = 0) -> tuple[list[ListedWebhook], bool]:
    """A page of the webhooks in reach, the newest first, and whether older ones follow."""
    rows = webhooks_of(by)
    found = list((rows.filter(pk__lt=before) if before else rows)[: MOST_AT_ONCE + 1])
    unsent = WebhookDelivery.objects.filter(webhook__in=[row.pk for row in found])
    grouped = unsent.exclude(state=DeliveryState.DELIVERED).values_list("webhook_id", "state")
    counted = {(number, state): count for number, state, count in grouped.annotate(count=Count("pk"))}
    listed = [
        ListedWebhook(
            row,
            counted.get((row.pk, DeliveryState.WAITING), 0),
            counted.get((row.pk, DeliveryState.GIVEN_UP), 0),
        )
        for row in found[:MOST_AT_ONCE]
    ]
    return listed, len(found) > MOST_AT_ONCE


def webhook_among(by: Actor, number: int) -> Webhook | None:
    """The webhook of that number among `webhooks_of`."""
    return webhooks_of(by).filter(pk=number).first()


def deliveries_page(by: Actor, webhook: int, before: int = 0) -> tuple[list[WebhookDelivery], bool]:
    """A page of the messages to a webhook in reach, the newest first, and whether older ones follow."""
    rows = _deliveries(by, webhook).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: MOST_AT_ONCE + 1])
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE


def send_again(webhook: int, delivery: int, signed: Signed) -> None:
    """Let a message be sent at once, as often as a new one, under the same id.

    Raises RulesError UNKNOWN_WEBHOOK, NOTHING_TO_SEND_AGAIN, and as `change_account` does.
    """
    with transaction.atomic():
        row = changeable_webhook(webhook, signed)
        again = row.deliveries.filter(pk=delivery).update(
            state=DeliveryState.WAITING, next_ms=real_ms(), tries=0, ended_ms=None
        )
        if not again:
            raise RulesError(WebhookTrouble.NOTHING_TO_SEND_AGAIN, number=delivery)
        after = {"sent_again": delivery}
        note(Action.CORRECT, Kind.WEBHOOK, webhook, signed, before={"sent_again": None}, after=after)


def forget_deliveries(now_ms: int) -> None:
    """Take away messages that were delivered or given up more than thirty days ago."""
    WebhookDelivery.objects.filter(ended_ms__lte=now_ms - _KEPT_MS).delete()


def _deliveries(by: Actor, webhook: int) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(webhook__in=webhooks_of(by).filter(pk=webhook))
