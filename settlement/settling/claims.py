"""Claims from terminals ("When did you leave?"): manual records that wait for a second person."""

from collections.abc import Sequence

from settlement.accounts.accounts import accounts_of_staff
from settlement.models import ManualRecord
from settlement.records.reasons import RecordReason, entered_by_terminal
from settlement.settling.rule_inputs import StoredClaim


def enter_claims(claims: Sequence[StoredClaim], now_ms: int) -> int:
    """Enter the claims that have no record yet; returns how many. Needs a transaction.

    The terminal or a staff member at it took the claim down, so another person than these and the volunteer
    has to confirm it.
    """
    if not claims:
        return 0
    places = {claim.place for claim in claims}
    known = set(
        ManualRecord.objects.filter(claim_chain__in={chain for chain, _ in places}).values_list(
            "claim_chain_id", "claim_seq"
        )
    )
    new = [claim for claim in claims if claim.place not in known]
    takers = accounts_of_staff({claim.event.taken_by for claim in new})
    ManualRecord.objects.bulk_create(
        ManualRecord(
            volunteer_id=claim.volunteer,
            activity_id=claim.event.activity,
            direction=claim.event.direction,
            at_ms=claim.event.at_ms,
            reason="",
            reason_code=RecordReason.VOLUNTEER_CLAIM,
            entered_by=claim.event.taken_by or entered_by_terminal(claim.event.terminal),
            entered_account=takers.get(claim.event.taken_by),
            entered_ms=now_ms,
            claim_chain_id=claim.place[0],
            claim_seq=claim.place[1],
        )
        for claim in new
    )
    return len(new)
