"""What people did about a case of the city, each by the service that a page or a command would call."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from muster.demo.city.office import Deed, Office
from muster.demo.city.plan import Does
from muster.demo.city.roll import PlayedCase
from settlement.accounts.audit import Signed
from settlement.ledger.entries import pending
from settlement.look_up import activity_called, organisation_at, volunteer_numbered
from settlement.master_data.access import SignedBy, revoke, suspend
from settlement.models import Dispute, Exchange, ManualRecord, Session, Transfer
from settlement.organisations.tree import DIGITS
from settlement.recognition.certificates import issue_certificate
from settlement.recognition.points import apply_for_gift, approve_exchange
from settlement.recognition.ratings import RaterRole, rate
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.review.decide import Reviewer, approve, reject
from settlement.review.lifted_caps import lift_cap
from settlement.rules.evidence import Direction
from settlement.settling.credited_stays import credit_stay
from settlement.volunteers.transfers import hand_in_letter, release_transfer, request_transfer

_GIFT = "towel"


def _date(office: Office, played: PlayedCase) -> dt.date:
    return office.calendar.date(played.case.day)


def _entries(office: Office, played: PlayedCase, *days: int) -> list[int]:
    """What waits of the case's line, or of its lines on these days."""
    dates = [office.calendar.date(day) for day in days or (played.case.day,)]
    waiting = pending().filter(
        volunteer=played.volunteer, activity=played.case.activity, local_date__in=dates
    )
    return list(waiting.values_list("pk", flat=True))


def _write_down(office: Office, played: PlayedCase) -> None:
    for written in played.case.written:
        time = ManualTime(
            played.volunteer,
            played.case.activity,
            Direction(written.does),
            office.calendar.ms(played.case.day, written.at),
            "From the paper list at the door; the reader had no power.",
        )
        enter_manual_record(time, office.clerk, office.some_days_after(played.case.day, 1))


def _confirm(office: Office, played: PlayedCase) -> None:
    written = ManualRecord.objects.filter(volunteer=played.volunteer, activity=played.case.activity)
    for number in list(written.filter(decision=None).order_by("pk").values_list("pk", flat=True)):
        confirm_manual_record(number, office.second, office.some_days_after(played.case.day, 2))


def _shorten(office: Office, played: PlayedCase) -> None:
    """On the case's last day somebody left earlier than the terminal says; two people agree."""
    case, day = played.case, min(played.case.days)
    stay = Session.objects.get(
        volunteer=played.volunteer, activity=case.activity, line_date=office.calendar.date(day)
    )
    (written,) = case.written
    time = ManualTime(
        played.volunteer,
        case.activity,
        Direction.OUT,
        office.calendar.ms(day, written.at),
        "Left with the ambulance; a friend checked the badge out in the evening.",
        (stay.out_event,),
    )
    record = enter_manual_record(time, office.clerk, office.some_days_after(day, 5))
    confirm_manual_record(record.pk, office.second, office.some_days_after(day, 6))


def _approve_change(office: Office, played: PlayedCase) -> None:
    entries = _entries(office, played, *played.case.days)
    approve(entries, Reviewer(office.first, office.now_ms, "As the hospital wrote."))


def _lift_cap(office: Office, played: PlayedCase) -> None:
    (entry,) = _entries(office, played)
    lift_cap(entry, office.second, "The relief did not come; agreed with the market's office.", office.now_ms)


def _credit_stay(office: Office, played: PlayedCase) -> None:
    entry, *_ = _entries(office, played)
    credit_stay(
        entry, office.second, "Guarded the stalls overnight; the market's office says so.", office.now_ms
    )


def _reject(office: Office, played: PlayedCase) -> None:
    reject(_entries(office, played), Reviewer(office.second, office.now_ms, "Nobody saw when it was over."))


