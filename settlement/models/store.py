"""Which database this is."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models


class Store(models.Model):
    """The one row that names the database in every acknowledgement.

    `generation` grows when an older backup is restored (`muster centre restore-check --restored`) or a
    standby takes over: terminals notice and greet at once. `line` is the server's line of history that wrote
    here last (`settlement.database.fail_over`). The realm never changes: a demo's database can't become a
    live one.
    `signing_key` and `pseudonym_key` are the fingerprints of the centre's keys (SHA-256): every machine that
    serves this database has these.
    """

    identity = models.CharField(max_length=32, unique=True)
    generation = models.PositiveIntegerField(default=1)
    realm = models.CharField(max_length=8)
    created_ms = models.BigIntegerField()
    line = models.CharField(max_length=40, default="")
    signing_key = models.CharField(max_length=64, default="")
    pseudonym_key = models.CharField(max_length=64, default="")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="only_one_store"),)

    def __str__(self) -> str:
        return self.identity
