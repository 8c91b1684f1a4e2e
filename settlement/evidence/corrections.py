"""Which scans their terminal took back: a correction names one event of its own terminal and person. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.contract.event_places import EventId
from sync.contract.events import Correction, Event, is_in_time


@dataclass(frozen=True, slots=True)
class Corrected:
    """The events that count no more, and the corrections that cancel nothing."""

    cancelled: frozenset[EventId]
    without_effect: frozenset[EventId]


def event_id_of(event: Event) -> EventId:
    """Which event it is, among all that there are."""
    return EventId(event.terminal, event.epoch, event.seq)


def correct(attendance: Iterable[tuple[int, Event]]) -> Corrected:
    """Apply the corrections among `attendance` (volunteer and event), whatever order it arrived in.

    A correction has no effect when its event is not among the volunteer's own, came more than five minutes
    before it (`sync.contract.events.is_in_time`), or was cancelled already.
    """
    scans: dict[EventId, tuple[int, Event]] = {}
    corrections: list[tuple[int, Correction]] = []
    for volunteer, event in attendance:
        if isinstance(event, Correction):
            corrections.append((volunteer, event))
        else:
            scans[event_id_of(event)] = (volunteer, event)
    cancelled: set[EventId] = set()
    without_effect: set[EventId] = set()
    for volunteer, correction in sorted(corrections, key=lambda one: (one[1].wall_ms, event_id_of(one[1]))):
        named = EventId(correction.terminal, correction.cancelled_epoch, correction.cancelled_seq)
        owner, scan = scans.get(named, (None, correction))
        if owner == volunteer and named not in cancelled and is_in_time(scan, correction):
            cancelled.add(named)
        else:
            without_effect.add(event_id_of(correction))
    return Corrected(frozenset(cancelled), frozenset(without_effect))
