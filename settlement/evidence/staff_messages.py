"""What staff write to the centre comes by their terminal's log; in the transaction that stores the events."""

from collections.abc import Iterable

from foundation.errors import MessageError
from settlement.look_up import storable
from settlement.models import Chain, StaffMessage
from sync.contract import events

MESSAGES = "staff_message"
"""The kind of the events that say so."""


def note_messages(chain: Chain, raws: Iterable[tuple[int, bytes]], now_ms: int) -> None:
    """Keep what these events of a chain say, for somebody to read."""
    found = []
    for seq, raw in raws:
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue  # it is stored, and a person looks at it
        if isinstance(event, events.StaffMessage) and event.terminal == chain.terminal_id:
            found.append(
                StaffMessage(
                    terminal_id=chain.terminal_id,
                    chain=chain,
                    seq=seq,
                    by=storable(event.by),
                    text=storable(event.text),
                    at_ms=event.wall_ms,
                    came_ms=now_ms,
                )
            )
    StaffMessage.objects.bulk_create(found)
