"""Reports that are made in the background: who asked for which, and the file once it is there."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account


class ReportFile(models.Model):
    """One file that an account asked for; `asked` is what of the report, `node` how far the account reached.

    While it is made `maker` names the machine, and at `until_ms` its claim ends by itself; all times are
    real time, also `ends_ms`, when the file goes. `rows` were written so far; `why` says what broke it.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="report_files")
    node = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=20)
    form = models.CharField(max_length=4)
    language = models.CharField(max_length=12)
    asked = models.JSONField()
    asked_ms = models.BigIntegerField()
    state = models.CharField(max_length=9)
    tries = models.PositiveIntegerField(default=0)
    maker = models.CharField(max_length=80, blank=True)
    until_ms = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=500, blank=True)
    ends_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("state", "asked_ms"), name="report_file_waiting"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
