"""Is the tree still what the rows say, and what the centre signed? Every leaf is computed anew."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from settlement.models import ProofCheckpoint, ProofLeaf, ProofNode, Volunteer
from settlement.proof.leaves import leaf_content, shown
from settlement.proof.note import NoteKey, read_head, signer
from settlement.proof.proving import split_seals
from settlement.proof.sources import SOURCES, Said, of_kind
from settlement.proof.stored import without_leaf
from settlement.proof.tree import Edge, leaf_hash

_AT_ONCE = 2000


class Tampering(StrEnum):
    """What was done to rows that the centre signed for."""

    ALTERED = "altered"
    """A row says something else than when it was taken in."""
    UNSEALED = "unsealed"
    """By what its values were sealed is gone, and nobody was erased."""
    GONE = "gone"
    """A row is not there any more."""
    LEAF_GONE = "leaf_gone"
    """A place of the tree is empty."""
    HEAD = "head"
    """The leaves don't lead to a head that was signed."""
    SIGNATURE = "signature"
    """A head is not signed by this centre."""
    NODE = "node"
    """A hash above the leaves is another one than they make."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is not as it was: `what` is the place, the size, or the kind and key of a row."""

    tampering: Tampering
    what: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit saw: how many leaves and heads, rows that no leaf stands for yet, and what is wrong."""

    leaves: int
    heads: int
    waiting: int
    found: tuple[Found, ...]


def audit(keys: Collection[NoteKey], notes: Collection[str] = ()) -> Audit:
    """Compare rows, tree and every checkpoint: the centre's own, and `notes` that others have kept.

    Raises ValueError for a note that is no checkpoint.
    """
    kept = [*ProofCheckpoint.objects.order_by("pk").values_list("note", flat=True), *notes]
    found: list[Found] = []
    roots: dict[int, list[bytes]] = defaultdict(list)
    for note in kept:
        head = read_head(note)
        roots[head.size].append(head.root)
        if signer(note, keys) is None:
            found.append(Found(Tampering.SIGNATURE, str(head.size)))
    edge = Edge()
    for stored in _leaves(found):
        if edge.size in roots:
            found += _heads(roots.pop(edge.size), edge)
        found += _nodes(edge.append(stored))
    for size in sorted(roots):
        found += _heads(roots[size], edge) if size == edge.size else [Found(Tampering.HEAD, str(size))]
    waiting = sum(without_leaf(source, source.rows()).count() for source in SOURCES)
    return Audit(edge.size, len(kept), waiting, tuple(found))


def _leaves(found: list[Found]) -> Iterator[bytes]:
    """The hash of each leaf in order; what is wrong with its row is added to `found`."""
    erased = set(map(str, Volunteer.objects.filter(erased_ms__isnull=False).values_list("pk", flat=True)))
    expected = count()
    after = -1
    while rows := list(ProofLeaf.objects.filter(place__gt=after).order_by("place")[:_AT_ONCE]):
        said = _said(rows)
        for leaf in rows:
            place = next(expected)
            if leaf.place != place:
                found.append(Found(Tampering.LEAF_GONE, str(place)))
                expected = count(leaf.place + 1)
            tampering = _of_row(leaf, said.get((leaf.kind, leaf.subject)), erased)
            if tampering:
                found.append(Found(tampering, f"{leaf.kind} {leaf.subject}"))
            yield bytes(leaf.hash)
        after = rows[-1].place


def _said(leaves: Collection[ProofLeaf]) -> dict[tuple[str, str], Said]:
    subjects: dict[str, list[str]] = defaultdict(list)
    for leaf in leaves:
        subjects[leaf.kind].append(leaf.subject)
    return {
        (kind, str(pk)): said
        for kind in subjects.keys() & {source.kind for source in SOURCES}
        for pk, said in of_kind(kind).read_rows(of_kind(kind).rows().filter(pk__in=subjects[kind]))
    }


def _of_row(leaf: ProofLeaf, said: Said | None, erased: Collection[str]) -> Tampering | None:
    """What was done to a row; what is sealed is compared as long as its words were not erased."""
    if said is None:
        return Tampering.GONE
    salt, seals = bytes(leaf.salt), split_seals(bytes(leaf.seals))
    if not salt and not (of_kind(leaf.kind).vanishes and said.sealed["volunteer"] in erased):
        return Tampering.UNSEALED
    is_same = not salt or [one.seal for one in shown(salt, said.sealed)] == seals
    is_same = is_same and leaf_hash(leaf_content(leaf.kind, said.plain, seals)) == bytes(leaf.hash)
    return None if is_same else Tampering.ALTERED


def _heads(roots: Collection[bytes], edge: Edge) -> list[Found]:
    return [Found(Tampering.HEAD, str(edge.size)) for root in roots if root != edge.root()]


def _nodes(made: list[tuple[int, int, bytes]]) -> list[Found]:
    return [
        Found(Tampering.NODE, f"{level} {index}")
        for level, index, made_hash in made
        if not ProofNode.objects.filter(level=level, index=index, hash=made_hash).exists()
    ]
