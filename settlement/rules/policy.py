"""What an activity may fix otherwise than the centre: numbers that depend on the kind of work."""

import msgspec

from foundation.attendance import Seconds
from settlement.rules.rule_set import BreakMode, MissingOutPolicy, RuleSet


class ActivityPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An activity's own values of fields of the rule set; None: the centre's."""

    debounce_s: Seconds | None = None
    early_credit_s: Seconds | None = None
    late_credit_s: Seconds | None = None
    break_mode: BreakMode | None = None
    auto_break_after_s: Seconds | None = None
    auto_break_s: Seconds | None = None
    min_session_s: Seconds | None = None
    daily_cap_s: Seconds | None = None
    missing_out_policy: MissingOutPolicy | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything is fixed otherwise."""
        return self != CENTRES

    def over(self, rules: RuleSet) -> RuleSet:
        """The rules with what this fixes otherwise."""
        own = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.structs.replace(
            rules, **{name: value for name, value in own.items() if value is not None}
        )


CENTRES = ActivityPolicy()
"""Nothing otherwise than the centre."""
