"""An activity goes on to another phase: applied for, approved, staffed, begun, ended, archived."""

from msgspec import convert, structs

from foundation.errors import RulesError
from settlement.accounts.accounts import marks_of
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, records_of
from settlement.accounts.authority import Deed
from settlement.look_up import activity_called
from settlement.master_data.activities import ActivityValues, enter_activity, values_of
from settlement.models import Activity
from settlement.reach import check_signed
from settlement.rules.evidence import Phase
from settlement.troubles import DecisionTrouble

_ORDER = list(Phase)


def phase_at(activity: Activity, at_ms: int) -> Phase | None:
    """The phase in which an activity is at a moment; None before its first one."""
    begun = activity.phases.filter(from_ms__lte=at_ms).order_by("-from_ms").values_list("phase", flat=True)
    found = begun.first()
    return Phase(found) if found else None


def phases_to_come(phase: Phase | None) -> list[Phase]:
    """To which phases an activity can go on from one."""
    return _ORDER[_ORDER.index(phase) + 1 :] if phase else [*_ORDER]


def begin_phase(name: str, phase: Phase, signed: Signed) -> Activity:
    """Let an activity be in a later phase from now on; what was planned for it before is left out.

    What was applied for another person lets go on. Raises RulesError UNKNOWN_ACTIVITY, OWN_APPLICATION,
    PHASE_IS_OVER, and as `enter_activity` does.
    """
    activity = activity_called(name)
    check_signed(signed, Deed.ENTER_ACTIVITIES, activity)
    values = convert(values_of(activity), ActivityValues)
    begun = [one for one in values.phases if one[1] <= signed.now_ms]
    if begun and _ORDER.index(begun[-1][0]) >= _ORDER.index(phase):
        raise RulesError(DecisionTrouble.PHASE_IS_OVER, activity=name)
    if begun and begun[-1][0] is Phase.SUBMITTED:
        _check_applied_by_another(name, signed.by)
    later = [
        (planned, from_ms)
        for planned, from_ms in values.phases
        if from_ms > signed.now_ms and _ORDER.index(planned) > _ORDER.index(phase)
    ]
    phases = (*begun, (phase, signed.now_ms), *later)
    return enter_activity(structs.replace(values, phases=phases), signed)


def _check_applied_by_another(activity: str, by: Actor | None) -> None:
    applied = records_of(Kind.ACTIVITY, activity).filter(action=Action.ENTER, account__isnull=False)
    row = applied.select_related("account").order_by("pk").first()
    if by is not None and row is not None and not by.marks.isdisjoint(marks_of(row.account, row.name)):
        raise RulesError(DecisionTrouble.OWN_APPLICATION, activity=activity)