def _revoke_badge(office: Office, played: PlayedCase) -> None:
    came, left = (office.calendar.ms(played.case.day, scan.at) for scan in played.case.scans)
    order = SignedBy(office.first, "Lost at the market.", office.now_ms)
    revoke(f"badge:{played.volunteer}.1", order, (came + left) // 2)


def _suspend(office: Office, played: PlayedCase) -> None:
    suspend(played.volunteer, SignedBy(office.first, "Asked for a pause until summer.", office.now_ms))


def _object(office: Office, played: PlayedCase) -> None:
    raise_dispute(
        volunteer_numbered(played.volunteer),
        activity_called(played.case.activity),
        _date(office, played),
        played.says,
        by=office.clerk,
        now_ms=office.some_days_after(played.case.day, 3),
    )


def _uphold(office: Office, played: PlayedCase) -> None:
    dispute = Dispute.objects.get(volunteer=played.volunteer, activity=played.case.activity, answer=None)
    stay = Session.objects.get(
        volunteer=played.volunteer, activity=played.case.activity, line_date=_date(office, played)
    )
    corrections = tuple(
        Correction(Direction(one.does), office.calendar.ms(played.case.day, one.at), (stay.out_event,))
        for one in played.case.written
        if one.does is Does.OUT
    )
    found = DisputeResolution(DisputeOutcome.UPHELD, "The nurse in charge remembers.", corrections)
    answer_dispute(dispute.pk, found, by=office.second, now_ms=office.some_days_after(played.case.day, 5))


def _apply_for_gift(office: Office, played: PlayedCase) -> None:
    apply_for_gift(volunteer_numbered(played.volunteer), _GIFT, office.clerk, office.some_days_after(2, 0))


def _grant_gift(office: Office, played: PlayedCase) -> None:
    asked = Exchange.objects.get(volunteer=played.volunteer)
    approve_exchange(asked.pk, office.second, office.some_days_after(1, 0))


def _certify(office: Office, played: PlayedCase) -> None:
    organisation = organisation_at(office.plan.activity_called(played.case.activity).organisation)
    issue_certificate(
        organisation, volunteer_numbered(played.volunteer), by=office.first, now_ms=office.now_ms
    )


def _rate(office: Office, played: PlayedCase) -> None:
    volunteer, activity = volunteer_numbered(played.volunteer), activity_called(played.case.activity)
    rate(volunteer, activity, RaterRole.LEADER, 1100, by=office.first, now_ms=office.now_ms)
    told = {"recipient": "Mrs Aldana", "note": "The children ask for more."}
    rate(volunteer, activity, RaterRole.RECIPIENT, 1300, by=office.first, now_ms=office.now_ms, **told)


def _ask_for_transfer(office: Office, played: PlayedCase) -> None:
    path = office.plan.activity_called(played.case.activity).organisation
    here, above = organisation_at(path), organisation_at(path[:-DIGITS])
    asked_ms = office.some_days_after(played.case.day, 1)
    request_transfer(volunteer_numbered(played.volunteer), here, above, by=office.clerk, now_ms=asked_ms)


def _release(office: Office, played: PlayedCase) -> None:
    transfer = Transfer.objects.get(volunteer=played.volunteer)
    hand_in_letter(transfer.pk, "Letter 17, kept at the team's office", Signed(office.clerk, office.now_ms))
    release_transfer(transfer.pk, by=office.second, now_ms=office.now_ms)


ONCE_APPROVED: Final[Mapping[str, Deed]] = {
    "write_down": _write_down,
    "confirm": _confirm,
    "certify": _certify,
    "shorten": _shorten,
    "lift_cap": _lift_cap,
    "credit_stay": _credit_stay,
    "reject": _reject,
    "revoke_badge": _revoke_badge,
    "suspend": _suspend,
    "object": _object,
    "uphold": _uphold,
    "apply_for_gift": _apply_for_gift,
    "grant_gift": _grant_gift,
    "rate": _rate,
    "ask_for_transfer": _ask_for_transfer,
    "release": _release,
}
"""What follows once the old lines are approved; some of it is settled anew."""

ONCE_SETTLED_ANEW: Final[Mapping[str, Deed]] = {"approve_change": _approve_change}
