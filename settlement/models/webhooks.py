"""Where programs of others are told what became of lines, and what is or was to be sent there."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.organisations import Organisation


class Webhook(models.Model):
    """An address that is told of the lines of an organisation and those below, within what its account may.

    Without an organisation it is of the whole tree. `sealed` is the secret that signs, encrypted by the
    centre's own. `paused_ms` is since when nothing is written for it, `ended_ms` when it was deleted.
    Nobody sends to it before `not_before_ms` (real time): somebody does already, or it rests after a failure.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="webhooks")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="webhooks"
    )
    name = models.CharField(max_length=40)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    sealed = models.TextField()
    made_ms = models.BigIntegerField()
    paused_ms = models.BigIntegerField(null=True, blank=True)
    ended_ms = models.BigIntegerField(null=True, blank=True)
    not_before_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"


class WebhookDelivery(models.Model):
    """One message to an address, from the transaction of what it tells until it is delivered or given up.

    `message` stays the same however often it is sent. Times are real, UTC milliseconds; `status` is the last
    answer's, `failure` why the last try was none (`settlement.webhooks.posting`).
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    message = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24)
    lines = models.PositiveIntegerField()
    body = models.TextField()
    made_ms = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    next_ms = models.BigIntegerField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    tried_ms = models.BigIntegerField(null=True, blank=True)
    status = models.PositiveIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=24, blank=True)
    ended_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("next_ms",), condition=models.Q(state="waiting"), name="webhook_delivery_to_send"
            ),
        )
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"{self.message} {self.state}"
