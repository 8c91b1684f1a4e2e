"""Whether an objection is answered in time, and whether the hours were amended by what it caused.

Order 67 (Ministry of Civil Affairs) has errors and omissions verified and amended promptly, without a number
of days; `answer_days` of the settings is the centre's own promise.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings as django_settings
from django.db.models import Exists, OuterRef, Prefetch, Subquery, prefetch_related_objects
from msgspec import Struct

from settlement.accounts.audit import records_of_activity
from settlement.ledger.entries import booked_sessions
from settlement.merged_numbers import merged_numbers
from settlement.models import Dispute, DisputeRecord, LedgerEntry, ManualRecord, Reopening, Unsettled
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


_UPHELD = (DisputeOutcome.UPHELD, DisputeOutcome.PARTLY_UPHELD)


class DisputeStanding(Struct, frozen=True):
    """`due` is the last day to answer; `amended_s` are the approved seconds that the objection caused."""

    number: int
    state: DisputeState
    due: dt.date
    amended_s: int


class _Seen(NamedTuple):
    """What decides on an upheld objection: the person's rows in its activity, whether the settler has yet to
    come, what the answer entered and reopened, and when its activity was corrected since it was raised.
    """

    entries: Sequence[LedgerEntry]
    settles: bool
    records: Sequence[ManualRecord]
    reopenings: Sequence[Reopening]
    corrected_ms: int | None


def standing_of(dispute: Dispute, now_ms: int) -> DisputeStanding:
    """Where an objection stands at a moment (UTC milliseconds)."""
    return _standing(dispute, now_ms, lambda: _seen(dispute))


def standings_of(numbers: Collection[int], rows: Sequence[LedgerEntry], now_ms: int) -> list[DisputeStanding]:
    """Where the objections of these numbers of one person stand, oldest first; `rows` are all their entries.

    It asks the same few questions for any number of objections.
    """
    disputes = Dispute.objects.filter(volunteer__in=numbers).select_related("answer")
    disputes = disputes.annotate(
        corrected_ms=_first_correction(numbers),
        settles=Exists(Unsettled.objects.filter(volunteer__in=numbers)),
    )
    found = list(disputes.order_by("raised_ms", "pk"))
    upheld = [one for one in found if getattr(getattr(one, "answer", None), "outcome", "") in _UPHELD]
    records = Prefetch("records", DisputeRecord.objects.select_related("record__decision").order_by("record"))
    prefetch_related_objects(upheld, records, Prefetch("reopenings", Reopening.objects.order_by("pk")))

    def seen(dispute: Dispute) -> _Seen:
        return _Seen(
            [row for row in rows if row.activity_id == dispute.activity_id],
            dispute.settles,  # type: ignore[attr-defined]
            [link.record for link in dispute.records.all()],
            list(dispute.reopenings.all()),
            dispute.corrected_ms,  # type: ignore[attr-defined]
        )

    return [_standing(one, now_ms, partial(seen, one)) for one in found]


def _standing(dispute: Dispute, now_ms: int, seen: Callable[[], _Seen]) -> DisputeStanding:
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
    effect = _effect(dispute, answer.at_ms, seen())
    return DisputeStanding(dispute.pk, effect.state, due, effect.amended_s)


class _Effect(NamedTuple):
    state: DisputeState
    amended_s: int


class _Part(NamedTuple):
    """What came of one thing that an answer caused: the approved entry that holds it, or whether it waits."""

    approved: LedgerEntry | None
    waits: bool


def _seen(dispute: Dispute) -> _Seen:
    numbers = merged_numbers().numbers_of(dispute.volunteer_id)
    entries = LedgerEntry.objects.filter(volunteer__in=numbers, activity=dispute.activity_id)
    about = records_of_activity(dispute.activity_id, numbers).filter(at_ms__gte=dispute.raised_ms)
    return _Seen(
        list(entries.select_related("review").order_by("pk")),
        Unsettled.objects.filter(volunteer__in=numbers).exists(),
        [link.record for link in dispute.records.select_related("record__decision").order_by("pk")],
        list(dispute.reopenings.order_by("pk")),
        about.values_list("at_ms", flat=True).first(),
    )


def _first_correction(numbers: Collection[int]) -> Subquery:
    """When the activity of an objection, or the person's place there, was corrected first since then."""
    about = records_of_activity(OuterRef("activity_id"), numbers)
    return Subquery(about.filter(at_ms__gte=OuterRef("raised_ms")).values("at_ms")[:1])


def _effect(dispute: Dispute, answered_ms: int, seen: _Seen) -> _Effect:
    """What came of all that an upheld objection caused, and nothing else that happened to the line."""
    entries, settles = seen.entries, seen.settles
    of_line = [entry for entry in entries if entry.local_date == dispute.local_date]
    parts = [_of_record(record, entries, settles=settles) for record in seen.records]
    parts += [_of_reopening(one, of_line, settles=settles) for one in seen.reopenings]
    if not parts:
        parts.append(_of_master_data(seen.corrected_ms, of_line, answered_ms))
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


def _of_master_data(corrected_ms: int | None, of_line: Sequence[LedgerEntry], answered_ms: int) -> _Part:
    """Where an answer entered and reopened nothing, what amends the line is a correction of its activity, or
    of the person's place there; other rules, a lifted cap or a card that was withdrawn amend nobody's.
    """
    if corrected_ms is None:
        return _Part(None, waits=True)
    since = [
        entry
        for before, entry in pairwise([None, *of_line])
        if entry is not None
        and entry.entered_ms > max(answered_ms, corrected_ms - 1)
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
