"""What people check in for. Times are UTC milliseconds; intervals are [from, until)."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.organisations import Organisation
from settlement.models.people import Volunteer
from settlement.models.sites import Site


class Activity(models.Model):
    """An activity at a site, recorded by an organisation: the only one that may certify its hours (S20).

    `assigned_only` tells an activity whose expected volunteers are listed (Assignment) from one that
    expects nobody in particular. `content` and `recipients` say what was done for whom. `policy` holds what
    it fixes otherwise than the centre's rules (`settlement.rules.policy`), null: nothing.
    """

    id = models.CharField(max_length=40, primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="activities")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="activities"
    )
    kind = models.CharField(max_length=12, default="service")
    title = models.CharField(max_length=120)
    content = models.CharField(max_length=300, blank=True, default="")
    recipients = models.CharField(max_length=200, blank=True, default="")
    assigned_only = models.BooleanField(default=False)
    policy = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.title


class PhaseChange(models.Model):
    """From `from_ms` on, the activity is in this phase, until the next change."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="phases")
    phase = models.CharField(max_length=12)
    from_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "activity",
                    "from_ms",
                ),
                name="one_phase_at_a_time",
            ),
        )
        ordering = ("from_ms",)

    def __str__(self) -> str:
        return f"{self.activity_id} {self.phase}"


class Shift(models.Model):
    """Hours of service that are credited (S7); the shifts of an activity are disjoint."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="shifts")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("activity", "start_ms"), name="one_shift_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(end_ms__gt=models.F("start_ms")), name="shift_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=("end_ms", "start_ms"), name="shift_by_end"),)
        ordering = ("start_ms",)

    def __str__(self) -> str:
        return f"{self.activity_id} {self.start_ms}"


class Break(models.Model):
    """Time off within an activity, deducted where the rules say so (S8)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="breaks")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("activity", "start_ms"), name="one_break_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(end_ms__gt=models.F("start_ms")), name="break_ends_after_start"
            ),
        )
        ordering = ("start_ms",)

    def __str__(self) -> str:
        return f"{self.activity_id} {self.start_ms}"


class Post(models.Model):
    """A duty within an activity; `duty_pm` weighs it in V, in thousandths (S13)."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="posts")
    name = models.CharField(max_length=80)
    duty_pm = models.PositiveIntegerField(default=1000)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("activity", "name"), name="one_post_per_name"),
            models.CheckConstraint(
                condition=models.Q(duty_pm__gte=1000, duty_pm__lte=2000), name="duty_within_range"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A volunteer who is expected at an activity, on a post where one is named."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="assignments")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="assignments")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "activity",
                    "volunteer",
                ),
                name="assigned_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.activity_id} {self.volunteer_id}"
