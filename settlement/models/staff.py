"""Who may act at terminals with a PIN."""

from django.db import models

from settlement.models.accounts import Account
from settlement.models.sites import Site


class StaffMember(models.Model):
    """Somebody of the staff of a site, or of every site where `site` is null; nobody any more once removed.

    `reference` is how events name them, the own volunteer number where they are a volunteer; `verifier` is
    Argon2id's of the PIN. `account` is the same person's at the centre, if any: four eyes are counted by it.
    """

    reference = models.CharField(max_length=40, primary_key=True)
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=12)
    verifier = models.CharField(max_length=200)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="staff")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    entered_ms = models.BigIntegerField()
    removed_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.reference
