"""People who came without being on any roster, and whose the centre said they are."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.evidence import Chain
from settlement.models.people import Volunteer


class WalkInKey(models.Model):
    """A key that terminals seal names to; once it is deleted, nobody can open what was sealed to it."""

    public = models.CharField(max_length=64, primary_key=True)
    private = models.BinaryField(max_length=32)
    made_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return self.public[:16]


class WalkIn(models.Model):
    """The event by which somebody came, under the reference that the terminal drew; who it is, it seals."""

    ref = models.CharField(max_length=80, unique=True)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False, related_name="+")
    seq = models.BigIntegerField()
    arrived_ms = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("arrived_ms",), name="walk_in_since"),)

    def __str__(self) -> str:
        return self.ref


class WalkInDecision(models.Model):
    """Who a walk-in was: a volunteer (`matched`, or `registered` for it), or nobody to count for (`refused`).

    Append-only: a wrong match is repaired by moving times, never by another decision.
    """

    walk_in = models.OneToOneField(
        WalkIn, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    outcome = models.CharField(max_length=10)
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, null=True, blank=True, related_name="walk_ins"
    )
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=("matched", "registered"), volunteer__isnull=False)
                | models.Q(outcome="refused", volunteer__isnull=True, reason__gt=""),
                name="walk_in_is_somebody_or_refused",
            ),
        )

    def __str__(self) -> str:
        return f"{self.walk_in_id} {self.outcome}"
