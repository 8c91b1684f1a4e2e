"""Groups that came to a terminal without names: counted, and nobody's hours."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.activities import Activity
from settlement.models.evidence import Chain


class GroupMovement(models.Model):
    """`count` of a group came or left at `at_ms`, by their terminal's clock; `remark` is who they are.

    Append-only, as the event is that it stands for. `activity` is None where none of that id was entered.
    """

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    group = models.CharField(max_length=16)
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    direction = models.CharField(max_length=3)
    count = models.IntegerField()
    remark = models.CharField(max_length=300)
    entered_by = models.CharField(max_length=40)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="group_moved_once_by_event"),)
        indexes = (models.Index(fields=("at_ms",), name="group_moved_since"),)

    def __str__(self) -> str:
        return f"{self.group} {self.direction} {self.count}"
