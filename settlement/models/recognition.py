"""What service is valued at, and what it earns besides hours: ratings, gifts for points, stars."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.activities import Activity
from settlement.models.people import Volunteer


class Rating(models.Model):
    """The effect of somebody's service in an activity, in thousandths (1000: as expected); append-only.

    `role` is who judged: self, peer, leader or recipient. Whoever rates again is heard with the last rating.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="ratings")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="ratings")
    role = models.CharField(max_length=9)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    effect_pm = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=("self", "peer", "leader", "recipient")), name="known_role"
            ),
            models.CheckConstraint(condition=models.Q(effect_pm__lte=1500), name="effect_within_range"),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.role}"


class RatingLink(models.Model):
    """A secret by which somebody without an account rates once, until `ends_ms`; its hash is kept.

    `rater` is the volunteer who is asked, the own service or a colleague's; none for whoever was served.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="rating_links")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="rating_links")
    role = models.CharField(max_length=9)
    rater = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, null=True, blank=True, related_name="asked_to_rate"
    )
    digest = models.CharField(max_length=64, unique=True)
    asked_by = models.CharField(max_length=40)
    asked_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    asked_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField(db_index=True)
    used_ms = models.BigIntegerField(null=True, blank=True)
    withdrawn_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=("self", "peer"), rater__isnull=False)
                | models.Q(role="recipient", rater__isnull=True),
                name="link_for_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.activity_id} {self.role}"


class Exchange(models.Model):
    """An application to exchange points for a gift: applied, then approved or rejected, then fulfilled (S18).

    It moves forward only, each step by a conditional update; the names of those who took them stay.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="exchanges")
    tier = models.CharField(max_length=40)
    local_date = models.DateField()
    state = models.CharField(max_length=9)
    applied_ms = models.BigIntegerField()
    reviewed_by = models.CharField(max_length=40, blank=True)
    reviewed_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reviewed_ms = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    fulfilled_by = models.CharField(max_length=40, blank=True)
    fulfilled_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    fulfilled_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="applied", reviewed_by="")
                | models.Q(state__in=("approved", "rejected"), fulfilled_by="") & ~models.Q(reviewed_by="")
                | models.Q(state="fulfilled") & ~models.Q(reviewed_by="") & ~models.Q(fulfilled_by=""),
                name="each_step_by_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("applied_ms",), name="gift_applied_for", condition=models.Q(state="applied")
            ),
            models.Index(
                fields=("reviewed_ms",), condition=models.Q(state="approved"), name="gift_to_hand_out"
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.tier} {self.state}"


class StarReview(models.Model):
    """An adjustment took approved time below a star that was reached; a person decides what follows (S19).

    `withdrawn` is null until then.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="star_reviews")
    stars_before = models.PositiveSmallIntegerField()
    stars_after = models.PositiveSmallIntegerField()
    approved_s = models.BigIntegerField()
    raised_ms = models.BigIntegerField()
    withdrawn = models.BooleanField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    decided_ms = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(withdrawn__isnull=True, decided_by="")
                | models.Q(withdrawn__isnull=False) & ~models.Q(decided_by=""),
                name="stars_decided_by_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("raised_ms",), name="stars_undecided", condition=models.Q(withdrawn__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.stars_before} to {self.stars_after}"
