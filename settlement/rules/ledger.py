"""S17: the ledger's entries, and how a new computation changes them without touching what was approved.

Entries are values; `revise` says which rows to mark superseded and which to add, and the caller stores that
in one transaction. An entry's identity is (key, kind, rev).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from settlement.rules.flags import Flag
from settlement.rules.settle import Line, LineKey


class EntryKind(StrEnum):
    """Whether an entry states a line's time or changes it."""

    ORIGINAL = "original"
    ADJUSTMENT = "adjustment"


class EntryState(StrEnum):
    """How far an entry is in its review."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # a newer computation took its place before anybody decided


class LineState(StrEnum):
    """What a line is, taken all its entries together."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    ADJUSTED = "adjusted"  # approved, and changed by an approved adjustment since
    WITHDRAWN = "withdrawn"  # no longer computed, and nobody had decided


class AdjustmentReason(StrEnum):
    """Why there is another entry after somebody decided on the line."""

    LATE_EVENT = "LATE_EVENT"
    MASTER_DATA = "MASTER_DATA"
    REOPENED = "REOPENED"
    """The same result as one that was rejected, which another person or an objection reopened."""
    MERGED = "MERGED"
    """Two numbers turned out to be one person's, or two persons' after all."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger; only approved ones count anywhere."""

    key: LineKey
    kind: EntryKind
    rev: int
    """From 1, counted for each key and kind."""
    delta_s: int
    """Seconds that the entry adds once it is approved."""
    state: EntryState = EntryState.PENDING
    reason: AdjustmentReason | None = None
    flags: tuple[Flag, ...] = ()
    hands: frozenset[str] = frozenset()
    """Who took part in a manual event of the line, now or in an earlier entry."""
    decided_by: frozenset[str] = frozenset()
    """What names the person who approved or rejected it."""
    reopened: bool = False
    """Whether somebody took its rejection back."""


class EntryId(NamedTuple):
    """What names an entry."""

    key: LineKey
    kind: EntryKind
    rev: int


class Revision(msgspec.Struct, frozen=True):
    """The change that brings the ledger up to a new computation; nothing in it if nothing changed."""

    superseded: tuple[EntryId, ...] = ()
    added: tuple[Entry, ...] = ()


def entry_id(entry: Entry) -> EntryId:
    """What names the entry."""
    return EntryId(entry.key, entry.kind, entry.rev)


def revise(
    entries: Sequence[Entry],
    computed: Iterable[Line],
    reason: AdjustmentReason,
    emptied: Iterable[Line] = (),
) -> Revision:
    """Compare the ledger with a new computation of the same volunteers.

    `entries` are all entries of these volunteers in any order, `computed` all their lines. A line that is no
    longer computed counts as 0: it takes back what was approved, and leaves nothing to decide where nothing
    was; `emptied` are those of which people took all evidence away, and who did. A line of 0 seconds that is
    computed is entered, because its remarks need a decision; but not while its volunteer is still there and
    nothing else was measured. Doing it twice changes nothing more.
    """
    lines = {line.key: line for line in computed}
    taken = {line.key: line for line in emptied}
    history: dict[LineKey, list[Entry]] = {key: [] for key in lines}
    for entry in sorted(entries, key=lambda entry: entry.rev):
        history.setdefault(entry.key, []).append(entry)
    superseded: list[EntryId] = []
    added: list[Entry] = []
    for key in sorted(history):
        line = lines.get(key)
        is_computed = line is not None and not _has_just_come(line)
        result = line or taken.get(key) or Line(key, 0)
        change = _revise_line(history[key], result, reason, is_computed=is_computed)
        superseded += change.superseded
        added += change.added
    return Revision(tuple(superseded), tuple(added))


def apply_revision(entries: Iterable[Entry], revision: Revision) -> tuple[Entry, ...]:
    """The ledger after the revision: the same rows in the same order, some superseded, the new ones last."""
    gone = set(revision.superseded)
    kept = (
        msgspec.structs.replace(entry, state=EntryState.SUPERSEDED) if entry_id(entry) in gone else entry
        for entry in entries
    )
    return (*kept, *revision.added)


def _revise_line(
    history: list[Entry], line: Line, reason: AdjustmentReason, *, is_computed: bool
) -> Revision:
    """`history` holds the entries of one key by rising rev."""
    approved_s = seconds_in(EntryState.APPROVED, history)
    if any(entry.state is EntryState.APPROVED for entry in history):
        kind, delta_s, is_needed = EntryKind.ADJUSTMENT, line.t_s - approved_s, line.t_s != approved_s
    else:
        kind, delta_s, is_needed = EntryKind.ORIGINAL, line.t_s, is_computed
    own = [entry for entry in history if entry.kind is kind]
    rejected = _rejected_since_approval(own)
    pending = [entry for entry in own if entry.state is EntryState.PENDING]
    if is_needed and any(_says(entry, delta_s, line) for entry in pending):
        return Revision()
    superseded = tuple(entry_id(entry) for entry in pending)
    same = [entry for entry in rejected if _says(entry, delta_s, line)]
    if not is_needed or any(not entry.reopened for entry in same):
        return Revision(superseded)
    if same:
        reason = AdjustmentReason.REOPENED
    is_moved = reason is AdjustmentReason.MERGED
    entry = Entry(
        key=line.key,
        kind=kind,
        rev=next_revision(own, kind),
        delta_s=delta_s,
        reason=reason if kind is EntryKind.ADJUSTMENT or rejected or is_moved else None,
        flags=line.flags,
        hands=line.hands.union(*(entry.hands for entry in history)),
    )
    return Revision(superseded, (entry,))


def _has_just_come(line: Line) -> bool:
    """Whether the volunteer is there and has nothing that a person could decide on yet."""
    return line.t_s == 0 and Flag.OPEN in line.flags


def _says(entry: Entry, delta_s: int, line: Line) -> bool:
    """Whether the entry already states this result; flags belong to it, because people decide by them."""
    return entry.delta_s == delta_s and entry.flags == line.flags and line.hands <= entry.hands


def _rejected_since_approval(own: list[Entry]) -> list[Entry]:
    """What was rejected after the last approval: such a result is not asked again until it is reopened."""
    rejected: list[Entry] = []
    for entry in own:
        if entry.state is EntryState.APPROVED:
            rejected = []
        elif entry.state is EntryState.REJECTED:
            rejected.append(entry)
    return rejected


def next_revision(history: Iterable[Entry], kind: EntryKind) -> int:
    """The number of the next entry of that kind in a line."""
    return max((entry.rev for entry in history if entry.kind is kind), default=0) + 1


def line_state(history: Iterable[Entry]) -> LineState:
    """What a line is, from all entries of its key."""
    states = {(entry.kind, entry.state) for entry in history}
    if (EntryKind.ADJUSTMENT, EntryState.APPROVED) in states:
        return LineState.ADJUSTED
    for state in (EntryState.APPROVED, EntryState.PENDING, EntryState.REJECTED):
        if (EntryKind.ORIGINAL, state) in states:
            return LineState(state)
    return LineState.WITHDRAWN


def seconds_in(state: EntryState, history: Iterable[Entry]) -> int:
    """The seconds of a line that are in a state, adjustments included."""
    return sum(entry.delta_s for entry in history if entry.state is state)


def approved_totals(entries: Iterable[Entry]) -> Mapping[str, int]:
    """Approved T of each volunteer in seconds: the only hours that count anywhere."""
    totals: dict[str, int] = {}
    for entry in entries:
        if entry.state is EntryState.APPROVED:
            totals[entry.key.volunteer] = totals.get(entry.key.volunteer, 0) + entry.delta_s
    return totals
