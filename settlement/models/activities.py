"""What people check in for."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.people import Volunteer
from settlement.models.sites import Site


class Activity(models.Model):
    """An activity at a site. `breaks` are [from, until) pairs of UTC milliseconds.

    `assigned_only` tells an activity whose expected volunteers are listed (Assignment) from one that
    expects nobody in particular.
    """

    id = models.CharField(max_length=40, primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=12, default="service")
    title = models.CharField(max_length=120)
    shift_start_ms = models.BigIntegerField(null=True, blank=True)
    shift_end_ms = models.BigIntegerField(null=True, blank=True)
    breaks = models.JSONField(default=list, blank=True)
    assigned_only = models.BooleanField(default=False)

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


class Assignment(models.Model):
    """A volunteer who is expected at an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="assignments")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="assignments")

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
