"""What an approval brings about beyond its hours (stars, stale papers, messages), in the same transaction."""

from collections.abc import Sequence

from settlement.ledger.entries import StoredEntry
from settlement.ledger.totals import approved_seconds_of
from settlement.recognition.certificates import mark_stale
from settlement.recognition.stars import raise_star_reviews
from settlement.rules.ledger import EntryKind
from settlement.webhooks.outbox import announce


def follow_approvals(approved: Sequence[StoredEntry], now_ms: int) -> None:
    """Tell webhooks, and look at the stars and certificates of those whose approved time was adjusted.

    Needs the transaction of the approval, and that nobody else decides on these volunteers' hours meanwhile.
    """
    announce(approved, now_ms)
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
