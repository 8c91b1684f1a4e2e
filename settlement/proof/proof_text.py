"""A proof as a text of its own, and its check: no database, no network, only public keys. Pure.

It is a C2SP tlog-proof, whose extra data hold the leaf and what is shown of its sealed values:

    c2sp.org/tlog-proof@v1
    extra eyJvZiI6ImNlcnRpZmljYXRlIiwibnVtYmVyIjo…
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
    …

    muster/live/0123456789abcdef
    …
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from settlement.proof.leaves import SALT_BYTES, SEAL_BYTES, Shown, sealed
from settlement.proof.note import Head, NoteKey, read_head, signer
from settlement.proof.texts import bytes_of, number_of, text_of
from settlement.proof.tree import is_included, leaf_hash

LONGEST = 8192
"""Of a text that is read at all, in characters."""
_FIRST = "c2sp.org/tlog-proof@v1"
_HIGHEST = 60


class ProofFault(StrEnum):
    """Why a text proves nothing."""

    UNREADABLE = "unreadable"
    """It is no proof, or one of its signs was changed."""
    UNSIGNED = "unsigned"
    """None of the keys signed the head that it leads to."""
    NOT_IN_TREE = "not_in_tree"
    """What it says doesn't lead to that head."""
    NOT_SEALED = "not_sealed"
    """What it shows is not what was sealed."""


class ProofError(Exception):
    """A text proves nothing; `fault` says why."""

    def __init__(self, fault: ProofFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf, its place, the way from it to a root, and the checkpoint that bears that root.

    `opened` are all sealed values in their order: the hash, or the value that is shown; nothing where none
    is shown.
    """

    leaf: bytes
    index: int
    path: Sequence[bytes]
    checkpoint: str
    opened: Sequence[Shown | bytes] = ()

    def __str__(self) -> str:
        extra = self.leaf
        if self.opened:
            extra += b"\n" + msgspec.json.encode([_written(one) for one in self.opened])
        lines = [_FIRST, f"extra {text_of(extra)}", f"index {self.index}", *map(text_of, self.path)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof proves: these values were in that tree, which that key signed."""

    plain: Mapping[str, object]
    shown: Sequence[Shown]
    index: int
    head: Head
    key: NoteKey


def check_proof(text: str, keys: Collection[NoteKey]) -> Proven:
    """What a text proves to whoever believes these keys; raises ProofError."""
    try:
        proof = read_proof(text)
        head, key = read_head(proof.checkpoint), signer(proof.checkpoint, keys)
        plain = msgspec.json.decode(proof.leaf, type=dict[str, str | int | bool])
    except ValueError as error:  # msgspec's are ValueErrors
        raise ProofError(ProofFault.UNREADABLE) from error
    if key is None:
        raise ProofError(ProofFault.UNSIGNED)
    if not is_included(leaf_hash(proof.leaf), proof.index, head.size, proof.path, head.root):
        raise ProofError(ProofFault.NOT_IN_TREE)
    seals = [one.seal if isinstance(one, Shown) else one for one in proof.opened]
    if seals and plain.get("sealed") != text_of(sealed(seals)):
        raise ProofError(ProofFault.NOT_SEALED)
    return Proven(plain, [one for one in proof.opened if isinstance(one, Shown)], proof.index, head, key)


def read_proof(text: str) -> Proof:
    """The parts of a proof, of which nothing is believed yet; raises ValueError for what is none.

    Each has one spelling alone: whatever was changed in a text is another proof, or none.
    """
    above, _blank, checkpoint = text.partition("\n\n")
    first, extra, index, *path = above.split("\n")
    leaf, _newline, opened = bytes_of(extra.removeprefix("extra ")).partition(b"\n")
    proof = Proof(
        leaf,
        number_of(index.removeprefix("index ")),
        [bytes_of(line, SEAL_BYTES) for line in path],
        checkpoint,
        [_read(one) for one in msgspec.json.decode(opened, type=list[str | tuple[str, str, str]])]
        if opened
        else (),
    )
    if first != _FIRST or len(text) > LONGEST or len(path) > _HIGHEST or str(proof) != text:
        raise ValueError(text[:80])
    return proof


def _written(one: Shown | bytes) -> object:
    return (one.name, text_of(one.salt), one.value) if isinstance(one, Shown) else text_of(one)


def _read(one: str | tuple[str, str, str]) -> Shown | bytes:
    if isinstance(one, str):
        return bytes_of(one, SEAL_BYTES)
    name, salt, value = one
    return Shown(name, bytes_of(salt, SALT_BYTES), value)
