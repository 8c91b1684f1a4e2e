"""The events that used what admits once."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.evidence import Chain


class OneTimeUse(models.Model):
    """An accepted event that names a one-time code, or one tap of a card that signs; a second needs a review.

    `counter` is what the card signed: how often it was tapped; -1 for a code, issued here or by a terminal.
    """

    ref = models.CharField(max_length=80)
    counter = models.BigIntegerField(default=-1)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("ref", "chain", "seq"), name="one_use_for_each_event"),
        )
        indexes = (models.Index(fields=("ref", "counter"), name="uses_of_one_tap"),)

    def __str__(self) -> str:
        return f"{self.ref} {self.counter} {self.chain_id}/{self.seq}"
