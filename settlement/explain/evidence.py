"""What stands behind one end of a stay: the event or the record that names it, and how its time is known."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from django.db.models import OuterRef, Q, Subquery
from msgspec import Struct

from foundation.errors import MessageError
from settlement.evidence.event_times import Clocks
from settlement.evidence.judge import single_use
from settlement.evidence.measured_times import MeasuredTime, measured_time
from settlement.evidence.one_time_uses import other_uses
from settlement.evidence.replaced import names_replaced
from settlement.models import Event, ManualRecord, NamedActivity, UnnamedActivity
from settlement.records.reasons import dispute_of, reason_code_of
from sync.contract import events
from sync.contract.events import CheckIn, CheckOut, Toggle


class NamedHow(Struct, frozen=True):
    """How an event's activity was found (`rules.unnamed.Way`); who said so and why, where somebody did."""

    way: str
    by: str = ""
    reason: str = ""


class Evidence(Struct, frozen=True):
    """What proves one end of a session: terminal/epoch/seq, or manual/number.

    `wall_ms` is what the terminal's clock said, where a terminal wrote it; the next three are those of a time
    that people entered by hand.
    """

    source: str
    method: str = ""
    wall_ms: int | None = None
    entered_by: str = ""
    confirmed_by: str = ""
    reason: str = ""
    instead_of: tuple[str, ...] = ()
    """What such a time counts in the place of."""
    also_used: tuple[str, ...] = ()
    """The other events that used the same one-time code, or the same tap."""
    named: NamedHow | None = None
    """How the activity was found, where the terminal named none."""
    reason_code: str = ""
    """Of a record that no person wrote the reason of."""
    dispute: int | None = None
    """The objection whose answer entered it."""
    time: MeasuredTime | None = None
    """How closely a terminal's time is known, and who measured it."""


_Named: TypeAlias = Any
"""An event with the way in which its activity was found, `unnamed_way`, where it names none."""


class Sources:
    """The events and records behind sessions, read together however many they are."""

    def __init__(self, names: Iterable[str], clocks: Clocks) -> None:
        """`names` are terminal/epoch/seq or manual/number; empty ones name nothing."""
        wanted = {tuple(name.split("/")) for name in names if name}
        self._clocks = clocks
        self._records = _records_of({int(number) for _, *rest in wanted if len(rest) == 1 for number in rest})
        self._events = _events_of(
            {(place[0], place[1], int(place[2])) for place in wanted if len(place) == 3}
        )
        unnamed = {(row.chain_id, row.seq) for row in self._events.values() if row.unnamed_way}
        self._said = _said_of(unnamed)

    def evidence(self, source: str) -> Evidence | None:
        """What is known of the event or record that a session names; None where it names none."""
        if not source:
            return None
        if source in self._records:
            return self._records[source]
        row = self._events[source]
        event = _read(row)
        if event is None:
            return Evidence(source)
        named = self._named_how(row)
        if isinstance(event, events.Manual):
            return Evidence(
                source, "manual", None, event.entered_by, event.confirmed_by, event.reason, named=named
            )
        time = measured_time(event, row.received_ms, self._clocks)
        if not isinstance(event, CheckIn | CheckOut | Toggle):
            return Evidence(source, "", event.wall_ms, named=named, time=time)
        once = single_use(event.credential.ref, event.credential.counter)
        others = other_uses(once, row.chain_id, row.seq) if once else ()
        return Evidence(
            source,
            event.credential.method,
            event.wall_ms,
            also_used=others,
            named=named,
            time=time,
        )

    def time(self, source: str) -> MeasuredTime | None:
        """How closely the time of an event is known; None where people wrote it, or nobody can read it."""
        row = self._events.get(source)
        return None if row is None else time_of(row, self._clocks)

    def way(self, source: str) -> str:
        """How the activity of an event that names none was found; "" for one that names its own."""
        row = self._events.get(source)
        return "" if row is None else row.unnamed_way or ""

    def _named_how(self, row: _Named) -> NamedHow | None:
        if not row.unnamed_way:
            return None
        said = self._said.get((row.chain_id, row.seq))
        return NamedHow(row.unnamed_way, said.by, said.reason) if said else NamedHow(row.unnamed_way)


def time_of(row: Event, clocks: Clocks) -> MeasuredTime | None:
    """How closely the time of a stored event is known; None where people wrote it, or nobody can read it."""
    event = _read(row)
    if event is None or isinstance(event, events.Manual):
        return None
    return measured_time(event, row.received_ms, clocks)


def _records_of(numbers: Collection[int]) -> dict[str, Evidence]:
    if not numbers:
        return {}
    rows = ManualRecord.objects.select_related("decision", "of_dispute").filter(pk__in=numbers)
    replaced = names_replaced(numbers)
    return {
        str(record): Evidence(
            str(record),
            "manual",
            None,
            record.entered_by,
            record.decision.by,
            record.reason,
            replaced.get(record.pk, ()),
            reason_code=reason_code_of(record),
            dispute=dispute_of(record),
        )
        for record in rows
    }


def _events_of(places: Collection[tuple[str, str, int]]) -> dict[str, _Named]:
    if not places:
        return {}
    found = UnnamedActivity.objects.filter(chain=OuterRef("chain"), seq=OuterRef("seq"))
    by_epoch: dict[tuple[str, str], set[int]] = defaultdict(set)
    for terminal, epoch, seq in places:
        by_epoch[terminal, epoch].add(seq)
    wanted = Q(chain__in=())
    for (terminal, epoch), seqs in by_epoch.items():
        wanted |= Q(chain__terminal=terminal, chain__epoch=epoch, seq__in=seqs)
    rows = Event.objects.filter(wanted).select_related("chain")
    return {
        f"{row.chain}/{row.seq}": row for row in rows.annotate(unnamed_way=Subquery(found.values("way")[:1]))
    }


def _said_of(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], NamedActivity]:
    """The last that somebody said of these events."""
    if not keys:
        return {}
    rows = NamedActivity.objects.filter(
        chain__in={chain for chain, _ in keys}, seq__in={seq for _, seq in keys}
    )
    return {(row.chain_id, row.seq): row for row in rows.order_by("pk")}


def _read(row: Event) -> events.AnyEvent | None:
    try:
        return events.decode(bytes(row.raw))
    except MessageError:
        return None
