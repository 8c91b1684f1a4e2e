"""The tree in the database: its tiles, how it grows, and how leaves forget what they sealed."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Cast

from settlement.models import ProofLeaf, ProofNode, Store
from settlement.proof.leaves import SALT_BYTES, leaf_content, shown
from settlement.proof.sources import SOURCES, Said, Source, of_volunteers
from settlement.proof.tree import TILE_WIDTH, grown, leaf_hash

_AT_ONCE = 2000
"""Leaves that one transaction adds: others write in between."""


class StoredTiles:
    """The tiles of the database, each read once; as long as it is used, the tree must not grow."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, int], Sequence[bytes]] = {}

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        """As `settlement.proof.tree.Tiles` says."""
        if (level, index) not in self._read:
            first = index * TILE_WIDTH
            span = (first, first + TILE_WIDTH - 1)
            rows = (
                ProofNode.objects.filter(level=level, index__range=span).order_by("index")
                if level
                else ProofLeaf.objects.filter(place__range=span).order_by("place")
            )
            self._read[level, index] = [bytes(one) for one in rows.values_list("hash", flat=True)]
        return self._read[level, index]


def tree_size() -> int:
    """How many leaves there are."""
    last: int | None = ProofLeaf.objects.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def take_in(volunteers: Collection[int] | None = None) -> int:
    """Make leaves of all rows that are none yet, of these volunteers or of everybody; returns how many.

    The order is that of `SOURCES` and of their keys. Cut off, it goes on where it was.
    """
    return sum(_take_in(source, volunteers) for source in SOURCES)


def without_leaf(source: Source, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of a source's rows that are not in the tree."""
    subject = Cast(OuterRef("pk"), CharField(max_length=25))
    return rows.filter(~Exists(ProofLeaf.objects.filter(kind=source.kind, subject=subject)))


def forget_sealed(volunteers: Collection[int]) -> None:
    """Take away by what the words about these volunteers were sealed: nobody can try them out any more."""
    for source in SOURCES:
        if source.vanishes:
            pks = of_volunteers(source, volunteers).values_list("pk", flat=True)
            leaves = ProofLeaf.objects.filter(kind=source.kind, subject__in=[str(pk) for pk in pks])
            leaves.exclude(salt=b"").update(salt=b"")


def _take_in(source: Source, volunteers: Collection[int] | None) -> int:
    rows = source.rows() if volunteers is None else of_volunteers(source, volunteers)
    taken, chosen = 0, _next_without_leaf(source, rows)
    while chosen:
        with transaction.atomic():
            Store.objects.select_for_update(no_key=True).get()  # one process at a time
            missing = without_leaf(source, source.rows().filter(pk__in=chosen))
            _append(source.kind, source.read_rows(missing))
        taken += len(chosen)
        chosen = _next_without_leaf(source, rows.filter(pk__gt=chosen[-1]))
    return taken


def _next_without_leaf(source: Source, rows: QuerySet[Any]) -> list[Any]:
    return list(without_leaf(source, rows).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


def _append(kind: str, rows: Iterator[tuple[Any, Said]]) -> None:
    size = tree_size()
    leaves = [_leaf(size + more, kind, str(pk), said) for more, (pk, said) in enumerate(rows)]
    ProofLeaf.objects.bulk_create(leaves)
    levels = enumerate(grown(StoredTiles(), size, [bytes(leaf.hash) for leaf in leaves]))
    next(levels, None)  # the leaves themselves
    for level, hashes in levels:
        first = size // TILE_WIDTH**level
        ProofNode.objects.bulk_create(
            ProofNode(level=level, index=first + more, hash=one) for more, one in enumerate(hashes)
        )


def _leaf(place: int, kind: str, subject: str, said: Said) -> ProofLeaf:
    salt = secrets.token_bytes(SALT_BYTES)
    seals = [one.seal for one in shown(salt, said.sealed)]
    content = leaf_content(kind, said.plain, seals)
    return ProofLeaf(
        place=place,
        kind=kind,
        subject=subject,
        salt=salt,
        seals=b"".join(seals),
        hash=leaf_hash(content),
    )
