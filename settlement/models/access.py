"""Who took somebody's right to check in, or gave it back, and why. Append-only."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.people import Volunteer


class AccessChange(models.Model):
    """A badge, card or telephone (`ref`) was revoked or restored; without one, the person was suspended or
    resumed.

    A revoked one stands for nobody from `from_ms` on, else null. What holds now stands in `Credential` and
    `Volunteer`; here stand the reasons.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="access_changes")
    ref = models.CharField(max_length=80, blank=True)
    change = models.CharField(max_length=7)
    from_ms = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(change__in=("revoke", "restore"), ref__gt="")
                | models.Q(change__in=("suspend", "resume"), ref=""),
                name="credential_or_person",
            ),
            models.CheckConstraint(
                condition=models.Q(change="revoke", from_ms__isnull=False)
                | (~models.Q(change="revoke") & models.Q(from_ms__isnull=True)),
                name="only_a_revocation_has_a_moment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.ref} {self.change}"
