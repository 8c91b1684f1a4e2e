"""What terminals' logs say of people who are on no roster; in the transaction that stores it."""

from collections.abc import Collection, Iterable, Sequence

from foundation.errors import MessageError
from settlement.models import WalkIn, WalkInDecision
from sync.contract import events
from sync.contract.events import Manual, is_walk_in

KIND = "manual"
"""The kind of the events that say so."""
REFUSED = "refused"
"""The outcome of a walk-in that counts for nobody."""


def note_walk_ins(chain: int, found: Sequence[tuple[int, bytes]], now_ms: int) -> None:
    """Note each walk-in of these events (seq and bytes): it waits for somebody to say who it was."""
    rows = []
    for seq, raw in found:
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue  # it is stored, and a person looks at it
        if isinstance(event, Manual) and event.walk_in and event.sealed:
            rows.append(WalkIn(ref=event.walk_in, chain_id=chain, seq=seq, arrived_ms=now_ms))
    if not rows:
        return
    # A reference is drawn once; whoever sends it again doesn't make another person of it.
    WalkIn.objects.bulk_create(rows, ignore_conflicts=True)


def refused_among(references: Iterable[str]) -> Collection[str]:
    """Those of the references that people said count for nobody."""
    walked_in = [one for one in references if is_walk_in(one)]
    if not walked_in:
        return frozenset()
    refused = WalkInDecision.objects.filter(outcome=REFUSED, walk_in__ref__in=walked_in)
    return frozenset(refused.values_list("walk_in__ref", flat=True))
