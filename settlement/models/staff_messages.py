"""What staff write to the centre at terminals, and who read it."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.evidence import Chain
from settlement.models.sites import Terminal


class StaffMessage(models.Model):
    """A message, by the event that brought it: written at `at_ms` by the terminal's clock, come at `came_ms`.

    `by` is a staff reference. It waits until somebody says that it was read.
    """

    terminal = models.ForeignKey(
        Terminal, on_delete=models.PROTECT, related_name="staff_messages", db_index=False
    )
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="staff_messages", db_index=False)
    seq = models.BigIntegerField()
    by = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    at_ms = models.BigIntegerField()
    came_ms = models.BigIntegerField()
    read_by = models.CharField(max_length=40, blank=True)
    read_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    read_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="staff_message_once_an_event"),)
        indexes = (
            models.Index(fields=("terminal", "at_ms"), name="messages_of_terminal"),
            models.Index(fields=("terminal",), condition=models.Q(read_ms=None), name="messages_unread"),
        )

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.at_ms}"
