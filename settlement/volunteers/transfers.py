"""Moves between organisations; the hours stay where they were recorded (S20)."""

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError
from settlement.models import Membership, Organisation, Transfer, Volunteer
from settlement.organisations.members import join, leave
from settlement.rules.transfer import TransferState, advance_transfer
from settlement.signatures import reason_given, signed_by
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
        raise RulesError(
            "SAME_ORGANISATION", "A transfer leads to another organisation.", remedy="Choose where to."
        )
    with transaction.atomic():
        Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
        _check_membership(volunteer, origin, destination)
        if Transfer.objects.filter(volunteer=volunteer, state__in=list(_OPEN)).exists():
            raise RulesError(
                "TRANSFER_OPEN",
                f"Volunteer {volunteer.number} is moving already.",
                remedy="Finish or withdraw that transfer first.",
            )
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
    letter = reason_given(letter, code="NO_LETTER")
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
            raise RulesError(
                "NOT_REQUESTED",
                "This transfer was released already.",
                remedy="Let the destination accept it.",
            )
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
            raise RulesError(
                "NOT_RELEASED",
                f"{transfer.origin.name} has not released the volunteer yet.",
                remedy="Ask there for the release.",
            )
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
        raise RulesError(
            "UNKNOWN_TRANSFER", f"There is no transfer {number}.", remedy="Look at the list again."
        )
    if transfer.state not in _OPEN:
        raise RulesError(
            "TRANSFER_DONE", "This transfer has ended.", remedy="Request a new one if it was wrong."
        )
    return transfer


def _check_membership(volunteer: Volunteer, origin: Organisation, destination: Organisation) -> None:
    current = Membership.objects.filter(volunteer=volunteer, left_ms=None)
    if not current.filter(organisation=origin).exists():
        raise RulesError(
            "NOT_A_MEMBER",
            f"Volunteer {volunteer.number} does not belong to {origin.name}.",
            remedy="Look up where the volunteer belongs.",
        )
    if current.filter(organisation=destination).exists():
        raise RulesError(
            "ALREADY_MEMBER",
            f"Volunteer {volunteer.number} belongs to {destination.name} already.",
            remedy="Nothing needs to be done.",
        )
