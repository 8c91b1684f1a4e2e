"""What rosters tell of how time counts in an activity, so that terminals can tell it provisionally."""

from settlement.look_up import fixed_by
from settlement.models import Activity
from settlement.rules.evidence import ActivityKind
from settlement.rules.rule_set import BreakMode, RuleSet
from sync.contract.roster import RosterCredit, RosterShift


def credit_of(activity: Activity, rules: RuleSet) -> RosterCredit | None:
    """The numbers of the rules that hold for it (S7, S8, S10, S11); None for what is no service (S9)."""
    if activity.kind != ActivityKind.SERVICE:
        return None
    own = fixed_by(activity).over(rules)
    pauses = activity.breaks.all() if own.break_mode is BreakMode.SCHEDULED else ()
    return RosterCredit(
        zone=rules.zone_at(activity.site.zone),
        early_s=own.early_credit_s,
        late_s=own.late_credit_s,
        breaks=[RosterShift(pause.start_ms, pause.end_ms) for pause in pauses],
        auto_break_after_s=own.auto_break_after_s if own.break_mode is BreakMode.AUTO else 0,
        auto_break_s=own.auto_break_s if own.break_mode is BreakMode.AUTO else 0,
        min_session_s=own.min_session_s,
        daily_cap_s=own.daily_cap_s,
    )
