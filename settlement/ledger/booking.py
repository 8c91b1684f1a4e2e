"""Entering a new computation into the ledger: what was approved stays, a difference becomes an entry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from settlement.ledger.entries import StoredEntry, entries_of, row_of
from settlement.models import LedgerEntry, Review
from settlement.rules.by_date import RulesByDate
from settlement.rules.ledger import AdjustmentReason, EntryState, entry_id, revise
from settlement.rules.settle import Line, Session, by_line


class Computed(Struct, frozen=True):
    """What the rules make of one volunteer now, and why it may differ from before."""

    lines: Sequence[Line]
    sessions: Sequence[Session]
    reason: AdjustmentReason = AdjustmentReason.LATE_EVENT
    emptied: Sequence[Line] = ()


def book(computed: Mapping[int, Computed], rules: RulesByDate, now_ms: int) -> int:
    """Bring the ledger of these volunteers up to what is computed now; returns how many entries that took.

    `rules` computed it. Needs a transaction. Raises django.db.IntegrityError when somebody
    decided meanwhile on an entry that is superseded here: nothing was written, and it must be tried again.
    """
    stored: dict[int, list[StoredEntry]] = defaultdict(list)
    for found in entries_of(computed):
        stored[int(found.entry.key.volunteer)].append(found)
    superseded: list[Review] = []
    added: list[LedgerEntry] = []
    for volunteer, now in computed.items():
        history = stored[volunteer]
        known = [found.entry for found in history]
        revision = revise(known, now.lines, now.reason, now.emptied)
        pks = {entry_id(found.entry): found.pk for found in history}
        superseded += [
            Review(entry_id=pks[gone], state=EntryState.SUPERSEDED, at_ms=now_ms)
            for gone in revision.superseded
        ]
        sessions = by_line(now.sessions)
        added += [
            row_of(entry, sessions.get(entry.key, ()), rules.on(entry.key.local_date).version, now_ms)
            for entry in revision.added
        ]
    # In one order, so that a reviewer and a settler never wait for each other crosswise.
    Review.objects.bulk_create(sorted(superseded, key=lambda review: review.entry_id))
    LedgerEntry.objects.bulk_create(added)
    return len(added)
