"""What the rules made of the evidence: always computable again, and replaced as a whole per volunteer.

Instants are whole seconds since 1970 (UTC), as the rules count them; T is in seconds.
"""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.activities import Activity
from settlement.models.evidence import Chain
from settlement.models.people import Volunteer
from settlement.models.records import ManualRecord
from settlement.models.rules import RuleVersion


class Unsettled(models.Model):
    """A volunteer with new evidence, or with corrected master data (`master_data`): the reason that an
    adjustment gives.

    Whoever settles claims the row, and deletes it only if `mark` is unchanged: nothing came meanwhile.
    """

    volunteer = models.OneToOneField(Volunteer, on_delete=models.CASCADE, primary_key=True)
    mark = models.CharField(max_length=16)
    master_data = models.BooleanField(default=False)
    since_ms = models.BigIntegerField()
    claim = models.CharField(max_length=16, blank=True, default="")
    claimed_until_ms = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "unsettled"

    def __str__(self) -> str:
        return str(self.volunteer_id)


class Settled(models.Model):
    """The last settlement of a volunteer; `rules` is the version that held that day.

    `digest` tells whether a new one differs. At `reconsider_ms` time alone changes the result: a session that
    is still open then counts as never closed (S6).
    """

    volunteer = models.OneToOneField(Volunteer, on_delete=models.CASCADE, primary_key=True)
    digest = models.CharField(max_length=64)
    total_s = models.BigIntegerField()
    rules = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="settled")
    settled_ms = models.BigIntegerField()
    reconsider_ms = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        verbose_name_plural = "settled"

    def __str__(self) -> str:
        return str(self.volunteer_id)


class Session(models.Model):
    """One stay in one activity. `raw_s` plus the changes of `trace` is `t_s`.

    `in_event` and `out_event` name the evidence as terminal/epoch/seq; `trace` holds the steps of
    `settlement.rules.trace` in order.
    """

    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.CASCADE, db_index=False, related_name="sessions"
    )
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, db_index=False, related_name="sessions")
    in_s = models.BigIntegerField(null=True)
    out_s = models.BigIntegerField(null=True)
    raw_s = models.BigIntegerField()
    t_s = models.BigIntegerField()
    line_date = models.DateField()
    is_open = models.BooleanField()
    flags = models.JSONField()
    trace = models.JSONField()
    in_event = models.CharField(max_length=90, blank=True)
    out_event = models.CharField(max_length=90, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=(
                    "activity",
                    "line_date",
                ),
                name="session_of_day",
            ),
            models.Index(fields=("volunteer", "activity"), name="session_of_person"),
            models.Index(
                fields=("activity", "volunteer"), condition=models.Q(is_open=True), name="session_open"
            ),
            models.Index(
                fields=("activity", "id"), condition=models.Q(is_open=True), name="session_open_newest"
            ),
            models.Index(
                fields=("volunteer", "in_event"),
                condition=models.Q(out_s__isnull=True),
                name="session_unended",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.line_date}"


class Line(models.Model):
    """What a volunteer earned in one activity on one local date (S12), as it is computed now."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, db_index=False, related_name="lines")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, db_index=False, related_name="lines")
    local_date = models.DateField()
    t_s = models.BigIntegerField()
    flags = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "volunteer",
                    "activity",
                    "local_date",
                ),
                name="one_line_per_day",
            ),
        )
        indexes = (
            models.Index(
                fields=(
                    "activity",
                    "local_date",
                ),
                name="line_of_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.local_date}"


class EventOutcome(models.Model):
    """Why a piece of evidence entered no session: a terminal's event (`chain`, `seq`), or a manual record."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="outcomes")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, null=True, db_index=False)
    seq = models.BigIntegerField(null=True)
    record = models.ForeignKey(ManualRecord, on_delete=models.PROTECT, null=True, db_index=False)
    activity = models.CharField(max_length=40)
    at_s = models.BigIntegerField()
    outcome = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(chain__isnull=False, seq__isnull=False, record__isnull=True)
                | models.Q(chain__isnull=True, seq__isnull=True, record__isnull=False),
                name="one_piece_of_evidence",
            ),
        )
        indexes = (
            models.Index(
                fields=(
                    "activity",
                    "at_s",
                ),
                name="outcome_of_activity",
            ),
            models.Index(fields=("chain", "at_s"), name="outcome_of_chain"),
        )

    def __str__(self) -> str:
        return f"{self.record or (self.chain_id, self.seq)} {self.outcome}"

    @property
    def source(self) -> str:
        """What the outcome is about: terminal/epoch/seq, or manual/number."""
        return f"{self.chain}/{self.seq}" if self.chain else str(self.record)
