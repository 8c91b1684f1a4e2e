"""Decisions that can be undone: held for some minutes, and posted by the settler when nobody took them back.

What is held has changed nothing yet. When it is posted it is judged anew, by what its reviewer may do then
and by what is known then: what can't be decided any more stays, and the held decision says why.
"""

import time
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct, convert, structs, to_builtins

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.accounts.accounts import acting
from settlement.accounts.actor import Actor
from settlement.database.alike_rows import enter_alike
from settlement.ledger.entries import pending
from settlement.models import Activity, HeldEntry, HeldReview, LedgerEntry
from settlement.reach import Reach, check_entitled
from settlement.review.decide import (
    Asked,
    Reviewed,
    Reviewer,
    asked_of,
    asked_of_clean,
    carry_out,
    foreseen,
)
from settlement.review.deeds import deed_of_review
from settlement.rules.review import Decision, ReviewRefusal
from settlement.signatures import note_given, reason_given
from settlement.troubles import DecisionTrouble


class Verdict(StrEnum):
    """What one click says of entries."""

    APPROVE = "approve"
    APPROVE_CLEAN = "approve_clean"
    REJECT = "reject"
    LIFT_CAP = "lift_cap"
    CREDIT_STAY = "credit_stay"


Way = Callable[[int, Reviewer], object]
"""What carries out a verdict on one entry that is neither an approval nor a rejection; raises RulesError."""


_NO_WAYS: Mapping[Verdict, Way] = {}
_JUDGED = frozenset({Verdict.APPROVE, Verdict.APPROVE_CLEAN, Verdict.REJECT})
_MOST_AT_ONCE = 50
"""Held decisions that are posted before the settler looks after something else."""


class HeldState(StrEnum):
    """What became of a held decision."""

    HELD = "held"
    UNDONE = "undone"
    POSTED = "posted"
    REFUSED = "refused"  # nothing of it could be posted, for one reason


class Click(Struct, frozen=True):
    """What somebody decides with one click: on which entries of an activity; of clean ones on all."""

    activity: Activity
    verdict: Verdict
    entries: Collection[int] = ()


class Held(Struct, frozen=True):
    """What a click came to: the number by which it is undone, 0 where it is posted or nothing was decided."""

    number: int
    reviewed: Reviewed
    outcome: object = None
    """What its way came to, where it was posted at once."""


def decide_later(click: Click, reviewer: Reviewer, hold_minutes: int) -> Held:
    """Decide on entries in a way that can be undone for some minutes; without any it is posted at once.

    Raises RulesError as `approve` and `reject` do; then nothing is held.
    """
    asked = _asked(click, reviewer)
    if not hold_minutes:
        return Held(0, carry_out(asked))
    with transaction.atomic():
        judged = foreseen(asked)
        return _hold(click, asked.reviewer, judged, hold_minutes) if judged.decided else Held(0, judged)


def do_later(click: Click, way: Way, reviewer: Reviewer, hold_minutes: int) -> Held:
    """The same of a verdict on one entry that another service carries out.

    What that comes to now is found by doing it and taking it back. Raises RulesError as the service does;
    then nothing is held. UNKNOWN_ENTRY for one of another activity.
    """
    (entry,) = click.entries
    if not click.activity.entries.filter(pk=entry).exists():
        raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
    reviewer = Reviewer(
        reviewer.by, reviewer.now_ms, reason_given(reviewer.note), note_given(reviewer.override)
    )
    judged = Reviewed((entry,))
    if not hold_minutes:
        return Held(0, judged, way(entry, reviewer))
    with transaction.atomic():
        with transaction.atomic():
            way(entry, reviewer)
            transaction.set_rollback(True)
        return _hold(click, reviewer, judged, hold_minutes)


def _hold(click: Click, reviewer: Reviewer, judged: Reviewed, hold_minutes: int) -> Held:
    """Hold what was judged, in the caller's transaction."""
    row = HeldReview.objects.create(
        activity=click.activity,
        account_id=reviewer.by.account,
        by=reviewer.by.name,
        verdict=click.verdict,
        note=reviewer.note,
        override=reviewer.override,
        entries=judged.decided,
        asked_ms=reviewer.now_ms,
        post_at_ms=_real_ms() + hold_minutes * 60_000,
        state=HeldState.HELD,
    )
    # What another click holds already is left to it, whether that was before or at the same moment.
    ours = set(enter_alike(HeldEntry, "entry", judged.decided, spare_known=True, review=row.pk))
    if not ours:
        row.delete()
    elif len(ours) < len(judged.decided):
        row.entries = [entry for entry in judged.decided if entry in ours]
        row.save(update_fields=["entries"])
    return Held(row.pk if ours else 0, _only(judged, ours))


