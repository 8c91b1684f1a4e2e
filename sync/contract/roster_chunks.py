"""A roster put together from its chunks, in any order, doubled or mixed with older ones. Pure.

At most one roster is under way, so what arrives can't fill the memory beyond the largest roster.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from foundation.errors import MessageError
from sync.contract.downlink import CHUNK_BYTES, RosterChunk
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import RejectCode


@dataclass(frozen=True, slots=True)
class Assembly:
    """The slices of one roster that have arrived; `version` 0 while there is none."""

    version: int = 0
    count: int = 0
    digest: str = ""
    slices: Mapping[int, bytes] = field(default_factory=dict)


NOTHING = Assembly()


def take_chunk(
    assembly: Assembly, chunk: RosterChunk, body: bytes, in_force: int
) -> tuple[Assembly, bytes | None]:
    """The assembly with this chunk, and the sealed roster once it is whole (the assembly is empty again).

    A chunk of the version `in_force`, or of an older one than is under way, changes nothing; a newer one, or
    the same version made anew, begins a new assembly. Raises MessageError (malformed) for a chunk that
    contradicts itself or a whole that has another digest: what was under way is to be given up then.
    """
    whole_slice = chunk.index < chunk.count - 1
    if (
        chunk.index >= chunk.count
        or not 1 <= len(body) <= CHUNK_BYTES
        or (whole_slice and len(body) != CHUNK_BYTES)
    ):
        raise _malformed(chunk, f"slice {chunk.index} of {chunk.count} has {len(body)} bytes")
    if chunk.version <= in_force or chunk.version < assembly.version:
        return assembly, None
    if (chunk.version, chunk.count, chunk.digest) != (assembly.version, assembly.count, assembly.digest):
        assembly = Assembly(chunk.version, chunk.count, chunk.digest)
    slices = {**assembly.slices, chunk.index: body}
    if len(slices) < chunk.count:
        return Assembly(chunk.version, chunk.count, chunk.digest, slices), None
    whole = b"".join(slices[index] for index in range(chunk.count))
    if hashlib.sha256(whole).hexdigest() != chunk.digest:
        raise _malformed(chunk, "its slices don't make what its digest names")
    return NOTHING, whole


def _malformed(chunk: RosterChunk, what: str) -> MessageError:
    return MessageError(
        RejectCode.MALFORMED, ContractTrouble.ROSTER_NOT_WHOLE, version=chunk.version, why=what
    )
