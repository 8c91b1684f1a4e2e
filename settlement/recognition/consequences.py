"""What an approval brings about beyond its hours (stars, stale papers, messages), in the same transaction."""

from collections.abc import Sequence

from msgspec import Struct

from settlement.ledger.entries import StoredEntry, read_entries
from settlement.ledger.totals import approved_seconds_of
from settlement.models import LedgerEntry
from settlement.recognition.certificates import mark_stale
from settlement.recognition.stars import raise_star_reviews
from settlement.rules.ledger import EntryKind
from settlement.webhooks.outbox import announce, who_is_told


class Unread(Struct, frozen=True):
    """The rows of entries that were approved without being read, and whose time was adjusted by some."""

    entries: Sequence[int]
    adjusted: frozenset[int]

    def read(self, *, all_of_them: bool) -> list[StoredEntry]:
        """All, or those of whom something was adjusted."""
        if not self.entries or not (all_of_them or self.adjusted):
            return []
        rows = LedgerEntry.objects.filter(pk__in=self.entries)
        return read_entries(rows if all_of_them else rows.filter(volunteer__in=self.adjusted))


NOTHING_UNREAD = Unread((), frozenset())


def follow_approvals(approved: Sequence[StoredEntry], now_ms: int, unread: Unread = NOTHING_UNREAD) -> None:
    """Tell webhooks, and look at the stars and certificates of those whose approved time was adjusted.

    Needs the transaction of the approval, and that nobody else decides on these volunteers' hours meanwhile.
    """
    if not approved and not unread.entries:
        return
    webhooks = who_is_told()
    approved = [*approved, *unread.read(all_of_them=bool(webhooks))]
    if webhooks:
        announce(webhooks, approved, now_ms)
    adjusted = {
        int(stored.entry.key.volunteer) for stored in approved if stored.entry.kind is EntryKind.ADJUSTMENT
    }
    if not adjusted:
        return
    change_s = dict.fromkeys(adjusted, 0)
    for stored in approved:
        volunteer = int(stored.entry.key.volunteer)
        if volunteer in adjusted:
            change_s[volunteer] += stored.entry.delta_s
    after_s = approved_seconds_of(adjusted)
    before_s = {volunteer: after_s[volunteer] - change_s[volunteer] for volunteer in adjusted}
    raise_star_reviews(before_s, after_s, now_ms)
    mark_stale([stored for stored in approved if stored.entry.kind is EntryKind.ADJUSTMENT], now_ms)
