"""What hours would be if times that people want to enter counted: computed, and nothing is written (S16)."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.evidence.replaced import names_replaced
from settlement.look_up import activity_called
from settlement.merged_numbers import merged_numbers
from settlement.models import ManualRecord
from settlement.reach import check_entitled, reach_of
from settlement.records.manual_records import ManualTime
from settlement.review.overlaps import Overlapped, Span, overlapped
from settlement.rule_book import rules_by_date
from settlement.rules.evidence import Direction, Event, ManualEntry
from settlement.rules.flags import Flag
from settlement.rules.settle import Line, LineKey, Session
from settlement.settling.computation import VolunteerResult, compute

_SUPPOSED = "supposed/"
_FIRST, _SECOND = "first person", "second person"
"""Stand for two people who enter and confirm; who they are changes no hours."""


class LinePreview(Struct, frozen=True):
    """A line whose seconds or remarks would be others; None where there is no such line."""

    activity: str
    local_date: dt.date
    before_s: int | None
    after_s: int | None
    flags_before: tuple[Flag, ...]
    flags_after: tuple[Flag, ...]


class AlreadyThere(Struct, frozen=True):
    """A check-in or check-out that the stay has already: the new time does not take its place by itself."""

    direction: Direction
    event: str
    at_s: int


class Preview(Struct, frozen=True):
    """The lines that change, the outcomes of times that would not count, and what is there already."""

    lines: tuple[LinePreview, ...]
    held: tuple[str, ...]
    already: tuple[AlreadyThere, ...]
    overlaps: tuple[Overlapped, ...] = ()
    """The stays in other activities whose time the new ones hold, too."""


def preview(times: Sequence[ManualTime], by: Actor, now_ms: int) -> Preview:
    """What would become of a volunteer's hours if a second person confirmed these times now.

    All are of one volunteer in one activity, of which the actor may read (NOT_ALLOWED, OUT_OF_REACH). What is
    asked for may be refused when it is entered: that is not looked at here.
    """
    volunteer = merged_numbers().kept(times[0].volunteer)
    check_entitled(by, Deed.READ_PEOPLE, activity_called(times[0].activity))
    rules = rules_by_date()
    supposed = [_event(volunteer, number, time, now_ms) for number, time in enumerate(times, 1)]
    before = compute([volunteer], rules, now_ms).results[volunteer]
    after = compute([volunteer], rules, now_ms, supposed).results[volunteer]
    spans = _new_spans(supposed, after)
    return Preview(
        _reached(changed_lines(before, after), by),
        tuple(found.outcome for found in after.outcomes if found.seq < 0),
        tuple(there for event in supposed if (there := _already(event, before, after))),
        tuple(one for some in overlapped(spans, reach_of(by)).values() for one in some),
    )


def preview_record(record: ManualRecord, by: Actor, now_ms: int) -> Preview:
    """The same for a record that waits for its second person."""
    instead_of = names_replaced([record.pk]).get(record.pk, ())
    direction = Direction(record.direction)
    about = (record.volunteer_id, record.activity_id)
    return preview([ManualTime(*about, direction, record.at_ms, record.reason, instead_of)], by, now_ms)


def _reached(lines: Sequence[LinePreview], by: Actor) -> tuple[LinePreview, ...]:
    """Those that the actor may read: a time in one activity can change what overlaps it in another's."""
    names = reach_of(by).activities().filter(pk__in={line.activity for line in lines})
    known = set(names.values_list("pk", flat=True))
    return tuple(line for line in lines if line.activity in known)


def _new_spans(supposed: Sequence[Event], after: VolunteerResult) -> list[Span]:
    """The whole stays that the new times begin or end."""
    new = {event.id for event in supposed}
    return [
        Span(int(one.volunteer), one.activity, one.in_s, one.out_s)
        for one in after.sessions
        if one.in_s is not None
        and one.out_s is not None
        and not new.isdisjoint({one.in_event, one.out_event})
    ]


def _event(volunteer: int, number: int, time: ManualTime, now_ms: int) -> Event:
    said = ManualEntry(str(volunteer), "?", _FIRST, _SECOND, time.instead_of)
    return Event(
        id=f"{_SUPPOSED}{number}",
        terminal="manual",
        seq=number,
        activity=time.activity,
        direction=time.direction,
        method="manual",
        manual=said,
        device_ms=time.at_ms,
        received_ms=now_ms,
    )


def changed_lines(before: VolunteerResult, after: VolunteerResult) -> tuple[LinePreview, ...]:
    """The lines whose seconds or remarks are others."""
    old, new = _by_key(before), _by_key(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one is not None and other is not None and (one.t_s, one.flags) == (other.t_s, other.flags):
            continue
        seconds = (one.t_s if one else None, other.t_s if other else None)
        flags = (one.flags if one else (), other.flags if other else ())
        found.append(LinePreview(key.activity, key.local_date, *seconds, *flags))
    return tuple(found)


def _by_key(result: VolunteerResult) -> dict[LineKey, Line]:
    return {line.key: line for line in result.lines}


def _already(event: Event, before: VolunteerResult, after: VolunteerResult) -> AlreadyThere | None:
    """The end that the stay has already at which the new time aims, unless the new one replaces it."""
    at_s = event.device_ms // 1000
    stay = _stay_at(event.activity, at_s, before)
    if stay is None:
        return None
    if event.direction is Direction.OUT:
        there, when = stay.out_event, stay.out_s
    else:
        there, when = stay.in_event, stay.in_s
    kept = {name for one in after.sessions for name in (one.in_event, one.out_event) if name}
    own = next((one for one in after.sessions if event.id in (one.in_event, one.out_event)), None)
    if there is None or when is None or there not in kept or own is None:
        return None
    if event.direction is Direction.OUT and own.in_event not in (None, stay.in_event):
        return None  # it ends a stay of its own
    if event.direction is Direction.IN and stay.out_s is not None and stay.out_s <= at_s:
        return None  # that stay was over
    return AlreadyThere(event.direction, there, when)


def _stay_at(activity: str, at_s: int, result: VolunteerResult) -> Session | None:
    """The last stay in the activity that began by then."""
    begun = [
        one
        for one in result.sessions
        if one.activity == activity and one.in_s is not None and one.in_s <= at_s
    ]
    return begun[-1] if begun else None
