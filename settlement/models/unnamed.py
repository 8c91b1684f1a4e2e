"""Which activity those events were for whose terminal could name none."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.activities import Activity
from settlement.models.evidence import Chain
from settlement.models.people import Volunteer


class UnnamedActivity(models.Model):
    """An event that names no activity, and the one that was found for it, null where it is not unique.

    `way` is how it was found (`settlement.rules.unnamed.Way`). Like an event's status this is the centre's
    judgement, which is made again when master data or the terminal's clock are known better.
    """

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="unnamed_events"
    )
    way = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="found_once_for_each_event"),)
        verbose_name_plural = "unnamed activities"

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq} {self.activity_id} {self.way}"


class NamedActivity(models.Model):
    """Somebody said which activity such an event was for. Append-only: the newest holds."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("chain", "seq"), name="named_activity_of_event"),)
        verbose_name_plural = "named activities"

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq} {self.activity_id}"
