"""What the centre itself found wrong with the logs that come in a terminal's name."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.sites import Terminal


class LogAlarm(models.Model):
    """A proof that two logs speak with one terminal's key, open until a person settles it.

    `code` is one of `settlement.evidence.alarm_codes`. Up to event `seq` of `epoch` the logs agree; an alarm
    that names no epoch is about the connection. `shown_by` is what proves it, so that the same proof opens
    nothing that was settled; `detail` says it in English.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="log_alarms")
    code = models.CharField(max_length=24)
    epoch = models.CharField(max_length=32, blank=True)
    seq = models.BigIntegerField(default=0)
    shown_by = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=200)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    times = models.PositiveIntegerField(default=1)
    settled_ms = models.BigIntegerField(null=True, blank=True)
    settled_by = models.CharField(max_length=40, blank=True)
    settled_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("terminal", "code", "epoch"),
                condition=models.Q(settled_ms__isnull=True),
                name="one_open_alarm_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.code}"
