"""What was computed, and what people decided about it. Append-only: database triggers forbid the rest."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.activities import Activity
from settlement.models.people import Volunteer
from settlement.models.records import Dispute
from settlement.models.rules import RuleVersion


class LedgerEntry(models.Model):
    """Seconds that a line gains or loses once they are approved (S17); see `settlement.rules.ledger.Entry`.

    `sessions` are the line's sessions as they were computed then, each with the trace of the rules that made
    it; `rules` is the version that judges the line's date.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, db_index=False, related_name="entries")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, db_index=False, related_name="entries")
    local_date = models.DateField()
    kind = models.CharField(max_length=10)
    rev = models.PositiveIntegerField()
    delta_s = models.BigIntegerField()
    reason = models.CharField(max_length=12, blank=True)
    flags = models.JSONField()
    hands = models.JSONField()
    sessions = models.JSONField()
    rules = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, db_index=False, related_name="entries")
    entered_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("volunteer", "activity", "local_date", "kind", "rev"), name="one_entry_per_revision"
            ),
        )
        indexes = (models.Index(fields=("activity", "local_date"), name="entry_of_day"),)
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.local_date} {self.kind} {self.rev}"


class Review(models.Model):
    """What ended an entry's waiting: a person's decision, or a newer computation that took its place.

    An entry has one at most, so two who decide at the same moment can't both. `override` is the reason for
    which lines were reviewed before their evidence was complete (S14).
    """

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, primary_key=True)
    state = models.CharField(max_length=10)
    by = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)
    override = models.CharField(max_length=300, blank=True)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="superseded", by="")
                | models.Q(state__in=("approved", "rejected")) & ~models.Q(by=""),
                name="a_person_decides",
            ),
        )
        # Few are rejected: whoever asks which need not go through all that were ever decided.
        indexes = (
            models.Index(fields=("entry",), condition=models.Q(state="rejected"), name="rejected_entries"),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"


class WaitingEntry(models.Model):
    """An entry without a review: what waits, however much was ever decided.

    The database itself keeps it, by triggers: an entry enters here, and its review takes it out. It repeats
    what a review asks for of its entry, none of which ever changes.
    """

    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="waiting"
    )
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, db_index=False, related_name="+")
    local_date = models.DateField()
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    flags = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=("activity", "local_date", "entry"), name="waiting_in_activity"),
            models.Index(fields=("local_date", "activity", "entry"), name="waiting_since"),
        )
        verbose_name_plural = "waiting entries"

    def __str__(self) -> str:
        return f"{self.entry_id} waits"


class HeldReview(models.Model):
    """What one click decided on entries of an activity, as long as it can be undone, and what became of it.

    `post_at_ms` is real time, whatever clock the evidence has. `entries` are those that were decided on,
    `stayed` those that weren't when it was posted, with the codes why; `trouble` is why nothing was posted.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="held_reviews")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    by = models.CharField(max_length=40)
    verdict = models.CharField(max_length=14)
    note = models.CharField(max_length=300, blank=True)
    override = models.CharField(max_length=300, blank=True)
    entries = models.JSONField()
    asked_ms = models.BigIntegerField()
    post_at_ms = models.BigIntegerField()
    state = models.CharField(max_length=10)
    ended_ms = models.BigIntegerField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    stayed = models.JSONField(default=list)
    trouble = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("post_at_ms",), condition=models.Q(state="held"), name="review_to_post"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.verdict} {self.state}"


class HeldEntry(models.Model):
    """An entry that a held decision is about: nobody else decides on it at the pages meanwhile."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="held")
    review = models.ForeignKey(HeldReview, on_delete=models.PROTECT, related_name="held")

    def __str__(self) -> str:
        return f"{self.entry_id} held by {self.review_id}"


class LiftedCap(models.Model):
    """A reviewer let a volunteer earn more than the daily cap on that date (S11); `entry` showed the cut."""

    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, db_index=False, related_name="lifted_caps"
    )
    local_date = models.DateField()
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, db_index=False, related_name="lifted_caps"
    )
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("volunteer", "local_date"), name="lifted_once"),)

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.local_date}"


class CreditedStay(models.Model):
    """A reviewer said that a check-in and a check-out are one stay, longer than a stay may last (S5).

    `came` and `left` name the events as sessions do; `entry` is what showed that they were apart. Where
    another event has come to light between them, a later decision may name that one: the last word counts.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="credited_stays")
    came = models.CharField(max_length=90, db_index=True)
    left = models.CharField(max_length=90)
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, db_index=False, related_name="credited_stays"
    )
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.came}"


class Reopening(models.Model):
    """A rejection that another person took back, with a reason: the same result may be asked again (S15).

    `dispute` is the objection that was upheld, where one was. The rejected entry stays as it is.
    """

    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="reopening"
    )
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=300)
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, null=True, blank=True, related_name="reopenings"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(by=""), name="a_person_reopens"),)

    def __str__(self) -> str:
        return f"{self.entry_id} reopened"
