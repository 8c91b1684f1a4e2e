"""What was published of hours and gifts. Append-only: a notice that hung on a board is not changed."""

from django.db import models

from settlement.models.accounts import Account
from settlement.models.organisations import Organisation


class PublicNotice(models.Model):
    """The notice of a year as it was published: `content` is the table of `settlement.reports.table`.

    `organisation` is the branch that it is about; none for the whole centre.
    """

    year = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    content = models.JSONField()
    published_by = models.CharField(max_length=40)
    published_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    published_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.year} {self.published_ms}"


class NoticeWithdrawal(models.Model):
    """That a notice is public no more, and why; what it said is kept beside it."""

    notice = models.OneToOneField(
        PublicNotice, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal"
    )
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.notice_id} withdrawn {self.at_ms}"
