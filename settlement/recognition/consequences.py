"""What an approval brings about beyond its hours (points, stars, stale papers), in the same transaction."""

from collections.abc import Sequence

from settlement.ledger.entries import StoredEntry
from settlement.ledger.totals import approved_seconds_of
from settlement.recognition.certificates import mark_stale
from settlement.recognition.stars import raise_star_reviews
from settlement.rules.ledger import EntryKind


def follow_approvals(approved: Sequence[StoredEntry], now_ms: int) -> None:
    """Look at the stars and certificates of those whose approved time was adjusted just now.

    Needs the transaction of the approval, and that nobody else decides on these volunteers' hours meanwhile.
    """
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
