"""Moves between organisations; the hours stay where they were recorded (S20)."""

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from settlement.models import Membership, Organisation, Transfer, Volunteer
from settlement.organisations.members import join, leave
from settlement.rules.transfer import TransferState, advance_transfer
from settlement.rules.troubles import RulesTrouble
from settlement.signatures import reason_given, signed_by
from settlement.troubles import DecisionTrouble
from settlement.volunteers.record import service_record

WITHDRAWN = "withdrawn"
"""The state of a transfer that was given up before it was accepted."""


def request_transfer(
    volunteer: Volunteer, origin: Organisation, destination: Organisation, *, by: str, now_ms: int
) -> Transfer:
    """Take down that a volunteer wants to move.

    Raises RulesError: NOBODY, SAME_ORGANISATION, NOT_A_MEMBER, ALREADY_MEMBER, TRANSFER_OPEN.
    """
    by = signed_by(by)
    if origin.pk == destination.pk:
        raise RulesError(DecisionTrouble.SAME_ORGANISATION)
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        _check_membership(volunteer, origin, destination)
        if Transfer.objects.filter(volunteer=volunteer, state__in=list(_OPEN)).exists():
            raise RulesError(DecisionTrouble.TRANSFER_OPEN, volunteer=volunteer.number)
        return Transfer.objects.create(
            volunteer=volunteer,
            origin=origin,
            destination=destination,
            state=TransferState.REQUESTED,
            requested_by=by,
            requested_ms=now_ms,
        )


def hand_in_letter(number: int, letter: str) -> None:
    """Note the introduction letter: its number, or where it is kept.

    Raises RulesError: NO_LETTER, UNKNOWN_TRANSFER, TRANSFER_DONE.
    """
    letter = reason_given(letter, code=DecisionTrouble.NO_LETTER)
    with transaction.atomic():
        transfer = _open(number)
        transfer.introduction_letter = letter
        transfer.save(update_fields=["introduction_letter"])


def release_transfer(number: int, *, by: str, now_ms: int) -> Transfer:
    """Let the volunteer go, with the service record as it stands now.

    Raises RulesError: NOBODY, UNKNOWN_TRANSFER, TRANSFER_INCOMPLETE without a letter, NOT_REQUESTED,
    TRANSFER_DONE.
    """
    by = signed_by(by)
    with transaction.atomic():
        transfer = _open(number)
        if transfer.state != TransferState.REQUESTED:
            raise RulesError(DecisionTrouble.NOT_REQUESTED)
        transfer.service_record = msgspec.to_builtins(service_record(transfer.volunteer_id))
        transfer.state = advance_transfer(TransferState.REQUESTED, _documents(transfer))
        transfer.released_by, transfer.released_ms = by, now_ms
        transfer.save()
    return transfer


def accept_transfer(number: int, *, by: str, now_ms: int) -> Transfer:
    """Take the volunteer in: the old membership ends and the new one begins at the same moment.

    Hours and points stay as they are. Raises RulesError: NOBODY, UNKNOWN_TRANSFER, NOT_RELEASED,
    TRANSFER_DONE, NOT_A_MEMBER, ALREADY_MEMBER.
    """
    by = signed_by(by)
    with transaction.atomic():
        transfer = _open(number)
        if transfer.state != TransferState.RELEASED:
            raise RulesError(DecisionTrouble.NOT_RELEASED, organisation=transfer.origin.name)
        transfer.state = advance_transfer(TransferState.RELEASED, _documents(transfer))
        leave(transfer.volunteer, transfer.origin, now_ms)
        join(transfer.volunteer, transfer.destination, now_ms)
        transfer.ended_by, transfer.ended_ms = by, now_ms
        transfer.save()
    return transfer


def withdraw_transfer(number: int, *, by: str, now_ms: int) -> None:
    """Give a transfer up that was not accepted yet.

    Raises RulesError: NOBODY, UNKNOWN_TRANSFER, TRANSFER_DONE.
    """
    by = signed_by(by)
    with transaction.atomic():
        transfer = _open(number)
        transfer.state, transfer.ended_by, transfer.ended_ms = WITHDRAWN, by, now_ms
        transfer.save()


def open_transfers() -> QuerySet[Transfer]:
    """Transfers that are under way, the oldest first."""
    under_way = Transfer.objects.filter(state__in=list(_OPEN)).select_related("origin", "destination")
    return under_way.order_by("requested_ms", "pk")


_OPEN = (TransferState.REQUESTED, TransferState.RELEASED)


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
    if transfer.state not in _OPEN:
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
