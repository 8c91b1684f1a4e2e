"""Times entered by hand at the centre: evidence once a second person confirmed them (S16)."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.accounts import accounts_of_staff, marks_of
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import mark_unsettled
from settlement.look_up import activity_called, volunteer_numbered
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import (
    Account,
    Activity,
    ManualDecision,
    ManualRecord,
    MergedNumber,
    Replacement,
    Session,
)
from settlement.reach import Reach, check_entitled
from settlement.records.replacements import concerned, replacements_named
from settlement.rules.evidence import Direction
from settlement.rules.trace import TraceCode
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble


class ManualTime(Struct, frozen=True):
    """Somebody came or left at `at_ms` (UTC milliseconds), and why no terminal says so.

    `instead_of` names what it counts in the place of: terminal/epoch/seq, or manual/number.
    """

    volunteer: int
    activity: str
    direction: Direction
    at_ms: int
    reason: str
    instead_of: tuple[str, ...] = ()


def enter_manual_record(time: ManualTime, by: Actor, now_ms: int) -> ManualRecord:
    """Enter a time by hand; it waits for a second person.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH (of what it counts instead of, too), MANUAL_NO_REASON,
    MANUAL_SELF, UNKNOWN_VOLUNTEER, ALREADY_ERASED, NUMBER_MERGED, UNKNOWN_ACTIVITY, FUTURE_TIME,
    INVALID_DIRECTION, and those of `replacements_named`; then nothing is entered.
    """
    reason = reason_given(time.reason, code=DecisionTrouble.MANUAL_NO_REASON)
    check_takes_times(time.volunteer, by)
    check_entitled(by, Deed.ENTER_MANUAL, _checked(time, now_ms))
    with transaction.atomic():
        replaced = replacements_named(time.instead_of, time.volunteer)
        check_entitled(by, Deed.ENTER_MANUAL, *concerned(replaced, time.volunteer))
        record = ManualRecord.objects.create(
            volunteer_id=time.volunteer,
            activity_id=time.activity,
            direction=time.direction,
            at_ms=time.at_ms,
            reason=reason,
            entered_by=by.name,
            entered_account_id=by.account,
            entered_ms=now_ms,
        )
        for row in replaced:
            row.record = record
        Replacement.objects.bulk_create(replaced)
    return record


def check_takes_times(volunteer: int, by: Actor) -> None:
    """Raises RulesError for somebody of whom `by` can enter no time: MANUAL_SELF, UNKNOWN_VOLUNTEER,
    ALREADY_ERASED, NUMBER_MERGED.
    """
    _check_not_self(volunteer, by)
    volunteer_numbered(volunteer)
    check_takes_new(volunteer)


def enter_manual_records(times: Iterable[ManualTime], by: Actor, now_ms: int) -> list[ManualRecord]:
    """Enter times that belong together: all or none of them. Raises as `enter_manual_record` does."""
    with transaction.atomic():
        return [enter_manual_record(time, by, now_ms) for time in times]


def confirm_manual_record(record: int, by: Actor, now_ms: int) -> None:
    """Let a second person confirm a record: it counts from now on, and a reviewer will look at its line.

    Raises RulesError: UNKNOWN_RECORD, NOT_ALLOWED, OUT_OF_REACH, ALREADY_DECIDED, MANUAL_SELF,
    MANUAL_UNCONFIRMED, END_IS_KNOWN where the centre put the end of a stay down and other evidence has ended
    it since.
    """
    _decide(record, by, now_ms, confirmed=True)


def decline_manual_record(record: int, by: Actor, now_ms: int, note: str) -> None:
    """Let a second person decline a record, with the reason; it never counts.

    Raises RulesError as `confirm_manual_record` does, and MANUAL_NO_REASON without a note.
    """
    _decide(
        record, by, now_ms, confirmed=False, note=reason_given(note, code=DecisionTrouble.MANUAL_NO_REASON)
    )


def waiting_records(reach: Reach) -> QuerySet[ManualRecord]:
    """Records that nobody has confirmed or declined yet, the oldest first.

    Ends that the centre put down are left out once something else has ended their stay.
    """
    kept = MergedNumber.objects.filter(taken_back=None, gone=OuterRef(OuterRef("volunteer"))).values("kept")
    stays = Session.objects.filter(in_event=OuterRef("stay"), out_s=None)
    # Two conditions: each finds its sessions by the volunteer.
    unended = Exists(stays.filter(volunteer=OuterRef("volunteer"))) | Exists(stays.filter(volunteer__in=kept))
    waiting = reach.manual_records().filter(Q(stay=None) | unended, decision=None)
    return waiting.order_by("entered_ms", "pk")


def _decide(number: int, by: Actor, now_ms: int, *, confirmed: bool, note: str = "") -> None:
    def decide() -> None:
        with transaction.atomic():
            rows = ManualRecord.objects.select_related("decision", "activity", "entered_account")
            record = rows.filter(pk=number).first()
            if record is None:
                raise RulesError(DecisionTrouble.UNKNOWN_RECORD, number=number)
            if hasattr(record, "decision"):
                raise RulesError(DecisionTrouble.ALREADY_DECIDED)
            check_entitled(by, Deed.CONFIRM_MANUAL, record.activity)
            _check_not_self(record.volunteer_id, by)
            if not by.marks.isdisjoint(marks_of(_account_behind(record), record.entered_by)):
                raise RulesError(DecisionTrouble.MANUAL_UNCONFIRMED)
            if confirmed:
                taken = record.replacements.select_related("chain", "other__activity")
                check_entitled(by, Deed.CONFIRM_MANUAL, *concerned(taken, record.volunteer_id))
            if confirmed and record.stay is not None and not _is_wanted(record):
                raise RulesError(DecisionTrouble.END_IS_KNOWN)
            ManualDecision.objects.create(
                record=record,
                confirmed=confirmed,
                by=by.name,
                account_id=by.account,
                note=note,
                at_ms=now_ms,
            )
            if confirmed:
                mark_unsettled([record.volunteer_id], now_ms)

    again_on_conflict(decide)


def _account_behind(record: ManualRecord) -> Account | None:
    """Whose entry it is; of a claim, the staff member's who took it, even where the account came later."""
    if record.entered_account is not None or record.claim_seq is None:
        return record.entered_account
    return accounts_of_staff({record.entered_by}).get(record.entered_by)


def _is_wanted(record: ManualRecord) -> bool:
    """Whether the rules still ask for the end that the centre put down: nothing else has ended the stay."""
    volunteer = merged_numbers().kept(record.volunteer_id)
    sessions = Session.objects.filter(volunteer=volunteer, in_event=record.stay)
    return any(
        step["code"] == TraceCode.CLAIMED_TO_SHIFT_END and step["at_s"] * 1000 == record.at_ms
        for trace in sessions.values_list("trace", flat=True)
        for step in trace
    )


def _checked(time: ManualTime, now_ms: int) -> Activity:
    """The activity of a time that can be entered."""
    if time.direction is Direction.TOGGLE:
        raise RulesError(DecisionTrouble.INVALID_DIRECTION)
    activity = activity_called(time.activity)
    if time.at_ms > now_ms:
        raise RulesError(DecisionTrouble.FUTURE_TIME)
    return activity


def _check_not_self(volunteer: int, by: Actor) -> None:
    if str(volunteer) in by.marks:
        raise RulesError(DecisionTrouble.MANUAL_SELF)
