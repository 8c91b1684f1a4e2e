"""The tree over settled hours (`settlement.proof`): its leaves, what stands above them, and signed heads.

Append-only. It is filled from rows that are append-only themselves, and repeats none of their values.
"""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models


class ProofLeaf(models.Model):
    """Which row of which kind stands at a place of the tree (from 0 on), and its hash.

    `seals` are the hashes of its sealed values, 32 bytes each, by `salt`: that is taken away, and nothing
    else, when the words that it sealed are erased.
    """

    place = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=25)
    salt = models.BinaryField(max_length=16)
    seals = models.BinaryField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "subject"), name="one_leaf_per_row"),)
        verbose_name_plural = "proof leaves"

    def __str__(self) -> str:
        return f"{self.place} {self.kind} {self.subject}"


class ProofNode(models.Model):
    """The root of the 256^level leaves from place `index` * 256^level on; level 0 are the leaves."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.level} {self.index}"


class ProofCheckpoint(models.Model):
    """A head that the centre signed: how many leaves, and the whole signed note."""

    size = models.BigIntegerField()
    note = models.TextField()
    made_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.size} {self.made_ms}"
