"""The alarms that terminals wrote into their logs, as people look at them."""

from collections.abc import Iterator

from msgspec import Struct

from foundation.errors import MessageError
from settlement.models import Event
from settlement.reach import Reach
from sync.contract import events
from sync.contract.events import Alarm


class ToldAlarm(Struct, frozen=True):
    """One alarm: which terminal tells of what, and when by its clock (UTC milliseconds; None: not read).

    `detail` is in English, as the terminal wrote it; another version of Muster may know other codes.
    """

    terminal: str
    zone: str
    wall_ms: int | None
    code: str
    detail: str


def alarms_since(reach: Reach, received_ms: int) -> Iterator[ToldAlarm]:
    """The alarms that arrived since then, the newest first; what can't be read is told elsewhere."""
    at_reach = reach.terminals()
    rows = Event.objects.filter(kind="alarm", received_ms__gte=received_ms, chain__terminal__in=at_reach)
    for row in rows.select_related("chain__terminal__site").order_by("-received_ms", "-chain_id", "-seq"):
        try:
            event = events.decode(bytes(row.raw))
        except MessageError:
            continue
        if isinstance(event, Alarm):
            terminal = row.chain.terminal
            yield ToldAlarm(terminal.id, terminal.site.zone, row.wall_ms, event.code, event.detail)
