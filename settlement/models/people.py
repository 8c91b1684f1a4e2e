"""Volunteers, by what their names are found, and what stands for them at a terminal."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models


class Volunteer(models.Model):
    """A person who serves, named as sites may show them.

    `may_be_named` is false for who asked to stand in no ranking, and without a name in public notices. Who
    was erased at `erased_ms` is a number without a person: the hours stay, the name is that number.
    """

    number = models.BigIntegerField(primary_key=True)
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=12, blank=True, default="")
    suspended = models.BooleanField(default=False)
    may_be_named = models.BooleanField(default=True)
    erased_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.number)


class NameKey(models.Model):
    """A beginning by which a volunteer's name is found (`settlement.name_keys`); gone with the name."""

    pk = models.CompositePrimaryKey("volunteer_id", "key")
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.CASCADE, related_name="name_keys", db_index=False
    )
    key = models.BinaryField(max_length=60)

    class Meta:
        indexes = (models.Index(fields=("key", "volunteer"), name="name_key_from"),)

    def __str__(self) -> str:
        return str(self.volunteer_id)


class Credential(models.Model):
    """A card, telephone, code or printed badge; `ref` is how events name it: a keyed hash or badge serial."""

    ref = models.CharField(max_length=80, primary_key=True)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="credentials")
    method = models.CharField(max_length=12)
    assurance = models.CharField(max_length=8)
    expires_ms = models.BigIntegerField(null=True, blank=True)
    one_use = models.BooleanField(default=False)
    revoked_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.ref
