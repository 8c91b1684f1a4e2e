"""One-time codes that were issued here."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.people import Volunteer
from settlement.models.sites import Site


class IssuedCode(models.Model):
    """A code as `sync.contract.one_time_code` has it: its digits and the telephone only as keyed hashes.

    `given_ms` is when it was first given to the site's terminals, null before.
    """

    ref = models.CharField(max_length=80, primary_key=True)
    lookup = models.CharField(max_length=80)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="codes")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="codes")
    telephone = models.CharField(max_length=80)
    issued_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    given_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("telephone", "issued_ms"), name="code_of_telephone"),
            models.Index(fields=("site", "expires_ms"), name="code_of_site"),
            models.Index(
                fields=("expires_ms",), name="code_not_given", condition=models.Q(given_ms__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return self.ref
