"""Whether an objection is answered in time, and whether the hours were amended by what it caused.

Order 67 (Ministry of Civil Affairs) has errors and omissions verified and amended promptly, without a number
of days; `answer_days` of the settings is the centre's own promise.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings as django_settings
from msgspec import Struct

from settlement.accounts.audit import records_of_activity
from settlement.ledger.entries import booked_sessions
from settlement.merged_numbers import merged_numbers
from settlement.models import Dispute, LedgerEntry, ManualRecord, Reopening, Unsettled
from settlement.records.disputes import DisputeOutcome
from settlement.rule_book import rules_at
from settlement.rules.ledger import AdjustmentReason, EntryKind, EntryState
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import review_due
from settlement.settings import CentreSettings


class DisputeState(StrEnum):
    """What is left to do about an objection."""

    OPEN = "open"
    OVERDUE = "overdue"
    """Unanswered, and the day on which it should have been answered is over."""
    REJECTED = "rejected"
    TO_AMEND = "to_amend"
    """Upheld, and what it caused waits for somebody."""
    AMENDED = "amended"
    """Upheld, and a reviewer approved what it caused."""
    WITHOUT_EFFECT = "without_effect"
    """Upheld, and all that it caused was decided, and nothing of it counts."""


class DisputeStanding(Struct, frozen=True):
    """`due` is the last day to answer; `amended_s` are the approved seconds that the objection caused."""

    number: int
    state: DisputeState
    due: dt.date
    amended_s: int


def standing_of(dispute: Dispute, now_ms: int) -> DisputeStanding:
    """Where an objection stands at a moment (UTC milliseconds)."""
    settings: CentreSettings = django_settings.CENTRE
    rules = rules_at(now_ms)
    dates, calendar = local_dates(rules.settlement_tz), settings.calendar
    due = review_due(
        dates.date_of(dispute.raised_ms // 1000),
        settings.disputes.answer_days,
        calendar.holidays,
        calendar.workdays,
        rules.weekend,
    )
    answer = getattr(dispute, "answer", None)
    if answer is None:
        is_late = dates.date_of(now_ms // 1000) > due
        return DisputeStanding(dispute.pk, DisputeState.OVERDUE if is_late else DisputeState.OPEN, due, 0)
    if answer.outcome == DisputeOutcome.REJECTED:
        return DisputeStanding(dispute.pk, DisputeState.REJECTED, due, 0)
    effect = _effect(dispute, answer.at_ms)
    return DisputeStanding(dispute.pk, effect.state, due, effect.amended_s)


class _Effect(NamedTuple):
    state: DisputeState
    amended_s: int


class _Part(NamedTuple):
    """What came of one thing that an answer caused: the approved entry that holds it, or whether it waits."""

    approved: LedgerEntry | None
    waits: bool


def _effect(dispute: Dispute, answered_ms: int) -> _Effect:
    """What came of all that an upheld objection caused, and nothing else that happened to the line."""
    numbers = merged_numbers().numbers_of(dispute.volunteer_id)
    entries = list(
        LedgerEntry.objects.filter(volunteer__in=numbers, activity=dispute.activity_id)
        .select_related("review")
        .order_by("pk")
    )
    settles = Unsettled.objects.filter(volunteer__in=numbers).exists()
    records = [link.record for link in dispute.records.select_related("record__decision").order_by("pk")]
    of_line = [entry for entry in entries if entry.local_date == dispute.local_date]
    parts = [_of_record(record, entries, settles=settles) for record in records]
    parts += [_of_reopening(one, of_line, settles=settles) for one in dispute.reopenings.order_by("pk")]
    if not parts:
        parts.append(_of_master_data(dispute, numbers, of_line, answered_ms))
    approved = {part.approved.pk: part.approved.delta_s for part in parts if part.approved is not None}
    if any(part.waits for part in parts):
        return _Effect(DisputeState.TO_AMEND, sum(approved.values()))
    state = DisputeState.AMENDED if approved else DisputeState.WITHOUT_EFFECT
    return _Effect(state, sum(approved.values()))


def _of_record(record: ManualRecord, entries: Iterable[LedgerEntry], *, settles: bool) -> _Part:
    """The first approved entry whose sessions hold the time; later ones hold it, too, for other reasons."""
    decision = getattr(record, "decision", None)
    if decision is None or not decision.confirmed:
        return _Part(None, waits=decision is None)
    holding = [entry for entry in entries if str(record) in set(_ends(entry))]
    return _first(holding, settles=settles)


def _of_reopening(opened: Reopening, of_line: Iterable[LedgerEntry], *, settles: bool) -> _Part:
    """The first entry after the rejected one that was approved since it was reopened."""
    after = [
        entry
        for entry in of_line
        if entry.pk > opened.entry_id
        and (_state(entry) is EntryState.PENDING or _decided_ms(entry) >= opened.at_ms)
    ]
    return _first(after, settles=settles)


def _of_master_data(
    dispute: Dispute, numbers: Collection[int], of_line: Sequence[LedgerEntry], answered_ms: int
) -> _Part:
    """Where an answer entered and reopened nothing, what amends the line is a correction of its activity, or
    of the person's place there; other rules, a lifted cap or a card that was withdrawn amend nobody's.
    """
    about = records_of_activity(dispute.activity_id, numbers)
    corrected = about.filter(at_ms__gte=dispute.raised_ms).first()
    if corrected is None:
        return _Part(None, waits=True)
    since = [
        entry
        for before, entry in pairwise([None, *of_line])
        if entry is not None
        and entry.entered_ms > max(answered_ms, corrected.at_ms - 1)
        and (entry.kind == EntryKind.ORIGINAL or entry.reason == AdjustmentReason.MASTER_DATA)
        and entry.reason != AdjustmentReason.MERGED
        and (before is None or before.rules_id == entry.rules_id)
    ]
    found = _first(since, settles=True)
    return found if found.approved is not None else _Part(None, waits=True)


def _first(entries: Iterable[LedgerEntry], *, settles: bool) -> _Part:
    found = list(entries)
    approved = next((entry for entry in found if _state(entry) is EntryState.APPROVED), None)
    if approved is not None:
        return _Part(approved, waits=False)
    return _Part(None, waits=settles or any(_state(entry) is EntryState.PENDING for entry in found))


def _ends(entry: LedgerEntry) -> Iterator[str]:
    for session in booked_sessions(entry):
        yield from (name for name in (session.in_event, session.out_event) if name)


def _state(entry: LedgerEntry) -> EntryState:
    review = getattr(entry, "review", None)
    return EntryState.PENDING if review is None else EntryState(review.state)


def _decided_ms(entry: LedgerEntry) -> int:
    at_ms: int = entry.review.at_ms
    return at_ms
