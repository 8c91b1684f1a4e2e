"""S20: a volunteer moves to another organisation; the hours stay where they were recorded."""

from collections.abc import Collection, Iterable
from enum import StrEnum

import msgspec

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.rules.troubles import RulesTrouble

REQUIRED_DOCUMENTS = ("introduction_letter", "service_record")
"""What must be present before the old organisation may release."""


class TransferState(StrEnum):
    """Where a transfer is; it moves one step at a time."""

    REQUESTED = "requested"
    RELEASED = "released"  # by the organisation that is left
    ACCEPTED = "accepted"  # by the one that is joined


_NEXT = {TransferState.REQUESTED: TransferState.RELEASED, TransferState.RELEASED: TransferState.ACCEPTED}


class RecordedTime(msgspec.Struct, frozen=True):
    """Approved seconds that one organisation recorded for the volunteer."""

    organisation: str
    t_s: int


class PersonalRecord(msgspec.Struct, frozen=True):
    """The volunteer's hours over all organisations; a transfer changes nothing of it."""

    total_s: int
    by_recorder: dict[str, int]
    """Seconds by the organisation that recorded them: the only one that may certify them."""


def missing_documents(documents: Collection[str]) -> tuple[str, ...]:
    """What is still missing before the transfer can go on, in a fixed order."""
    return tuple(document for document in REQUIRED_DOCUMENTS if document not in documents)


def advance_transfer(state: TransferState, documents: Collection[str]) -> TransferState:
    """The state after the next step: requested → released → accepted.

    Raises RulesError: TRANSFER_INCOMPLETE while a document is missing, TRANSFER_DONE once it was accepted.
    """
    missing = missing_documents(documents)
    if missing:
        raise RulesError(
            RulesTrouble.TRANSFER_INCOMPLETE, missing=[Trouble.term("document", one) for one in missing]
        )
    following = _NEXT.get(state)
    if following is None:
        raise RulesError(RulesTrouble.TRANSFER_DONE)
    return following


def personal_record(approved: Iterable[RecordedTime]) -> PersonalRecord:
    """Everything a volunteer served, wherever it was recorded."""
    by_recorder: dict[str, int] = {}
    for time in approved:
        by_recorder[time.organisation] = by_recorder.get(time.organisation, 0) + time.t_s
    return PersonalRecord(sum(by_recorder.values()), by_recorder)


def may_certify(organisation: str, recorder: str) -> bool:
    """Whether that organisation may certify a line: only who recorded it does."""
    return organisation == recorder
