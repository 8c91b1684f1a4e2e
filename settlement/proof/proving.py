"""The proof of one row: its leaf, the way to a signed head, and what of its sealed values is to be shown."""

from collections.abc import Collection

from settlement.models import ProofLeaf
from settlement.proof.checkpoints import newest_checkpoint
from settlement.proof.leaves import SEAL_BYTES, Shown, leaf_content, shown
from settlement.proof.note import read_head
from settlement.proof.proof_text import Proof
from settlement.proof.sources import Said, of_kind
from settlement.proof.stored import StoredTiles
from settlement.proof.tree import inclusion_proof


def proof_of(kind: str, subject: str, show: Collection[str] = ()) -> Proof | None:
    """What proves a row of that kind; None as long as no checkpoint covers it.

    `show` names sealed values that it tells in clear; none of a person whose words were erased.
    """
    leaf = ProofLeaf.objects.filter(kind=kind, subject=subject).first()
    checkpoint = newest_checkpoint(leaf.place) if leaf else ""
    if leaf is None or not checkpoint:
        return None
    said = what_is_said(kind, subject)
    seals = split_seals(bytes(leaf.seals))
    return Proof(
        leaf_content(kind, said.plain, seals),
        leaf.place,
        inclusion_proof(StoredTiles(), leaf.place, read_head(checkpoint).size),
        checkpoint,
        _opened(said, seals, bytes(leaf.salt), show) if show and leaf.salt else (),
    )


def what_is_said(kind: str, subject: str) -> Said:
    """What a row says that is in the tree."""
    source = of_kind(kind)
    return next(said for _pk, said in source.read_rows(source.rows().filter(pk=subject)))


def split_seals(seals: bytes) -> list[bytes]:
    """The hashes of sealed values, one by one."""
    return [seals[first : first + SEAL_BYTES] for first in range(0, len(seals), SEAL_BYTES)]


def _opened(said: Said, seals: list[bytes], salt: bytes, show: Collection[str]) -> list[Shown | bytes]:
    values = shown(salt, said.sealed)
    return [one if one.name in show else seal for one, seal in zip(values, seals, strict=True)]
