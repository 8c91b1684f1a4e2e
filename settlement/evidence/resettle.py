"""Marking who must be settled anew after a correction of master data (S17)."""

from collections.abc import Iterable

from settlement.evidence.attribution import mark_unsettled
from settlement.models import EventOutcome, LedgerEntry, Session


def settle_again_with(activity: str, volunteers: Iterable[int], now_ms: int) -> None:
    """Mark everybody who has evidence in an activity, and these volunteers; needs a transaction."""
    with_evidence = [
        Session.objects.filter(activity=activity),
        EventOutcome.objects.filter(activity=activity),
        LedgerEntry.objects.filter(activity=activity),
    ]
    concerned = {
        number for rows in with_evidence for number in rows.values_list("volunteer__number", flat=True)
    }
    mark_unsettled({*concerned, *volunteers}, now_ms, master_data=True)
