"""S14 and S15: who may decide on an entry, and what the decision makes of it."""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

import msgspec

from foundation.errors import RulesError
from settlement.rules.flags import ALWAYS_BLOCKING, BLOCKING_FLAGS, Flag
from settlement.rules.ledger import Entry, EntryState
from settlement.rules.settle import LineKey

Marks = str | frozenset[str]
"""What names a person in evidence and entries; older rows may know another mark of the same person."""


class Decision(StrEnum):
    """What a reviewer may say."""

    APPROVE = "approve"
    REJECT = "reject"


class ReviewRefusal(StrEnum):
    """Why a decision was refused; the codes of the RulesErrors of this module."""

    NOT_PENDING = "NOT_PENDING"
    SELF_REVIEW = "SELF_REVIEW"
    """The reviewer is the volunteer."""
    FOUR_EYES = "FOUR_EYES"
    """The reviewer entered or confirmed a manual event of the line."""
    BLOCKING_FLAG = "BLOCKING_FLAG"
    """The entry needs a decision of its own, not one in bulk."""
    NOT_SEEN = "NOT_SEEN"
    """An inspector called the volunteer's name that day in vain; the same follows."""


class ReviewedInBulk(msgspec.Struct, frozen=True):
    """What a decision on many entries came to."""

    entries: tuple[Entry, ...]
    """All the entries that were given, in their order, after the decision."""
    refused: tuple[tuple[Entry, ReviewRefusal], ...]
    """Those that stayed as they were, and why."""


def refusal_of(entry: Entry, by: Marks) -> ReviewRefusal | None:
    """Why this person may not decide on this entry, or None."""
    if entry.state is not EntryState.PENDING:
        return ReviewRefusal.NOT_PENDING
    marks = frozenset({by}) if isinstance(by, str) else by
    if entry.key.volunteer in marks:
        return ReviewRefusal.SELF_REVIEW
    return None if marks.isdisjoint(entry.hands) else ReviewRefusal.FOUR_EYES


def review(entry: Entry, decision: Decision, by: Marks) -> Entry:
    """Decide on one entry; returns it decided.

    Raises RulesError with a code of `ReviewRefusal`; the entry then stays as it is.
    """
    refusal = refusal_of(entry, by)
    if refusal is not None:
        raise RulesError(refusal)
    return _decided(entry, decision)


def review_each(entries: Iterable[Entry], decision: Decision, by: Marks) -> ReviewedInBulk:
    """Decide on every pending entry as if it were opened by itself; others pass through."""
    return _review_pending(entries, decision, by, lambda _: None)


def approve_clean(
    entries: Iterable[Entry],
    by: Marks,
    blocking: Collection[Flag] = BLOCKING_FLAGS,
    missed: Collection[LineKey] = (),
) -> ReviewedInBulk:
    """Approve in bulk what carries no blocking flag; the rest is refused and waits for its own decision.

    `missed` are the lines whose volunteer an inspector called and did not see: they wait as well.
    """
    flags = frozenset((*blocking, *ALWAYS_BLOCKING))

    def unclean(entry: Entry) -> ReviewRefusal | None:
        if not flags.isdisjoint(entry.flags):
            return ReviewRefusal.BLOCKING_FLAG
        return ReviewRefusal.NOT_SEEN if entry.key in missed else None

    return _review_pending(entries, Decision.APPROVE, by, unclean)


def _review_pending(
    entries: Iterable[Entry], decision: Decision, by: Marks, unclean: Callable[[Entry], ReviewRefusal | None]
) -> ReviewedInBulk:
    after: list[Entry] = []
    refused: list[tuple[Entry, ReviewRefusal]] = []
    for entry in entries:
        if entry.state is not EntryState.PENDING:
            after.append(entry)
            continue
        refusal = refusal_of(entry, by) or unclean(entry)
        if refusal is not None:
            refused.append((entry, refusal))
        after.append(entry if refusal is not None else _decided(entry, decision))
    return ReviewedInBulk(tuple(after), tuple(refused))


def _decided(entry: Entry, decision: Decision) -> Entry:
    state = EntryState.APPROVED if decision is Decision.APPROVE else EntryState.REJECTED
    return msgspec.structs.replace(entry, state=state)
