"""Numbers that turned out to be one person's: which was kept, and where that was taken back. Append-only."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.people import Volunteer


class MergedNumber(models.Model):
    """The person of the number `gone` goes under `kept`, as long as nobody has taken that back."""

    kept = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="merges_kept")
    gone = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="merges_gone")
    by = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    reason = models.CharField(max_length=300)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="two_numbers_are_merged"),
            models.CheckConstraint(condition=models.Q(by__gt=""), name="a_person_merges"),
        )

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class MergeTakenBack(models.Model):
    """Somebody found that the two numbers are two persons' after all: each goes its own way again."""

    merge = models.OneToOneField(
        MergedNumber, on_delete=models.PROTECT, primary_key=True, related_name="taken_back"
    )
    by = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    reason = models.CharField(max_length=300)
    at_ms = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "merges taken back"
        constraints = (models.CheckConstraint(condition=models.Q(by__gt=""), name="a_person_takes_it_back"),)

    def __str__(self) -> str:
        return f"{self.merge_id} taken back"
