"""Decisions of reviewers: who decided what, when, and why. An entry is decided once (S15)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct, structs

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.conflicts import again_on_conflict
from settlement.database.alike_rows import enter_alike
from settlement.inspections import missed_among
from settlement.ledger.entries import StoredEntry, pending, read_entries
from settlement.look_up import MOST_KEY, has_been_archived
from settlement.models import Activity, LedgerEntry, Review, Volunteer
from settlement.one_reading import one_reading
from settlement.reach import check_entitled, check_reaches_all, reach_of
from settlement.recognition.consequences import NOTHING_UNREAD, Unread, follow_approvals
from settlement.review.deeds import deed_of_review
from settlement.review.queue import Near, near_of, near_to
from settlement.review.readiness import check_ready
from settlement.review.rejected_before import lines_rejected_before
from settlement.review.unremarked import unremarked_among
from settlement.rule_book import rules_now
from settlement.rules.ledger import Entry, EntryState, entry_id
from settlement.rules.rejection import Refused
from settlement.rules.review import Decision, ReviewedInBulk, ReviewRefusal, approve_clean, review_each
from settlement.rules.settle import LineKey
from settlement.signatures import note_given, reason_given
from settlement.troubles import DecisionTrouble

_Against = Mapping[LineKey, Refused]
_Decide = Callable[[Iterable[Entry], _Against, Near], ReviewedInBulk]


class Reviewed(Struct, frozen=True):
    """Which entries were decided, by the numbers of their rows; which stayed as they were, and why."""

    decided: tuple[int, ...]
    refused: tuple[tuple[int, ReviewRefusal], ...] = ()


class Reviewer(Struct, frozen=True):
    """Who decides, and when (UTC milliseconds).

    `override` is the reason to go on although evidence is missing, once the review is due.
    """

    by: Actor
    now_ms: int
    note: str = ""
    override: str = ""


class Asked(Struct, frozen=True):
    """A decision that its reviewer may make: on which rows, and how each is judged."""

    rows: QuerySet[LedgerEntry]
    decide: _Decide
    reviewer: Reviewer
    activity: Activity | None = None
    """Of which all of them are, where that is known."""
    only_clean: bool = False
    """Whether it approves what is clean of that activity, so that most of it need not be read."""


def approve(entries: Collection[int], reviewer: Reviewer) -> Reviewed:
    """Approve entries that somebody looked at one by one.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NOTE_TOO_LONG, UNKNOWN_ENTRY, NOT_READY; then nothing is
    decided.
    """
    return carry_out(asked_of(entries, Decision.APPROVE, reviewer))


def reject(entries: Collection[int], reviewer: Reviewer) -> Reviewed:
    """Reject entries; the reviewer's note says why.

    Raises RulesError as `approve` does, and NO_REASON.
    """
    return carry_out(asked_of(entries, Decision.REJECT, reviewer))


def approve_clean_lines(activity: Activity, reviewer: Reviewer, day: dt.date | None = None) -> Reviewed:
    """Approve what waits in an activity (on one local date, if given) and carries no blocking flag,
    unless an inspector missed the volunteer that day, or something of the line was rejected before.

    The rest is refused and waits for its own decision. Raises RulesError as `approve` does.
    """
    waiting = pending().filter(activity=activity)
    if day is not None:
        waiting = waiting.filter(local_date=day)
    return carry_out(asked_of_clean(activity, waiting, reviewer))


def asked_of(entries: Collection[int], decision: Decision, reviewer: Reviewer) -> Asked:
    """The same decision on each of these entries; raises RulesError as `approve` and `reject` do."""
    if decision is Decision.REJECT:
        reason_given(reviewer.note)
    rows = LedgerEntry.objects.filter(pk__in=[entry for entry in entries if entry <= MOST_KEY])
    archived = rows.annotate(archived=has_been_archived("activity_id", reviewer.now_ms))
    found = dict(archived.order_by().values_list("pk", "archived"))
    if len(found) < len(set(entries)):
        raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
    check_may(reviewer.by, Deed.REVIEW_ARCHIVED if any(found.values()) else Deed.REVIEW)
    reach = reach_of(reviewer.by)
    if not reach.is_whole:
        check_reaches_all(reach.entries(), entries)
    signed = _signed(reviewer)
    return Asked(
        rows,
        lambda found, against, _: review_each(found, decision, signed.by.marks, signed.note, against),
        signed,
    )


def asked_of_clean(activity: Activity, rows: QuerySet[LedgerEntry], reviewer: Reviewer) -> Asked:
    """The approval of whatever is clean among these rows of an activity; raises RulesError as `approve`."""
    check_entitled(reviewer.by, deed_of_review([activity.pk], reviewer.now_ms), activity)
    signed = _signed(reviewer)
    return Asked(
        rows,
        lambda found, against, near: _approve_clean(found, against, near, signed.by),
        signed,
        activity,
        only_clean=True,
    )


def carry_out(asked: Asked) -> Reviewed:
    """Decide; raises RulesError NOT_READY."""
    return again_on_conflict(lambda: _review(asked))


def _approve_clean(entries: Iterable[Entry], against: _Against, near: Near, by: Actor) -> ReviewedInBulk:
    found = list(entries)
    missed = missed_among({entry.key for entry in found}, near.sites, near.closing.calls)
    return approve_clean(found, by.marks, rules_now().blocking_flags, missed, against)


class _Judged(Struct, frozen=True):
    changed: list[tuple[StoredEntry, Entry]]
    refused: list[tuple[int, ReviewRefusal]]
    unread: Unread = NOTHING_UNREAD
    """What is approved besides without having been read."""


def foreseen(asked: Asked) -> Reviewed:
    """What the decision would come to now; nothing is written. Raises RulesError NOT_READY.

    What is posted later is judged anew.
    """
    return _told(_judged(asked))


def _told(judged: _Judged) -> Reviewed:
    decided = [stored.pk for stored, _ in judged.changed]
    if judged.unread.entries:
        decided = sorted((*decided, *judged.unread.entries))
    return Reviewed(tuple(decided), tuple(judged.refused))


def _judged(asked: Asked) -> _Judged:
    # Within, nothing changes: the rules and the merges that hold are read once.
    with one_reading():
        activity = asked.activity
        if activity is None or not asked.only_clean:
            return _judged_one_by_one(asked)
        near = near_to(activity)
        plain = unremarked_among(asked.rows, activity, near, asked.reviewer.by.marks)
        _check_days(activity, plain.days, near, asked.reviewer)
        rest = _judged_one_by_one(structs.replace(asked, rows=plain.others), near, plain.rejected)
        return structs.replace(rest, unread=Unread(plain.approved, plain.adjusted))


def _judged_one_by_one(
    asked: Asked, near: Near | None = None, rejected: Collection[LineKey] | None = None
) -> _Judged:
    found = read_entries(asked.rows)
    waiting = [stored for stored in found if stored.entry.state is EntryState.PENDING]
    of_one = asked.activity
    if near is None:
        near = near_to(of_one) if of_one else near_of({one.entry.key.activity for one in waiting})
    _check_ready(waiting, near, asked.reviewer)
    against = lines_rejected_before(waiting, rejected)
    answer = asked.decide([stored.entry for stored in waiting], against, near)
    refusals = {entry_id(entry): reason for entry, reason in answer.refused}
    return _Judged(
        [
            (stored, after)
            for stored, after in zip(waiting, answer.entries, strict=True)
            if after.state is not EntryState.PENDING
        ],
        [
            (stored.pk, refusals.get(entry_id(stored.entry), ReviewRefusal.NOT_PENDING))
            for stored in found
            if stored.entry.state is not EntryState.PENDING or entry_id(stored.entry) in refusals
        ],
    )


def _review(asked: Asked) -> Reviewed:
    """Decide on those of the rows that are pending, in one transaction."""
    reviewer = asked.reviewer
    with transaction.atomic():
        # Of one volunteer's hours one reviewer decides at a time: what a total was before must be true.
        concerned = Volunteer.objects.filter(number__in=asked.rows.order_by().values("volunteer"))
        list(concerned.order_by("number").select_for_update(no_key=True).values_list("number"))
        judged = _judged(asked)
        _enter(judged, reviewer)
        approved = [stored for stored, after in judged.changed if after.state is EntryState.APPROVED]
        follow_approvals(approved, reviewer.now_ms, judged.unread)
    return _told(judged)


def _enter(judged: _Judged, reviewer: Reviewer) -> None:
    by_state: dict[EntryState, list[int]] = defaultdict(list)
    by_state[EntryState.APPROVED] += judged.unread.entries
    for stored, after in judged.changed:
        by_state[after.state].append(stored.pk)
    for state, entries in by_state.items():
        enter_alike(
            Review,
            "entry",
            entries,
            state=state,
            by=reviewer.by.name,
            account=reviewer.by.account,
            note=reviewer.note,
            override=reviewer.override,
            at_ms=reviewer.now_ms,
        )


def _check_ready(waiting: Sequence[StoredEntry], near: Near, reviewer: Reviewer) -> None:
    days = sorted({(stored.entry.key.activity, stored.entry.key.local_date) for stored in waiting})
    for activity, of_activity in groupby(days, key=itemgetter(0)):
        _check_days(near.activities[activity], [day for _, day in of_activity], near, reviewer)


def _check_days(activity: Activity, days: Sequence[dt.date], near: Near, reviewer: Reviewer) -> None:
    for readiness in near.closing.readiness_of(activity, days).values():
        check_ready(readiness, reviewer.now_ms, reviewer.override)


def _signed(reviewer: Reviewer) -> Reviewer:
    """The same with trimmed texts that fit."""
    return Reviewer(reviewer.by, reviewer.now_ms, note_given(reviewer.note), note_given(reviewer.override))
