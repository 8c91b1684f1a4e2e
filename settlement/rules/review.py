"""S14 and S15: who may decide on an entry, and what the decision makes of it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum

import msgspec

from foundation.errors import RulesError
from settlement.rules.flags import ALWAYS_BLOCKING, BLOCKING_FLAGS, Flag
from settlement.rules.ledger import Entry, EntryId, EntryState, entry_id
from settlement.rules.rejection import Refused, refused_in, standing_rejections
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
    REJECTED_BEFORE = "REJECTED_BEFORE"
    """An earlier result was rejected: not in bulk, and what was refused counts only with a reason."""
    NOT_REJECTED = "NOT_REJECTED"
    """There is no rejection here that stands, so there is nothing to reopen."""
    HELD = "HELD"
    """Somebody decided on it already; that can be undone until it is posted."""
    OWN_REJECTION = "OWN_REJECTION"
    """The reviewer refused the seconds that would count now; another person reopens them."""


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
    marks = _all_marks(by)
    if entry.key.volunteer in marks:
        return ReviewRefusal.SELF_REVIEW
    return None if marks.isdisjoint(entry.hands) else ReviewRefusal.FOUR_EYES


def review(entry: Entry, decision: Decision, by: Marks) -> Entry:
    """Decide on one entry of whose line nothing was rejected; returns it decided.

    Raises RulesError with a code of `ReviewRefusal`; the entry then stays as it is.
    """
    refusal = refusal_of(entry, by)
    if refusal is not None:
        raise RulesError(refusal)
    return _decided(entry, decision, by)


def review_each(
    entries: Iterable[Entry],
    decision: Decision,
    by: Marks,
    note: str = "",
    refused: Mapping[LineKey, Refused] | None = None,
) -> ReviewedInBulk:
    """Decide on every pending entry as if it were opened by itself; others pass through.

    `refused` is what stands against them (`rejection.refused_in`); left out, the entries are all entries of
    their lines. What somebody refused comes back with a reason, `note`, and by another person only.
    """
    known = list(entries)
    against = refused_in(known) if refused is None else refused

    def brings_back(entry: Entry) -> ReviewRefusal | None:
        found = against.get(entry.key)
        if found is None or not found.again_s or decision is Decision.REJECT:
            return None
        if not _all_marks(by).isdisjoint(found.by):
            return ReviewRefusal.OWN_REJECTION
        return None if note.strip() else ReviewRefusal.REJECTED_BEFORE

    return _review_pending(known, decision, by, brings_back)


def approve_clean(
    entries: Iterable[Entry],
    by: Marks,
    blocking: Collection[Flag] = BLOCKING_FLAGS,
    missed: Collection[LineKey] = (),
    refused: Collection[LineKey] | None = None,
) -> ReviewedInBulk:
    """Approve in bulk what carries no blocking flag; the rest is refused and waits for its own decision.

    `missed` are the lines whose volunteer an inspector called and did not see: they wait as well. So do those
    of which something was rejected, `refused`; left out, the entries are all entries of their lines.
    """
    flags = ALWAYS_BLOCKING.union(blocking)
    known = list(entries)
    against = refused_in(known) if refused is None else refused

    def unclean(entry: Entry) -> ReviewRefusal | None:
        if entry.key in against:
            return ReviewRefusal.REJECTED_BEFORE
        if not flags.isdisjoint(entry.flags):
            return ReviewRefusal.BLOCKING_FLAG
        return ReviewRefusal.NOT_SEEN if entry.key in missed else None

    return _review_pending(known, Decision.APPROVE, by, unclean)


def reopen_each(entries: Iterable[Entry], by: Marks) -> ReviewedInBulk:
    """Take back every rejection that stands; the entries are all entries of their lines.

    All of a line or none, by a person who is not the volunteer, rejected none of it and took no part in it.
    """
    known = list(entries)
    lines: dict[LineKey, list[Entry]] = {}
    for entry in known:
        lines.setdefault(entry.key, []).append(entry)
    reopened: set[EntryId] = set()
    refused: list[tuple[Entry, ReviewRefusal]] = []
    for history in lines.values():
        standing = [one.entry for one in standing_rejections(history)[0] if not one.entry.reopened]
        refusal = _refusal_to_reopen(standing, by)
        if refusal is None:
            reopened.update(entry_id(entry) for entry in standing)
        else:
            refused += [(entry, refusal) for entry in standing]
    after = (
        msgspec.structs.replace(entry, reopened=True) if entry_id(entry) in reopened else entry
        for entry in known
    )
    return ReviewedInBulk(tuple(after), tuple(refused))


def _refusal_to_reopen(standing: Iterable[Entry], by: Marks) -> ReviewRefusal | None:
    marks = _all_marks(by)
    for entry in standing:
        if entry.key.volunteer in marks:
            return ReviewRefusal.SELF_REVIEW
        if not marks.isdisjoint(entry.decided_by):
            return ReviewRefusal.OWN_REJECTION
        if not marks.isdisjoint(entry.hands):
            return ReviewRefusal.FOUR_EYES
    return None


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
        after.append(entry if refusal is not None else _decided(entry, decision, by))
    return ReviewedInBulk(tuple(after), tuple(refused))


def _decided(entry: Entry, decision: Decision, by: Marks) -> Entry:
    state = EntryState.APPROVED if decision is Decision.APPROVE else EntryState.REJECTED
    return msgspec.structs.replace(entry, state=state, decided_by=_all_marks(by))


def _all_marks(by: Marks) -> frozenset[str]:
    return frozenset({by}) if isinstance(by, str) else by