def undo(number: int, by: Actor, now_ms: int) -> Click:
    """Take back what one click decided, as a whole, before it is posted; returns what it was.

    Whoever may decide on the activity's hours may do so. Raises RulesError: NOTHING_HELD, NOT_ALLOWED,
    OUT_OF_REACH.
    """
    with transaction.atomic():
        row = _waiting().filter(pk=number).select_for_update(no_key=True, of=("self",)).first()
        if row is None:
            raise RulesError(DecisionTrouble.NOTHING_HELD, number=number)
        check_entitled(by, deed_of_review([row.activity_id], now_ms), row.activity)
        _end(row, HeldState.UNDONE, now_ms, by.name)
    return Click(row.activity, Verdict(row.verdict), tuple(row.entries))


def held_in(reach: Reach, activity: Activity | None = None) -> QuerySet[HeldReview]:
    """What can still be undone, and what became of such decisions lately, the latest first."""
    rows = HeldReview.objects.filter(activity__in=reach.activities()).select_related("activity")
    return (rows if activity is None else rows.filter(activity=activity)).order_by("-pk")


def held_of(entry: int) -> HeldReview | None:
    """The decision that holds an entry."""
    return HeldReview.objects.filter(held__entry=entry).first()


def trouble_of(row: HeldReview) -> Trouble | None:
    """Why nothing of it could be posted."""
    return None if row.trouble is None else convert(row.trouble, Trouble)


def not_held(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Those of the entries on which nobody has decided in a way that is still to be posted."""
    return rows.filter(held=None)


def post_due(now_ms: int, ways: Mapping[Verdict, Way] = _NO_WAYS) -> int:
    """Post the decisions that nobody undid in time; returns how many.

    `ways` carry out what is neither an approval nor a rejection; without its way such a decision stays held.
    Several settlers may do so at once: what another one posts is left to it.
    """
    due = _waiting().filter(post_at_ms__lte=_real_ms()).order_by("pk").values_list("pk", flat=True)
    due = due.filter(verdict__in=[*_JUDGED, *ways])
    return sum(_post(number, now_ms, ways) for number in list(due[:_MOST_AT_ONCE]))


def _post(number: int, now_ms: int, ways: Mapping[Verdict, Way]) -> bool:
    with transaction.atomic():
        row = (
            _waiting()
            .filter(pk=number)
            .select_for_update(no_key=True, skip_locked=True, of=("self",))
            .first()
        )
        if row is None:
            return False
        try:
            reviewer = Reviewer(acting(row.account.login), now_ms, row.note, row.override)
            reviewed = _carry_out(row, reviewer, ways)
        except RulesError as error:
            row.trouble = to_builtins(error.trouble)
            _end(row, HeldState.REFUSED, now_ms)
        else:
            row.stayed = [[entry, why] for entry, why in reviewed.refused]
            _end(row, HeldState.POSTED, now_ms)
    return True


def _carry_out(row: HeldReview, reviewer: Reviewer, ways: Mapping[Verdict, Way]) -> Reviewed:
    click = Click(row.activity, Verdict(row.verdict), row.entries)
    if click.verdict in _JUDGED:
        return carry_out(_asked(click, reviewer, row))
    for entry in click.entries:
        ways[click.verdict](entry, reviewer)
    return Reviewed(tuple(click.entries))


def _asked(click: Click, reviewer: Reviewer, held: HeldReview | None = None) -> Asked:
    if click.verdict is Verdict.APPROVE_CLEAN:
        rows = pending().filter(activity=click.activity)
        # By the decision that holds them: thousands of numbers are slow to hand over.
        rows = not_held(rows) if held is None else rows.filter(held__review=held)
        return asked_of_clean(click.activity, rows, reviewer)
    asked = asked_of(
        click.entries,
        Decision.REJECT if click.verdict is Verdict.REJECT else Decision.APPROVE,
        reviewer,
    )
    return structs.replace(asked, rows=asked.rows.filter(activity=click.activity), activity=click.activity)


def _waiting() -> QuerySet[HeldReview]:
    return HeldReview.objects.filter(state=HeldState.HELD).select_related("activity__site", "account")


def _end(row: HeldReview, state: HeldState, now_ms: int, by: str = "") -> None:
    row.state, row.ended_ms, row.ended_by = state, now_ms, by
    # They may speak of somebody; what was posted keeps them, and loses them when that person is erased.
    row.note = row.override = ""
    row.save(update_fields=["state", "ended_ms", "ended_by", "note", "override", "stayed", "trouble"])
    row.held.all().delete()


def _only(reviewed: Reviewed, ours: Collection[int]) -> Reviewed:
    """The same, with what another click holds told as that."""
    refused = ((entry, ReviewRefusal.HELD) for entry in reviewed.decided if entry not in ours)
    decided = (entry for entry in reviewed.decided if entry in ours)
    return Reviewed(tuple(decided), (*reviewed.refused, *refused))


def _real_ms() -> int:
    # Real time, not the evidence's clock: a demo's clock may stand still.
    return time.time_ns() // 1_000_000
