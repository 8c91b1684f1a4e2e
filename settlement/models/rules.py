"""The rules that hours were computed with, and from which date each version holds."""

from django.db import models

from settlement.models.accounts import Account


class RuleVersion(models.Model):
    """A rule set as it was put in force, so that a result can be computed again years later."""

    version = models.PositiveIntegerField(primary_key=True)
    content = models.JSONField()
    first_used_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.version)


class RuleChange(models.Model):
    """From the local date `since` on (null: ever since) that version holds, whatever was said before.

    Append-only. `by` and `reason` are empty for the version that a centre began with.
    """

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="changes")
    since = models.DateField(null=True)
    by = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.version_id} from {self.since or 'ever'} on"
