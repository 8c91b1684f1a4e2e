"""What terminals sent. Append-only: database triggers forbid to change or delete it."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.people import Volunteer
from settlement.models.sites import Terminal

RowKey = tuple[int, int]
"""How the centre's tables name an event: its chain's primary key, and its seq."""


class Chain(models.Model):
    """One epoch of a terminal's log, and how far the centre holds it without a gap.

    `contiguous` events are stored and linked, the last with `hash` (64 hex digits); it never goes back.
    `head` is the highest seq that the terminal has told of, `archived` the last one that an archive file
    keeps (`settlement.ingest.archive`). `previous_epoch` and `previous_seq` are where the log ended before,
    by its first event; empty in the first epoch of a log, and until that event is here. `followed` says that
    the terminal has told of a later epoch.
    `oldest` is the first seq that the terminal still keeps, as it said last.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="chains")
    epoch = models.CharField(max_length=32)
    contiguous = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    head = models.BigIntegerField(default=0)
    archived = models.BigIntegerField(default=0)
    previous_epoch = models.CharField(max_length=32, blank=True, default="")
    previous_seq = models.BigIntegerField(default=0)
    followed = models.BooleanField(default=False)
    oldest = models.BigIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "terminal",
                    "epoch",
                ),
                name="one_chain_per_epoch",
            ),
        )
        indexes = (models.Index(fields=("terminal", "previous_epoch"), name="chain_behind_another"),)

    def __str__(self) -> str:
        return f"{self.terminal_id}/{self.epoch}"


class EventStatus(models.TextChoices):
    """Whether the centre understands an event; both are stored and acknowledged."""

    STORED = "stored"
    NEEDS_REVIEW = "needs_review"


class Event(models.Model):
    """One event, byte for byte, and what was read in it.

    `raw`, `hash` and the columns read from `raw` never change. `volunteer`, `status` and `review_reason` are
    the centre's judgement and may be made again when master data arrive late. What could not be read is null.
    """

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, db_index=False, related_name="events")
    seq = models.BigIntegerField()
    raw = models.BinaryField()
    hash = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=40)
    boot = models.CharField(max_length=32)
    mono_ms = models.BigIntegerField(null=True)
    wall_ms = models.BigIntegerField(null=True)
    received_ms = models.BigIntegerField()
    clock_doubtful = models.BooleanField()
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, db_index=False)
    status = models.CharField(max_length=12, choices=EventStatus.choices)
    review_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("volunteer",), name="event_of_volunteer", condition=models.Q(volunteer__isnull=False)
            ),
            models.Index(
                fields=("chain",), name="event_needs_review", condition=models.Q(status="needs_review")
            ),
            models.Index(
                fields=("chain",), name="event_clock_doubtful", condition=models.Q(clock_doubtful=True)
            ),
            models.Index(
                fields=("chain",), name="event_clock_anchor", condition=models.Q(kind="clock_anchor")
            ),
            models.Index(fields=("wall_ms",), name="check_out_by_time", condition=models.Q(kind="check_out")),
        )

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq}"


class ForkEvidence(models.Model):
    """Another authentic event that claims the place of a stored one: a restored card or a clone."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="forks")
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    raw = models.BinaryField()
    received_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "chain",
                    "seq",
                    "hash",
                ),
                name="one_copy_of_a_fork",
            ),
        )
        verbose_name_plural = "fork evidence"

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq}"


class Quarantine(models.Model):
    """A message that was not taken, to be looked at; bounded per terminal, equal messages counted once.

    `terminal` is what the topic says when it names an enrolled one, else empty.
    """

    terminal = models.CharField(max_length=32, blank=True)
    topic = models.CharField(max_length=200)
    reason = models.CharField(max_length=20)
    detail = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=1)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "terminal",
                    "digest",
                ),
                name="quarantined_once",
            ),
        )
        verbose_name_plural = "quarantine"

    def __str__(self) -> str:
        return f"{self.terminal} {self.reason}"
