"""What stands behind one end of a stay: the event or the record that names it, and how its time is known."""

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


def evidence_called(source: str, clocks: Clocks) -> Evidence | None:
    """What is known of the event or record that a session names; None where it names none."""
    if not source:
        return None
    *place, number = source.split("/")
    if len(place) == 1:
        record = ManualRecord.objects.select_related("decision", "of_dispute").get(pk=int(number))
        return Evidence(
            source,
            "manual",
            None,
            record.entered_by,
            record.decision.by,
            record.reason,
            names_replaced([record.pk]).get(record.pk, ()),
            reason_code=reason_code_of(record),
            dispute=dispute_of(record),
        )
    terminal, epoch = place
    row = Event.objects.get(chain__terminal=terminal, chain__epoch=epoch, seq=int(number))
    event = _read(row)
    if event is None:
        return Evidence(source)
    named = _named_how(row)
    if isinstance(event, events.Manual):
        return Evidence(
            source, "manual", None, event.entered_by, event.confirmed_by, event.reason, named=named
        )
    time = measured_time(event, row.received_ms, clocks)
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


def time_of(row: Event, clocks: Clocks) -> MeasuredTime | None:
    """How closely the time of a stored event is known; None where people wrote it, or nobody can read it."""
    event = _read(row)
    if event is None or isinstance(event, events.Manual):
        return None
    return measured_time(event, row.received_ms, clocks)


def _read(row: Event) -> events.AnyEvent | None:
    try:
        return events.decode(bytes(row.raw))
    except MessageError:
        return None


def _named_how(event: Event) -> NamedHow | None:
    """How the activity of an event that names none was found; None for one that names its own."""
    found = UnnamedActivity.objects.filter(chain=event.chain_id, seq=event.seq).first()
    said = NamedActivity.objects.filter(chain=event.chain_id, seq=event.seq).order_by("-pk").first()
    if found is None or said is None:
        return NamedHow(found.way) if found else None
    return NamedHow(found.way, said.by, said.reason)
