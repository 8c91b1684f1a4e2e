"""What terminals' logs say of groups without names; in the transaction that stores it."""

from collections.abc import Sequence

from foundation.errors import MessageError
from settlement.look_up import storable
from settlement.models import Activity, GroupMovement
from sync.contract import events
from sync.contract.events import Group

KIND = "group"
"""The kind of the events that say so."""


def note_groups(chain: int, found: Sequence[tuple[int, bytes]]) -> None:
    """Note who came and left in these events (seq and bytes)."""
    read = []
    for seq, raw in found:
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue  # it is stored, and a person looks at it
        if isinstance(event, Group):
            read.append((seq, event))
    if not read:
        return
    named = {storable(event.activity) for _, event in read}
    known = set(Activity.objects.filter(pk__in=named).values_list("pk", flat=True))
    rows = [
        GroupMovement(
            chain_id=chain,
            seq=seq,
            group=event.group,
            activity_id=event.activity if event.activity in known else None,
            direction=event.direction,
            count=event.count,
            remark=storable(event.remark),
            entered_by=storable(event.entered_by),
            at_ms=event.wall_ms,
        )
        for seq, event in read
    ]
    GroupMovement.objects.bulk_create(rows, ignore_conflicts=True)
