"""Proofs that are handed out: of a certificate, or of what was decided on an entry of the ledger."""

from collections.abc import Collection

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, check_may
from settlement.models import LedgerEntry
from settlement.papers.certificate import certificate_for
from settlement.proof.proving import proof_of
from settlement.reach import reach_of
from settlement.rules.ledger import EntryState
from settlement.troubles import CentreTrouble, DecisionTrouble


def certificate_proof(number: str, by: Actor, now_ms: int, show: Collection[str] = ()) -> str:
    """The proof of a certificate, for who may have its PDF; it is noted.

    `show` names what of it is told in clear, name or volunteer: else it shows hours and nobody. Raises
    RulesError UNKNOWN_CERTIFICATE, NOT_ALLOWED; SettingsError PROOF_NOT_YET.
    """
    issued = certificate_for(number, by)
    return _handed_out("certificate", issued.number, Signed(by, now_ms), show)


def entry_proof(entry: int, by: Actor, now_ms: int, show: Collection[str] = ()) -> str:
    """The proof of what a person decided on an entry, for whose it is or who reads of people and reaches it.

    Raises RulesError UNKNOWN_ENTRY, NOT_ALLOWED, NOT_DECIDED; SettingsError PROOF_NOT_YET.
    """
    row = LedgerEntry.objects.select_related("review").filter(pk=entry).first()
    if row is None or not by.is_volunteer(row.volunteer_id):
        check_may(by, Deed.READ_PEOPLE)
        if row is None or not reach_of(by).entries().filter(pk=entry).exists():
            raise RulesError(DecisionTrouble.UNKNOWN_ENTRY)
    review = getattr(row, "review", None)
    if review is None or review.state == EntryState.SUPERSEDED:
        raise RulesError(DecisionTrouble.NOT_DECIDED, entry=entry)
    return _handed_out("decision", str(entry), Signed(by, now_ms), show)


def _handed_out(kind: str, subject: str, signed: Signed, show: Collection[str]) -> str:
    proof = proof_of(kind, subject, show)
    if proof is None:
        raise SettingsError(CentreTrouble.PROOF_NOT_YET, what=f"{kind} {subject}")
    note(Action.EXPORT, Kind.VOLUNTEER, f"proof {kind} {subject}", signed)
    return str(proof)
