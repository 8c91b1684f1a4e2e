"""Moves between organisations; the hours stay where they were recorded (S20)."""

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from settlement.accounts.accounts import actor_in, marks_of
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.merged_numbers import check_takes_new
from settlement.models import Membership, Organisation, Transfer, Volunteer
from settlement.organisations.members import join, leave
from settlement.reach import Reach, check_entitled
from settlement.rules.transfer import TransferState, advance_transfer
from settlement.rules.troubles import RulesTrouble
from settlement.signatures import check_another, check_not_own, reason_given
from settlement.troubles import DecisionTrouble
from settlement.volunteers.record import service_record

WITHDRAWN = "withdrawn"
"""The state of a transfer that was given up before it was accepted."""


def request_transfer(
    volunteer: Volunteer, origin: Organisation, destination: Organisation, *, by: Actor, now_ms: int
) -> Transfer:
    """Take down that a volunteer wants to move.

    The volunteer's own wish, or taken down by whoever sees to the organisation that is left. Raises
    RulesError: NOT_ALLOWED, OUT_OF_REACH, ALREADY_ERASED, NUMBER_MERGED, SAME_ORGANISATION, NOT_A_MEMBER,
    ALREADY_MEMBER, TRANSFER_OPEN.
    """
    check_entitled(by, Deed.REQUEST_TRANSFER, origin, owner=volunteer.number)
    check_takes_new(volunteer.number)
    if origin.pk == destination.pk:
        raise RulesError(DecisionTrouble.SAME_ORGANISATION)
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        _check_membership(volunteer, origin, destination)
        if Transfer.objects.filter(volunteer=volunteer, state__in=list(OPEN)).exists():
            raise RulesError(DecisionTrouble.TRANSFER_OPEN, volunteer=volunteer.number)
        return Transfer.objects.create(
            volunteer=volunteer,
            origin=origin,
            destination=destination,
            state=TransferState.REQUESTED,
            requested_by=by.name,
            requested_account_id=by.account,
            requested_ms=now_ms,
        )


def hand_in_letter(number: int, letter: str, signed: Signed) -> None:
    """Note the introduction letter: its number, or where it is kept.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NO_LETTER, UNKNOWN_TRANSFER, TRANSFER_DONE.
    """
    letter = reason_given(letter, code=DecisionTrouble.NO_LETTER)
    with transaction.atomic():
        transfer = _open(number)
        check_entitled(actor_in(signed), Deed.REQUEST_TRANSFER, transfer.origin)
        before = {"letter": transfer.introduction_letter}
        transfer.introduction_letter = letter
        transfer.save(update_fields=["introduction_letter"])
        note(
            Action.ENTER,
            Kind.TRANSFER,
            transfer.pk,
            signed,
            before=before,
            after={"letter": letter},
            volunteer=transfer.volunteer_id,
        )


def release_transfer(number: int, *, by: Actor, now_ms: int) -> Transfer:
    """Let the volunteer go, with the service record as it stands now.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, SELF_REVIEW, UNKNOWN_TRANSFER, TRANSFER_INCOMPLETE without
    a letter, NUMBER_MERGED, NOT_REQUESTED, TRANSFER_DONE.
    """
    with transaction.atomic():
        transfer = _open(number)
        check_not_own(by, transfer.volunteer_id)
        check_entitled(by, Deed.DECIDE_TRANSFER, transfer.origin)
        check_takes_new(transfer.volunteer_id)
        if transfer.state != TransferState.REQUESTED:
            raise RulesError(DecisionTrouble.NOT_REQUESTED)
        transfer.service_record = msgspec.to_builtins(service_record(transfer.volunteer_id))
        transfer.state = advance_transfer(TransferState.REQUESTED, _documents(transfer))
        transfer.released_by, transfer.released_ms = by.name, now_ms
        transfer.released_account_id = by.account
        transfer.save()
    return transfer


def accept_transfer(number: int, *, by: Actor, now_ms: int) -> Transfer:
    """Take the volunteer in: the old membership ends and the new one begins at the same moment.

    Another person than who released. Hours and points stay as they are. Raises RulesError: NOT_ALLOWED,
    OUT_OF_REACH, SELF_REVIEW, FOUR_EYES, UNKNOWN_TRANSFER, NUMBER_MERGED,
    NOT_RELEASED, TRANSFER_DONE, NOT_A_MEMBER, ALREADY_MEMBER.
    """
    with transaction.atomic():
        transfer = _open(number)
        check_not_own(by, transfer.volunteer_id)
        check_entitled(by, Deed.DECIDE_TRANSFER, transfer.destination)
        check_takes_new(transfer.volunteer_id)
        if transfer.state != TransferState.RELEASED:
            raise RulesError(DecisionTrouble.NOT_RELEASED, organisation=transfer.origin.name)
        check_another(by, marks_of(transfer.released_account, transfer.released_by))
        transfer.state = advance_transfer(TransferState.RELEASED, _documents(transfer))
        leave(transfer.volunteer, transfer.origin, now_ms)
        join(transfer.volunteer, transfer.destination, now_ms)
        transfer.ended_by, transfer.ended_account_id, transfer.ended_ms = by.name, by.account, now_ms
        transfer.save()
    return transfer


def withdraw_transfer(number: int, *, by: Actor, now_ms: int) -> None:
    """Give a transfer up that was not accepted yet.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, UNKNOWN_TRANSFER, TRANSFER_DONE.
    """
    with transaction.atomic():
        transfer = _open(number)
        check_entitled(by, Deed.REQUEST_TRANSFER, transfer.origin, owner=transfer.volunteer_id)
        transfer.state, transfer.ended_ms = WITHDRAWN, now_ms
        transfer.ended_by, transfer.ended_account_id = by.name, by.account
        transfer.save()


def open_transfers(reach: Reach) -> QuerySet[Transfer]:
    """Transfers that are under way, the oldest first."""
    under_way = reach.transfers().filter(state__in=list(OPEN)).select_related("origin", "destination")
    return under_way.order_by("requested_ms", "pk")


OPEN = (TransferState.REQUESTED, TransferState.RELEASED)


def _documents(transfer: Transfer) -> list[str]:
    present = {
        "introduction_letter": bool(transfer.introduction_letter),
        "service_record": transfer.service_record is not None,
    }
    return [name for name, is_present in present.items() if is_present]


def _open(number: int) -> Transfer:
    """The transfer, locked, as long as it is under way."""
    transfer = Transfer.objects.select_for_update(no_key=True).filter(pk=number).first()
    if transfer is None:
        raise RulesError(DecisionTrouble.UNKNOWN_TRANSFER, number=number)
    if transfer.state not in OPEN:
        raise RulesError(RulesTrouble.TRANSFER_DONE)
    return transfer


def _check_membership(volunteer: Volunteer, origin: Organisation, destination: Organisation) -> None:
    current = Membership.objects.filter(volunteer=volunteer, left_ms=None)
    if not current.filter(organisation=origin).exists():
        raise RulesError(DecisionTrouble.NOT_A_MEMBER, volunteer=volunteer.number, organisation=origin.name)
    if current.filter(organisation=destination).exists():
        raise RulesError(
            DecisionTrouble.ALREADY_MEMBER, volunteer=volunteer.number, organisation=destination.name
        )
