"""Certificates that volunteers ask for: granted by whoever certifies there, or refused with a reason."""

from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.ledger.entries import approved
from settlement.merged_numbers import check_takes_new
from settlement.models import CertificateRequest, Organisation, Volunteer
from settlement.reach import Reach, check_entitled
from settlement.recognition.certificates import issue_certificate
from settlement.signatures import check_not_own, reason_given
from settlement.troubles import DecisionTrouble


class RequestState(StrEnum):
    """How far a request has come."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


def issuers_for(volunteer: int) -> QuerySet[Organisation]:
    """The organisations that recorded approved time of a volunteer and issue certificates."""
    recorded = approved().filter(volunteer=volunteer).order_by().values("activity__organisation")
    return Organisation.objects.filter(pk__in=recorded).exclude(issuer="").order_by("path")


def ask_for_certificate(
    volunteer: Volunteer, organisation: Organisation, *, by: Actor, now_ms: int
) -> CertificateRequest:
    """Take down that a volunteer asks an organisation to certify what it recorded.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, ALREADY_ERASED, NUMBER_MERGED, NO_ISSUER,
    NOTHING_TO_CERTIFY, CERTIFICATE_ASKED while an earlier request of the same waits.
    """
    check_entitled(by, Deed.CERTIFY, organisation, owner=volunteer.number)
    if not organisation.issuer:
        raise RulesError(DecisionTrouble.NO_ISSUER, organisation=organisation.name)
    with transaction.atomic():
        # Of two requests at the same moment the second one sees the first.
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        check_takes_new(volunteer.number)
        if not issuers_for(volunteer.number).filter(pk=organisation.pk).exists():
            raise RulesError(
                DecisionTrouble.NOTHING_TO_CERTIFY, organisation=organisation.name, volunteer=volunteer.number
            )
        earlier = _open().filter(volunteer=volunteer, organisation=organisation)
        if earlier.exists():
            raise RulesError(DecisionTrouble.CERTIFICATE_ASKED, organisation=organisation.name)
        return CertificateRequest.objects.create(
            volunteer=volunteer, organisation=organisation, state=RequestState.REQUESTED, asked_ms=now_ms
        )


def grant_request(number: int, by: Actor, now_ms: int) -> None:
    """Issue what was asked for, with all that the organisation recorded.

    Raises RulesError as `issue_certificate` does, UNKNOWN_CERTIFICATE_REQUEST, ALREADY_DECIDED.
    """
    with transaction.atomic():
        row = _waiting(number)
        row.certificate = issue_certificate(row.organisation, row.volunteer, by=by, now_ms=now_ms)
        _decide(row, RequestState.GRANTED, by, now_ms)


def refuse_request(number: int, by: Actor, now_ms: int, note: str) -> None:
    """Issue nothing; the volunteer reads why.

    Raises RulesError: UNKNOWN_CERTIFICATE_REQUEST, ALREADY_DECIDED, SELF_REVIEW, NOT_ALLOWED, OUT_OF_REACH,
    NO_REASON.
    """
    with transaction.atomic():
        row = _waiting(number)
        check_not_own(by, row.volunteer_id)
        check_entitled(by, Deed.CERTIFY, row.organisation)
        row.note = reason_given(note)
        _decide(row, RequestState.REFUSED, by, now_ms)


def waiting_requests(reach: Reach) -> QuerySet[CertificateRequest]:
    """Requests that nobody has decided on, the oldest first."""
    waiting = reach.certificate_requests().filter(state=RequestState.REQUESTED)
    return waiting.select_related("organisation").order_by("asked_ms", "pk")


def _open() -> QuerySet[CertificateRequest]:
    return CertificateRequest.objects.filter(state=RequestState.REQUESTED)


def _waiting(number: int) -> CertificateRequest:
    """The request, locked, as long as it waits."""
    row = CertificateRequest.objects.select_for_update(no_key=True).filter(pk=number).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_CERTIFICATE_REQUEST, number=number)
    if row.state != RequestState.REQUESTED:
        raise RulesError(DecisionTrouble.ALREADY_DECIDED)
    return row


def _decide(row: CertificateRequest, state: RequestState, by: Actor, now_ms: int) -> None:
    row.state, row.decided_by, row.decided_account_id, row.decided_ms = state, by.name, by.account, now_ms
    row.save()
