"""How listeners share the buckets of terminals: each its part, rounded up. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sync.contract import wire

BUCKETS = tuple(range(wire.BUCKETS))
NAMES = {bucket: wire.bucket_of(bucket) for bucket in BUCKETS}


@dataclass(frozen=True, slots=True)
class Change:
    """What a listener does next: buckets that it gives back, and others that it tries to take."""

    give: tuple[int, ...] = ()
    take: tuple[int, ...] = ()


def share_of(alive: int) -> int:
    """How many buckets one of so many listeners may hold; together they may hold them all."""
    return -(-len(BUCKETS) // max(alive, 1))


def next_change(held: Collection[int], free: Sequence[int], alive: int) -> Change:
    """What to do with these `held`, those that are `free`, and so many listeners alive."""
    most = share_of(alive)
    # The first are kept, so that what is done once for all stays where it is as long as it can.
    kept = sorted(held)[:most]
    return Change(give=tuple(sorted(held)[most:]), take=tuple(free[: most - len(kept)]))
