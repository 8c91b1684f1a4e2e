"""Lists that somebody handed over at the pages and has not decided on yet."""

from django.db import models

from settlement.models.accounts import Account


class HeldList(models.Model):
    """A list of an account, sealed by the centre's secret; gone once it is imported, dropped or over.

    An account has one: another one takes its place.
    """

    id = models.CharField(max_length=32, primary_key=True)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="held_list")
    sealed = models.BinaryField()
    until_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.account_id} until {self.until_ms}"
