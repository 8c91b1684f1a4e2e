"""How terminals are doing, as their last hello said; a table of its own because it is written often."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.sites import Terminal


class TerminalStatus(models.Model):
    """The last hello of a terminal; `unsent` is its backlog then."""

    terminal = models.OneToOneField(
        Terminal, on_delete=models.CASCADE, primary_key=True, related_name="status"
    )
    hello_ms = models.BigIntegerField()
    boot = models.CharField(max_length=32)
    mono_ms = models.BigIntegerField()
    wall_ms = models.BigIntegerField()
    clock_state = models.CharField(max_length=10)
    clock_error_ms = models.BigIntegerField(null=True)
    roster = models.BigIntegerField()
    config = models.BigIntegerField()
    unsent = models.BigIntegerField()
    software = models.CharField(max_length=40)

    class Meta:
        verbose_name_plural = "terminal status"

    def __str__(self) -> str:
        return self.terminal_id
