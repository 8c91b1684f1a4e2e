"""What terminals' logs say of what they were asked to do and to show; in the transaction that stores them."""

from collections.abc import Iterable

from foundation.errors import MessageError
from settlement.look_up import storable
from settlement.models import MessageAt, TerminalOrder
from sync.contract import events
from sync.contract.events import OrderAnswered

ANSWERS = "order_answered"
"""The kind of the events that say so."""


def note_answers(terminal: str, raws: Iterable[bytes], now_ms: int) -> None:
    """Note what became of orders to this terminal; the first answer to each stands."""
    for raw in raws:
        try:
            event = events.decode(bytes(raw))
        except MessageError:
            continue  # it is stored, and a person looks at it
        if not isinstance(event, OrderAnswered) or event.terminal != terminal:
            continue
        orders = TerminalOrder.objects.filter(pk=event.order, terminal=terminal, came_ms=None)
        orders.update(
            done_ms=event.wall_ms, came_ms=now_ms, result=event.result, detail=storable(event.detail)
        )
        places = MessageAt.objects.filter(message=event.order, terminal=terminal, came_ms=None)
        places.update(shown_ms=event.wall_ms, came_ms=now_ms)
