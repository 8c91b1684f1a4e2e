"""Applications for activities: what waits to be approved, and the answers of somebody who did not apply."""

from django.db.models import Exists, OuterRef, QuerySet

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.master_data.phases import begin_phase
from settlement.models import Activity, PhaseChange
from settlement.reach import Reach, check_entitled
from settlement.rules.evidence import Phase
from settlement.signatures import reason_given
from settlement.troubles import DecisionTrouble


def waiting_applications(reach: Reach) -> QuerySet[PhaseChange]:
    """The applications in reach that nobody has answered, as the changes that submitted them; oldest first.

    An activity that was planned to go on by itself waits for no answer.
    """
    later = PhaseChange.objects.filter(activity=OuterRef("activity"), from_ms__gt=OuterRef("from_ms"))
    rows = PhaseChange.objects.filter(~Exists(later), phase=Phase.SUBMITTED, activity__in=reach.activities())
    return rows.order_by("from_ms", "pk")


def approve_application(number: int, by: Actor, now_ms: int, note: str = "") -> None:
    """Let what was applied for go on to recruiting.

    Raises RulesError: UNKNOWN_APPLICATION, NOT_ALLOWED, OUT_OF_REACH, OWN_APPLICATION, PHASE_IS_OVER.
    """
    begin_phase(_checked(number, by).pk, Phase.RECRUITING, Signed(by, now_ms, note.strip()))


def refuse_application(number: int, by: Actor, now_ms: int, note: str) -> None:
    """Archive what was applied for; the reason stays in the audit. Who asks again applies anew.

    Raises RulesError as `approve_application` does, and NO_REASON.
    """
    note = reason_given(note)
    begin_phase(_checked(number, by).pk, Phase.ARCHIVED, Signed(by, now_ms, note))


def _checked(number: int, by: Actor) -> Activity:
    row = PhaseChange.objects.select_related("activity").filter(pk=number, phase=Phase.SUBMITTED).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_APPLICATION)
    check_entitled(by, Deed.ENTER_ACTIVITIES, row.activity)
    return row.activity
