"""Why a manual record exists and who entered it, where that was no person: kept as codes, told in words."""

from enum import StrEnum

from foundation.words import Words
from settlement.models import ManualRecord

CENTRE = "centre:rules"
"""Who entered what the rules put down by themselves."""

_TERMINAL = "terminal:"


class RecordReason(StrEnum):
    """Why a record exists that no person wrote; `manual_reason-…` in the catalogs."""

    VOLUNTEER_CLAIM = "VOLUNTEER_CLAIM"
    """The volunteer said so at a terminal, within what its evidence allows."""
    FORGOTTEN_CHECK_OUT = "FORGOTTEN_CHECK_OUT"
    """Nobody checked out; the activity's policy puts the shift's end down."""
    ERASED = "ERASED"
    """A person wrote why, and the words went with the volunteer, who was erased."""


def entered_by_terminal(terminal: str) -> str:
    """Who entered what a terminal took down without any staff."""
    return f"{_TERMINAL}{terminal}"


def reason_code_of(record: ManualRecord) -> str:
    """The code of a record's reason; "" where a person wrote one.

    Claims of before 0.2 hold an English sentence instead of their code.
    """
    if record.claim_chain_id is not None:
        return RecordReason.VOLUNTEER_CLAIM
    return record.reason_code or ""


def told_reason(record: ManualRecord, words: Words) -> str:
    """The record's reason, as its person wrote it or in the reader's language."""
    code = reason_code_of(record)
    said = words.code("manual_reason", code) if code else record.reason
    dispute = dispute_of(record)
    return said if dispute is None else words.say("of_dispute-reason", number=str(dispute), reason=said)


def dispute_of(record: ManualRecord) -> int | None:
    """The number of the objection whose answer entered the record, where one did."""
    link = getattr(record, "of_dispute", None)
    return None if link is None else link.dispute_id


def told_hand(entered_by: str, words: Words) -> str:
    """Who entered a record: a person by name, a terminal or the centre itself in the reader's language."""
    if entered_by == CENTRE:
        return words.say("entered_by-centre")
    if entered_by.startswith(_TERMINAL):
        return words.say("entered_by-terminal", terminal=entered_by.removeprefix(_TERMINAL))
    return entered_by
