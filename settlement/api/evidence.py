"""The evidence that a line names: an event as its terminal wrote it, a record that people entered."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Kind
from settlement.api import evidence_shapes as shapes
from settlement.api.callers import Bearer, caller_of, note_look
from settlement.api.document import answers
from settlement.api.shapes import LARGEST
from settlement.evidence.event_times import Clocks
from settlement.explain.evidence import time_of
from settlement.look_up import storable
from settlement.models import Event
from settlement.records.reasons import told_hand, told_reason
from settlement.rule_book import rules_by_date
from settlement.troubles import CentreTrouble
from settlement.web.missing import NotHere

router = Router(tags=["evidence"])
Name = Annotated[str, Path(max_length=80)]
RowNumber = Annotated[int, Path(ge=1, le=LARGEST)]


@router.get(
    "/evidence/manual/{number}",
    auth=Bearer(Scope.READ),
    response=answers(shapes.ManualRecord, finds=True),
    summary="One time entered by hand",
)
def read_manual_record(request: HttpRequest, number: RowNumber) -> shapes.ManualRecord:
    """A time that was entered by hand, why, and who confirmed it."""
    caller = caller_of(request)
    rows = caller.reach.manual_records().select_related("activity__site", "decision", "of_dispute")
    record = rows.filter(pk=number).first()
    if record is None:
        raise NotHere(CentreTrouble.NO_RECORD_HERE, number=number)
    note_look(caller, Kind.RECORD, f"manual/{number}")
    decision = getattr(record, "decision", None)
    return shapes.ManualRecord(
        number=record.pk,
        volunteer=record.volunteer_id,
        activity=record.activity_id,
        title=record.activity.title,
        zone=record.activity.site.zone,
        direction=record.direction,
        at_ms=record.at_ms,
        reason=told_reason(record, caller.words),
        entered_by=told_hand(record.entered_by, caller.words),
        entered_ms=record.entered_ms,
        decision=shapes.RecordDecision.model_validate(decision) if decision else None,
    )


@router.get(
    "/evidence/{terminal}/{epoch}/{seq}",
    auth=Bearer(Scope.READ),
    response=answers(shapes.Event, finds=True),
    summary="One event of a terminal",
)
def read_event(request: HttpRequest, terminal: Name, epoch: Name, seq: RowNumber) -> shapes.Event:
    """An event as its terminal wrote it, and how closely its time is known."""
    caller = caller_of(request)
    found = Event.objects.filter(
        chain__terminal=storable(terminal),
        chain__terminal__in=caller.reach.terminals(),
        chain__epoch=storable(epoch),
        seq=seq,
    )
    event = found.select_related("chain__terminal__site").first()
    if event is None:
        raise NotHere(CentreTrouble.NO_EVENT_HERE, number=seq, terminal=terminal[:40])
    note_look(caller, Kind.TERMINAL, f"{event.chain.terminal_id}/{event.chain.epoch}/{seq}")
    time = time_of(event, Clocks(rules_by_date()))
    return shapes.Event(
        terminal=event.chain.terminal_id,
        epoch=event.chain.epoch,
        seq=event.seq,
        site=event.chain.terminal.site_id,
        zone=event.chain.terminal.site.zone,
        kind=event.kind,
        volunteer=event.volunteer_id,
        status=event.status,
        review_reason=event.review_reason,
        wall_ms=event.wall_ms,
        time=shapes.MeasuredTime.model_validate(time) if time else None,
        received_ms=event.received_ms,
        raw=bytes(event.raw).decode("utf-8", errors="backslashreplace"),
        hash=bytes(event.hash).hex(),
    )
