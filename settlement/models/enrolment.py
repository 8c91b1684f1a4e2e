"""How terminals joined: the tokens that were given out, who asked, and who was turned away."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.sites import Site


class EnrolmentToken(models.Model):
    """A one-time token; `id` is a hash of its secret, which comes of `nonce` and a key outside the database.

    `again` is for a terminal that is enrolled already and gets new keys.
    """

    id = models.CharField(max_length=32, primary_key=True)
    nonce = models.CharField(max_length=64)
    terminal = models.CharField(max_length=32)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="enrolment_tokens")
    again = models.BooleanField(default=False)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    made_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token for {self.terminal}"


class TerminalRequest(models.Model):
    """A terminal that asked to be enrolled; `id` is the SHA-256 of its request, `message` the request itself.

    `code` stands on its screen. `grant` is what it was given: asked the same again, the centre repeats it.
    """

    id = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=9, unique=True)
    token = models.OneToOneField(
        EnrolmentToken, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )
    terminal = models.CharField(max_length=32, blank=True)
    public_key = models.CharField(max_length=64)
    words = models.CharField(max_length=80)
    message = models.BinaryField()
    address = models.CharField(max_length=45, blank=True)
    asked_ms = models.BigIntegerField()
    state = models.CharField(max_length=8)
    decided_ms = models.BigIntegerField(null=True, blank=True)
    by = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    grant = models.BinaryField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["state", "asked_ms"], name="terminal_requests_waiting"),)

    def __str__(self) -> str:
        return f"{self.code} {self.terminal}"


class RefusedEnrolment(models.Model):
    """Somebody asked and was turned away; `refusal` is the reason's code."""

    at_ms = models.BigIntegerField()
    refusal = models.CharField(max_length=20)
    terminal = models.CharField(max_length=32, blank=True)
    words = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=45, blank=True)

    def __str__(self) -> str:
        return f"{self.terminal} {self.refusal}"
