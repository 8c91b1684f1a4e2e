"""Times entered by hand at the centre: evidence once a second person confirmed them (S16)."""

from django.db import transaction
from django.db.models import QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.conflicts import again_on_conflict
from settlement.evidence.attribution import mark_unsettled
from settlement.look_up import activity_called, volunteer_numbered
from settlement.models import ManualDecision, ManualRecord, Replacement
from settlement.records.replacements import replacements_named
from settlement.rules.evidence import Direction
from settlement.signatures import reason_given, signed_by
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


def enter_manual_record(time: ManualTime, entered_by: str, now_ms: int) -> ManualRecord:
    """Enter a time by hand; it waits for a second person.

    `entered_by` is the volunteer's number where the person is a volunteer, too. Raises RulesError:
    MANUAL_NO_REASON, MANUAL_SELF, NOBODY, UNKNOWN_VOLUNTEER, UNKNOWN_ACTIVITY, FUTURE_TIME,
    INVALID_DIRECTION, and those of `replacements_named`; then nothing is entered.
    """
    entered_by, reason = (
        signed_by(entered_by),
        reason_given(time.reason, code=DecisionTrouble.MANUAL_NO_REASON),
    )
    _check_not_self(time.volunteer, entered_by)
    _check(time, now_ms)
    with transaction.atomic():
        replaced = replacements_named(time.instead_of, time.volunteer)
        record = ManualRecord.objects.create(
            volunteer_id=time.volunteer,
            activity_id=time.activity,
            direction=time.direction,
            at_ms=time.at_ms,
            reason=reason,
            entered_by=entered_by,
            entered_ms=now_ms,
        )
        for row in replaced:
            row.record = record
        Replacement.objects.bulk_create(replaced)
    return record


def confirm_manual_record(record: int, by: str, now_ms: int) -> None:
    """Let a second person confirm a record: it counts from now on, and a reviewer will look at its line.

    Raises RulesError: UNKNOWN_RECORD, ALREADY_DECIDED, MANUAL_SELF, MANUAL_UNCONFIRMED, NOBODY.
    """
    _decide(record, by, now_ms, confirmed=True)


def decline_manual_record(record: int, by: str, now_ms: int, note: str) -> None:
    """Let a second person decline a record, with the reason; it never counts.

    Raises RulesError as `confirm_manual_record` does, and MANUAL_NO_REASON without a note.
    """
    _decide(
        record, by, now_ms, confirmed=False, note=reason_given(note, code=DecisionTrouble.MANUAL_NO_REASON)
    )


def waiting_records() -> QuerySet[ManualRecord]:
    """Records that nobody has confirmed or declined yet, the oldest first."""
    return ManualRecord.objects.filter(decision=None).order_by("entered_ms", "pk")


def _decide(number: int, by: str, now_ms: int, *, confirmed: bool, note: str = "") -> None:
    by = signed_by(by)

    def decide() -> None:
        with transaction.atomic():
            record = ManualRecord.objects.select_related("decision").filter(pk=number).first()
            if record is None:
                raise RulesError(DecisionTrouble.UNKNOWN_RECORD, number=number)
            if hasattr(record, "decision"):
                raise RulesError(DecisionTrouble.ALREADY_DECIDED)
            _check_not_self(record.volunteer_id, by)
            if by == record.entered_by:
                raise RulesError(DecisionTrouble.MANUAL_UNCONFIRMED)
            ManualDecision.objects.create(record=record, confirmed=confirmed, by=by, note=note, at_ms=now_ms)
            if confirmed:
                mark_unsettled([record.volunteer_id], now_ms)

    again_on_conflict(decide)


def _check(time: ManualTime, now_ms: int) -> None:
    if time.direction is Direction.TOGGLE:
        raise RulesError(DecisionTrouble.INVALID_DIRECTION)
    volunteer_numbered(time.volunteer)
    activity_called(time.activity)
    if time.at_ms > now_ms:
        raise RulesError(DecisionTrouble.FUTURE_TIME)


def _check_not_self(volunteer: int, by: str) -> None:
    if by == str(volunteer):
        raise RulesError(DecisionTrouble.MANUAL_SELF)
