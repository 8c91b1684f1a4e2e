"""Hours that leave a number for another: taken in the same moment, so that nothing counts under both.

What the other one gains is an entry like any other and waits for a reviewer. A refusal goes along, so that
what was rejected under one number is not asked as if nobody had looked at it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from settlement.accounts.actor import Actor
from settlement.ledger.entries import StoredEntry, approved, entries_of, read_entries, row_of
from settlement.models import LedgerEntry, Review
from settlement.rules.by_date import RulesByDate
from settlement.rules.ledger import (
    AdjustmentReason,
    Entry,
    EntryKind,
    EntryState,
    next_revision,
    seconds_in,
)
from settlement.rules.rejection import Rejection, standing_rejections
from settlement.rules.settle import Line, LineKey

Seconds = Mapping[LineKey, int]
"""What the rules make of each line of some volunteers."""


def take_moved_hours(
    numbers: Collection[int],
    before: Seconds,
    now: Seconds,
    *,
    gained: Seconds,
    gone: Collection[int],
    by: Actor,
    reason: str,
    rules: RulesByDate,
    now_ms: int,
) -> list[StoredEntry]:
    """Reverse what is approved beyond `now` in lines that lost something to another number since `before`.

    Returns the reversals, approved by who merges. Those of the numbers that are `gone` lose all, and what was
    approved since a merge that ends, `gained`, goes too. What exceeds `now` for another reason waits for a
    reviewer as always. Needs a transaction in which nobody else decides.
    """
    taken = []
    for key, history in _histories(numbers).items():
        over_s = seconds_in(EntryState.APPROVED, history) - now.get(key, 0)
        has_lost = int(key.volunteer) in gone or now.get(key, 0) < before.get(key, 0)
        taken_s = over_s if has_lost else min(over_s, gained.get(key, 0))
        if taken_s > 0:
            taken.append(
                Entry(
                    key=key,
                    kind=EntryKind.ADJUSTMENT,
                    rev=next_revision(history, EntryKind.ADJUSTMENT),
                    delta_s=-taken_s,
                    state=EntryState.APPROVED,
                    reason=AdjustmentReason.MERGED,
                    hands=frozenset().union(*(entry.hands for entry in history)),
                    decided_by=by.marks,
                )
            )
    rows = [row_of(entry, (), rules.on(entry.key.local_date).version, now_ms) for entry in taken]
    for row in rows:
        row.save(force_insert=True)
    Review.objects.bulk_create(
        Review(
            entry=row, state=EntryState.APPROVED, by=by.name, account_id=by.account, note=reason, at_ms=now_ms
        )
        for row in rows
    )
    return [StoredEntry(row.pk, entry) for row, entry in zip(rows, taken, strict=True)]


def approved_since(number: int, since_ms: int) -> Seconds:
    """What was approved of the lines of a number by entries since that moment."""
    rows = approved().filter(volunteer=number, entered_ms__gte=since_ms)
    found: dict[LineKey, int] = defaultdict(int)
    for stored in read_entries(rows):
        found[stored.entry.key] += stored.entry.delta_s
    return found


def with_hands_of_both(lines: Iterable[Line], numbers: Collection[int]) -> list[Line]:
    """The lines, with who ever took part in the same line of either number (S15)."""
    hands: dict[tuple[str, dt.date], frozenset[str]] = defaultdict(frozenset)
    for stored in entries_of(numbers):
        hands[stored.entry.key[1:]] |= stored.entry.hands
    return [msgspec.structs.replace(line, hands=line.hands | hands[line.key[1:]]) for line in lines]


def carry_rejections(
    source: int, target: int, now_ms: int, *, since_ms: int = 0, lines: Collection[LineKey] | None = None
) -> None:
    """Let what was refused of one number's lines stand in those of the other, by whom and why it was.

    Of entries since that moment, and into these lines alone where they are given. Only time that was refused
    to be added: what evidence no longer shows is asked anew as what it shows. Needs a transaction.
    """
    held = _histories([target])
    wanted = {
        one.entry: (key, one)
        for key, history in _histories([source]).items()
        for one in standing_rejections(history)[0]
        if one.to_s > one.from_s and not one.entry.reopened
    }
    rows = {(_key(row), row.kind, row.rev): row for row in _rejected_rows(source, since_ms)}
    for entry, (key, rejection) in wanted.items():
        row = rows.get((key, entry.kind, entry.rev))
        other = key._replace(volunteer=str(target))
        if lines is not None and other not in lines:
            continue
        if row is not None and not _stands(held[other], row, rejection):
            held[other].append(_carry(row, rejection, other, held[other], now_ms))


def _carry(row: LedgerEntry, rejection: Rejection, key: LineKey, history: list[Entry], now_ms: int) -> Entry:
    has_approved = any(entry.state is EntryState.APPROVED for entry in history)
    kind = EntryKind.ADJUSTMENT if has_approved else EntryKind.ORIGINAL
    entry = msgspec.structs.replace(
        rejection.entry,
        key=key,
        kind=kind,
        rev=next_revision(history, kind),
        delta_s=rejection.to_s - rejection.from_s,
        reason=AdjustmentReason.MERGED,
    )
    copy = row_of(entry, (), row.rules_id, now_ms)
    copy.hands, copy.sessions = row.hands, row.sessions
    copy.save(force_insert=True)
    said = row.review
    Review.objects.create(
        entry=copy,
        state=EntryState.REJECTED,
        by=said.by,
        account_id=said.account_id,
        note=said.note,
        at_ms=said.at_ms,
    )
    return entry


def _stands(history: list[Entry], row: LedgerEntry, rejection: Rejection) -> bool:
    """Whether the same refusal stands there already, from an earlier merge of the same numbers."""
    standing, approved_s = standing_rejections(history)
    way = (approved_s, approved_s + rejection.to_s - rejection.from_s)
    return any(
        (one.from_s, one.to_s) == way
        and one.entry.decided_by == rejection.entry.decided_by
        and list(one.entry.flags) == row.flags
        for one in standing
    )


def _histories(numbers: Collection[int]) -> dict[LineKey, list[Entry]]:
    found: dict[LineKey, list[Entry]] = defaultdict(list)
    for stored in entries_of(numbers):
        found[stored.entry.key].append(stored.entry)
    return found


def _rejected_rows(number: int, since_ms: int) -> list[LedgerEntry]:
    rows = LedgerEntry.objects.filter(volunteer=number, entered_ms__gte=since_ms)
    return list(rows.filter(review__state=EntryState.REJECTED).select_related("review"))


def _key(row: LedgerEntry) -> LineKey:
    return LineKey(str(row.volunteer_id), row.activity_id, row.local_date)
