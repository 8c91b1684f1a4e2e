"""Who organises service: a tree of organisations, and who belongs to them since when."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.people import Volunteer


class Organisation(models.Model):
    """A district, university, association or team. `path` is its place in the tree.

    Four digits for each level: 00010003 is the third below 0001. Whatever lies below an organisation has a
    path that begins with its own, so a subtree is one range of paths. `issuer` are the six digits under which
    it issues certificates; empty for one that issues none. `in_charge` is who answers for what it records,
    and stands on its certificates.
    """

    path = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    issuer = models.CharField(max_length=6, blank=True, default="")
    in_charge = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("issuer",), name="one_organisation_per_issuer", condition=~models.Q(issuer="")
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A volunteer belongs to an organisation from `joined_ms` until `left_ms`, if that day has come."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    joined_ms = models.BigIntegerField()
    left_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("volunteer", "organisation"),
                name="member_once_at_a_time",
                condition=models.Q(left_ms__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(left_ms__isnull=True) | models.Q(left_ms__gte=models.F("joined_ms")),
                name="left_after_joining",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.organisation_id}"
