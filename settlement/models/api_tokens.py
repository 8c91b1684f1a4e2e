"""By what programs act as an account, and what was answered to their writing calls of the last day."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account


class ApiToken(models.Model):
    """A secret by which a program acts as an account, within `scopes`, until `ends_ms`; its hash is kept.

    `used_on` is the day of the last call, in UTC. `minute` and `calls` count the calls of the minute in which
    the last one was.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    revoked_ms = models.BigIntegerField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)
    minute = models.BigIntegerField(default=0)
    calls = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"


class ApiAnswer(models.Model):
    """What was answered to a call with an idempotency key, so that the same call again does nothing again."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    body = models.TextField()
    at_ms = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("token", "key_digest"), name="one_answer_per_idempotency_key"),
        )

    def __str__(self) -> str:
        return f"{self.token_id} at {self.at_ms}"
