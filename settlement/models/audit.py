"""Who changed what, and who looked at personal data in clear. Append-only; the values can be erased."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account


class AuditRecord(models.Model):
    """A change of master data, access, settings, staff or accounts, or a look at personal data.

    `name` is the account's as it was then; without an account the centre did it by itself. `kind` and
    `subject` say of what, `fields` which of its values changed; the values themselves stand in AuditValues,
    whose SHA-256 is `digest`. `request` is shared by whatever one click, call or command did.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=12)
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=120)
    fields = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    request = models.CharField(max_length=32, blank=True, default="")
    at_ms = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=("kind", "subject"), name="audit_of_subject"),
            models.Index(fields=("request",), condition=~models.Q(request=""), name="audit_of_request"),
            models.Index(fields=("at_ms",), name="audit_of_time"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.subject}"


class AuditValues(models.Model):
    """What a thing was before a change and after it (null where there was nothing): a table of its own, for a
    person who is erased takes the own values along, and the rows of the audit stay.
    """

    record = models.OneToOneField(
        AuditRecord, on_delete=models.PROTECT, primary_key=True, related_name="values"
    )
    volunteer = models.BigIntegerField(null=True, blank=True, db_index=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "audit values"

    def __str__(self) -> str:
        return str(self.record_id)
