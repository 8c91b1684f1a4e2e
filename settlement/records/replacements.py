"""What a time entered by hand counts instead of: events or confirmed records of the same person (S16)."""

from collections.abc import Iterable, Mapping

from django.db.models import Model, Q

from foundation.errors import RulesError
from settlement.evidence.judge import SCANS
from settlement.evidence.unnamed_activity import found_before
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity, Event, ManualRecord, Replacement, RowKey, Session
from settlement.records.named_activities import event_named
from settlement.rules.evidence import Direction
from settlement.troubles import DecisionTrouble
from sync.contract import events

_BY_HAND = "manual/"
_KINDS = SCANS | {"manual"}
_DIRECTIONS = {"check_in": Direction.IN, "check_out": Direction.OUT}


def replacements_named(names: Iterable[str], volunteer: int) -> list[Replacement]:
    """What these names (terminal/epoch/seq or manual/number) stand for, to be stored with their record.

    Raises RulesError: NO_EVENT_NAME, NOTHING_TO_REPLACE for what is no check-in or check-out of the volunteer
    that counts as evidence, ALREADY_REPLACED.
    """
    found = [_named(name, volunteer) for name in dict.fromkeys(names)]
    for name, row in zip(dict.fromkeys(names), found, strict=True):
        same = Q(other=row.other) if row.other else Q(chain=row.chain, seq=row.seq or 0)
        earlier = Replacement.objects.filter(same, record__decision__confirmed=True).first()
        if earlier is not None:
            raise RulesError(
                DecisionTrouble.ALREADY_REPLACED, event=name, record=f"{_BY_HAND}{earlier.record_id}"
            )
    return found


def end_of(name: str, volunteer: int) -> Direction | None:
    """Whether the volunteer came or left by an event, as far as it says or was paired; else None."""
    mine = Session.objects.filter(volunteer=merged_numbers().kept(volunteer))
    if mine.filter(in_event=name).exists():
        return Direction.IN
    if mine.filter(out_event=name).exists():
        return Direction.OUT
    row = _named(name, volunteer)
    if row.other is not None:
        return Direction(row.other.direction)
    kind = Event.objects.values_list("kind", flat=True).get(chain=row.chain, seq=row.seq or 0)
    return _DIRECTIONS.get(kind)


def concerned(rows: Iterable[Replacement], volunteer: int) -> list[Model]:
    """Whose time they take away: the activities, or the terminals of events that are for none yet."""
    replaced = list(rows)
    named = found_before([volunteer]) if replaced else {}
    return [_place_of(row, named) for row in replaced]


def _place_of(row: Replacement, named: Mapping[RowKey, str]) -> Model:
    if row.other is not None:
        return row.other.activity
    event = Event.objects.select_related("chain__terminal").get(chain=row.chain, seq=row.seq or 0)
    told = events.decode(bytes(event.raw))
    name = named.get((event.chain_id, event.seq), getattr(told, "activity", ""))
    return Activity.objects.filter(pk=name).first() or event.chain.terminal


def _named(name: str, volunteer: int) -> Replacement:
    refusal = RulesError(DecisionTrouble.NOTHING_TO_REPLACE, event=name[:80], volunteer=volunteer)
    numbers = merged_numbers().numbers_of(volunteer)
    if name.startswith(_BY_HAND):
        number = name.removeprefix(_BY_HAND)
        if not (number.isascii() and number.isdigit() and len(number) < 17):
            raise refusal
        record = ManualRecord.objects.filter(
            pk=int(number), volunteer__in=numbers, decision__confirmed=True
        ).first()
        if record is None:
            raise refusal
        return Replacement(other=record)
    place = event_named(name)
    event = (
        Event.objects.filter(chain__terminal=place.terminal, chain__epoch=place.epoch, seq=place.seq)
        .filter(volunteer__in=numbers, kind__in=_KINDS)
        .select_related("chain")
        .first()
    )
    if event is None:
        raise refusal
    return Replacement(chain=event.chain, seq=event.seq)
