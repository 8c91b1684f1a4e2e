"""Times that people wrote down, and objections to hours. Append-only, like the terminals' events."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.activities import Activity
from settlement.models.evidence import Chain
from settlement.models.people import Volunteer


class ManualRecord(models.Model):
    """A check-in or check-out entered at the centre; evidence once a second person confirmed it (S16).

    A volunteer's claim at a terminal becomes one as well: `claim_chain` and `claim_seq` name its event. So
    does the end of a `stay` (its check-in's event) that the centre puts down. Where no person wrote a
    `reason`, `reason_code` says why (`settlement.records.reasons`).
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="manual_records")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="manual_records")
    direction = models.CharField(max_length=3)
    at_ms = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    reason_code = models.CharField(max_length=30, null=True)
    entered_by = models.CharField(max_length=60)
    entered_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    entered_ms = models.BigIntegerField()
    claim_chain = models.ForeignKey(Chain, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    claim_seq = models.BigIntegerField(null=True, blank=True)
    stay = models.CharField(max_length=90, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("claim_chain", "claim_seq"), name="one_record_per_claim"),
            models.UniqueConstraint(
                fields=("volunteer", "stay", "at_ms"),
                condition=models.Q(stay__isnull=False),
                name="one_end_put_down",
            ),
            models.CheckConstraint(condition=models.Q(direction__in=("in", "out")), name="comes_or_leaves"),
        )

    def __str__(self) -> str:
        return f"manual/{self.pk}"


class ManualDecision(models.Model):
    """What a second person said to a manual record: confirmed, or declined with a note."""

    record = models.OneToOneField(
        ManualRecord, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    confirmed = models.BooleanField()
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.record_id} {'confirmed' if self.confirmed else 'declined'}"


class Replacement(models.Model):
    """What a manual record counts instead of: an event of a terminal, or a record that was confirmed (S16).

    What is replaced stays evidence. It counts again only if the record that stands for it is not confirmed.
    """

    record = models.ForeignKey(ManualRecord, on_delete=models.PROTECT, related_name="replacements")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seq = models.BigIntegerField(null=True, blank=True)
    other = models.ForeignKey(
        ManualRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(chain__isnull=False, seq__isnull=False, other__isnull=True)
                | models.Q(chain__isnull=True, seq__isnull=True, other__isnull=False),
                name="replaces_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_id} instead of {self.other_id or f'{self.chain_id}/{self.seq}'}"


class Dispute(models.Model):
    """An objection to a line, or to its absence: of a volunteer, in an activity, on a local date."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="disputes")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="disputes")
    local_date = models.DateField()
    objection = models.CharField(max_length=1000)
    raised_by = models.CharField(max_length=40)
    raised_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    raised_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.local_date}"


class DisputeAnswer(models.Model):
    """How a dispute ended: `outcome` is upheld, partly_upheld or rejected, `answer` says why."""

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, primary_key=True, related_name="answer")
    outcome = models.CharField(max_length=13)
    answer = models.CharField(max_length=1000)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=("upheld", "partly_upheld", "rejected")), name="known_outcome"
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.outcome}"


class DisputeRecord(models.Model):
    """A manual record that corrects what an objection was upheld for."""

    record = models.OneToOneField(
        ManualRecord, on_delete=models.PROTECT, primary_key=True, related_name="of_dispute"
    )
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="records")

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.record_id}"


class Sheet(models.Model):
    """Manual records of one activity and local date that were entered together, as a paper list was.

    `form` names the form that they were sent by: sent twice, it is entered once.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="sheets")
    local_date = models.DateField()
    form = models.CharField(max_length=32)
    entered_by = models.CharField(max_length=60)
    entered_account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    entered_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entered_account", "form"), name="one_sheet_per_form"),
        )

    def __str__(self) -> str:
        return f"sheet {self.pk}"


class SheetRecord(models.Model):
    """In which row of a sheet a manual record stands."""

    record = models.OneToOneField(
        ManualRecord, on_delete=models.PROTECT, primary_key=True, related_name="of_sheet"
    )
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="records")
    row = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("row", "record")

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.record_id}"
