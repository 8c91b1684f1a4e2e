"""Whose events these are: looked up when they arrive, and again when master data arrive late."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from settlement.evidence.groups import KIND as IN_GROUPS
from settlement.evidence.groups import note_groups
from settlement.evidence.judge import (
    Judgement,
    MasterData,
    ReviewReason,
    attribute,
    judge,
    volunteer_of_token,
)
from settlement.evidence.one_time_uses import used_twice
from settlement.evidence.unnamed_activity import UnnamedEvent, find_activities, may_change, store_found
from settlement.evidence.walk_ins import KIND as BY_HAND
from settlement.evidence.walk_ins import note_walk_ins, refused_among
from settlement.look_up import portions
from settlement.models import Activity, Credential, Event, EventStatus, RowKey, Unsettled, Volunteer
from settlement.rules.unnamed import NOT_FOUND, Found
from sync.contract.event_places import EventId

# The database's own upsert: with a model's objects it would cost more than storing the events.
_MARK = (
    "INSERT INTO settlement_unsettled (volunteer_id, mark, master_data, since_ms, claim, claimed_until_ms)"
    " VALUES (%s, %s, %s, %s, '', 0) ON CONFLICT (volunteer_id) DO UPDATE SET mark = excluded.mark,"
    " master_data = (settlement_unsettled.master_data OR excluded.master_data)"
)


def master_data_for(judgements: Sequence[Judgement]) -> MasterData:
    """The master data that `attribute` needs for these events.

    A credential is known by its row; a badge or phone code, whose signature the terminal verified, and a
    one-time code, which it was given or drew itself, also by the volunteer's number alone.
    """
    references = {text for found in judgements if (text := found.reference) and "\0" not in text}
    by_reference = dict(
        Credential.objects.filter(ref__in=references).values_list("ref", "volunteer_id") if references else ()
    )
    tokens = {
        reference: number
        for reference in references - by_reference.keys()
        if (number := volunteer_of_token(reference)) is not None
    }
    numbers = {number for found in judgements if (number := found.volunteer) is not None}
    numbers.update(tokens.values())
    volunteers = set(
        Volunteer.objects.filter(number__in=numbers).values_list("number", flat=True) if numbers else ()
    )
    by_reference.update((reference, number) for reference, number in tokens.items() if number in volunteers)
    wanted = {text for found in judgements if (text := found.activity) and "\0" not in text}
    activities = set(Activity.objects.filter(id__in=wanted).values_list("id", flat=True) if wanted else ())
    taken = used_twice(once for found in judgements if (once := found.once))
    return MasterData(by_reference, volunteers, activities, taken, refused_among(references))


def mark_unsettled(volunteers: Iterable[int], now_ms: int, *, master_data: bool = False) -> None:
    """Note that these volunteers have new evidence, or corrected master data; needs the same transaction.

    Sorted, so that two writers lock rows in the same order. A new mark makes a settler that is just at work
    on a volunteer come back.
    """
    mark = secrets.token_hex(8)
    with connection.cursor() as cursor:
        cursor.executemany(_MARK, [(number, mark, master_data, now_ms) for number in sorted(set(volunteers))])


def take_over(volunteers: Iterable[int], now_ms: int) -> None:
    """Let whoever settles these volunteers just now begin again: what was read before counts no more.

    In a transaction that settles them itself. They are marked, so a settler looks at them once more.
    """
    numbers = sorted(set(volunteers))
    mark_unsettled(numbers, now_ms)
    Unsettled.objects.filter(volunteer__in=numbers).update(claim="", claimed_until_ms=0)


def attribute_again(now_ms: int) -> int:
    """Judge anew the events that need a review; returns how many need none now.

    Called after volunteers, credentials, activities or assignments were entered, and every minute. Only the
    judgement changes, never the evidence. Events that name no activity are judged anew until it is archived.
    """
    rows = list(_in_order(Event.objects.filter(status=EventStatus.NEEDS_REVIEW)))
    for chain, seqs in may_change(now_ms).items():
        for portion in portions(seqs):
            rows += _in_order(Event.objects.filter(chain=chain, seq__in=portion, status=EventStatus.STORED))
    verdicts = _judge_anew(rows)
    with transaction.atomic():
        mark_unsettled(_store(verdicts), now_ms, master_data=True)
    return sum(review is None for _, _, review in verdicts.changed)


def attribute_unnamed(chain: int, seqs: Sequence[int]) -> set[int]:
    """Find the activity of stored events that name none; returns the volunteers whom it concerns.

    Needs a transaction. Of events that were stored in it, what the same batch proves about the clock counts.
    """
    return _store(_judge_anew(_in_order(Event.objects.filter(chain=chain, seq__in=seqs))))


class _Verdicts(NamedTuple):
    """What is made of stored events now: which activity was found, and whose event or need is another."""

    asked: Sequence[UnnamedEvent]
    found: Mapping[RowKey, Found]
    changed: Sequence[tuple[Event, int | None, ReviewReason | None]]


def _in_order(rows: QuerySet[Event]) -> QuerySet[Event]:
    return rows.select_related("chain").order_by("chain_id", "seq")


def _judge_anew(rows: Iterable[Event]) -> _Verdicts:
    """Judge stored events by what is entered by now; writes nothing."""
    judged = [
        (
            row,
            judge(bytes(row.raw), EventId(row.chain.terminal_id, row.chain.epoch, row.seq), row.received_ms),
        )
        for row in rows
    ]
    known = _keeping(judged, master_data_for([judgement for _, judgement in judged]))
    asked = [
        UnnamedEvent((row.chain_id, row.seq), row.chain.terminal_id, volunteer, judgement, row.received_ms)
        for row, judgement in judged
        if judgement.is_unnamed and (volunteer := attribute(judgement, known)[0]) is not None
    ]
    found = find_activities(asked)
    changed = []
    for row, judgement in judged:
        volunteer, review = attribute(judgement, known, found.get((row.chain_id, row.seq), NOT_FOUND))
        if (volunteer, review or "") != (row.volunteer_id, row.review_reason):
            changed.append((row, volunteer, review))
    return _Verdicts(asked, found, changed)


def _keeping(judged: Sequence[tuple[Event, Judgement]], known: MasterData) -> MasterData:
    """An event stays whose it was when its card is entered no more: that person was erased, not the hours."""
    before = {
        judgement.reference: row.volunteer_id for row, judgement in judged if row.volunteer_id is not None
    }
    return replace(known, by_reference={**before, **known.by_reference})


def _store(verdicts: _Verdicts) -> set[int]:
    """Write what changed; returns the volunteers whom it concerns."""
    concerned = store_found(verdicts.asked, verdicts.found)
    for row, volunteer, review in sorted(verdicts.changed, key=lambda one: (one[0].chain_id, one[0].seq)):
        Event.objects.filter(pk=row.pk).update(
            volunteer=volunteer, status=status_of(review), review_reason=review or ""
        )
        _note_late(row)
        concerned.update(number for number in (volunteer, row.volunteer_id) if number is not None)
    return concerned


def _note_late(row: Event) -> None:
    """Note what a centre of an earlier version stored without understanding it; else it is noted already."""
    if row.kind == BY_HAND:
        note_walk_ins(row.chain_id, [(row.seq, bytes(row.raw))], row.received_ms)
    elif row.kind == IN_GROUPS:
        note_groups(row.chain_id, [(row.seq, bytes(row.raw))])


def status_of(review: ReviewReason | None) -> EventStatus:
    """The status that a row carries for it."""
    return EventStatus.NEEDS_REVIEW if review else EventStatus.STORED
