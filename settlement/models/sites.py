"""Where service happens, and the terminals that stand there."""

from django.db import models

from settlement.models.organisations import Organisation


class Site(models.Model):
    """A place with terminals; `zone` is the IANA zone in which its people read times.

    `organisation` runs it; one that nobody runs is the highest level's alone.
    """

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=40)
    language = models.CharField(max_length=12, default="en")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="sites"
    )

    def __str__(self) -> str:
        return self.name


class Terminal(models.Model):
    """An enrolled terminal: who it is on the wire. A demo's terminal is known by its realm.

    `revoked_ms` is when it lost its right to speak, `wipe_told_ms` when it was last told to forget what it
    holds, `wiped_ms` when it said that it has.
    """

    id = models.CharField(max_length=32, primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="terminals")
    bucket = models.CharField(max_length=2)
    public_key = models.CharField(max_length=64, unique=True)
    realm = models.CharField(max_length=8)
    revoked_ms = models.BigIntegerField(null=True, blank=True)
    wipe_told_ms = models.BigIntegerField(null=True, blank=True)
    wiped_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id
