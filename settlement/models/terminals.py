"""How terminals are doing, as their last hello said; a table of its own because it is written often."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.sites import Terminal


class TerminalStatus(models.Model):
    """The last hello of a terminal, by its own order; `unsent` is its backlog then.

    It arrived at `hello_ms`, and was said at `said_ms` at the earliest (`settlement.evidence.said`); this
    boot began at `boot_began_ms` at the latest.
    By `newest_epoch`, with its `newest_head`, and the boots that were left since that epoch was told of,
    `settlement.evidence.freshness` knows an older greeting that comes again. With `answer_due` the
    listener tells the terminal unasked what is held of its log.
    `believes` is the id of the centre's key whose word it takes, empty for software that doesn't say.
    """

    terminal = models.OneToOneField(
        Terminal, on_delete=models.CASCADE, primary_key=True, related_name="status"
    )
    hello_ms = models.BigIntegerField()
    said_ms = models.BigIntegerField()
    boot_began_ms = models.BigIntegerField()
    boot = models.CharField(max_length=32)
    mono_ms = models.BigIntegerField()
    wall_ms = models.BigIntegerField()
    clock_state = models.CharField(max_length=10)
    clock_error_ms = models.BigIntegerField(null=True)
    roster = models.BigIntegerField()
    config = models.BigIntegerField()
    unsent = models.BigIntegerField()
    software = models.CharField(max_length=40)
    believes = models.CharField(max_length=16, blank=True, default="")
    newest_epoch = models.CharField(max_length=32, blank=True, default="")
    newest_head = models.BigIntegerField(default=0)
    left_boots = models.JSONField(default=list)
    answer_due = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "terminal status"

    def __str__(self) -> str:
        return self.terminal_id


class RosterEdition(models.Model):
    """The newest roster of a terminal, as the centre sealed it; `digest` is the SHA-256 of what it says.

    A roster that says the same keeps its version.
    """

    terminal = models.OneToOneField(
        Terminal, on_delete=models.CASCADE, primary_key=True, related_name="roster_edition"
    )
    version = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    made_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.version}"


class GivenSettings(models.Model):
    """The settings that the centre gives a terminal: whole; what is left out stays with its own file."""

    terminal = models.OneToOneField(
        Terminal, on_delete=models.CASCADE, primary_key=True, related_name="given_settings"
    )
    version = models.BigIntegerField()
    values = models.JSONField()
    given_ms = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "given settings"

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.version}"


class TerminalTold(models.Model):
    """How a terminal was from `at_ms` on, until its next row: written only where that became another.

    `told` is a `settlement.review.told_facts.Told`. A terminal that changes more often than rows are kept for
    has its newest row changed instead; `times` counts the changes that one row stands for.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+", db_index=False)
    at_ms = models.BigIntegerField()
    told = models.JSONField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=("terminal", "at_ms"), name="told_of_terminal"),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.at_ms}"
