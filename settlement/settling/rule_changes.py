"""Putting rules in force from a date, for everybody or nobody: whoever does it says why, and that stays."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.evidence.attribution import mark_unsettled
from settlement.models import RuleChange
from settlement.reach import check_whole
from settlement.rule_book import put_in_force, rules_by_date, store_version
from settlement.rules.rule_set import RuleSet
from settlement.settling.full_check import everybody
from settlement.signatures import reason_given
from settlement.troubles import CentreTrouble, DecisionTrouble


def apply_rules(rules: RuleSet, since: dt.date, by: Actor, reason: str, now_ms: int) -> int:
    """Let these rules judge every line from a local date on; returns how many people are settled anew.

    What was to hold later by earlier words gives way. Raises RulesError: NOT_ALLOWED, OUT_OF_REACH below
    the top, NO_REASON, RULES_IN_FORCE;
    SettingsError RULES_DIFFER where another content was used under their version.
    """
    reason = reason_given(reason)
    check_whole(Signed(by, now_ms), Deed.APPLY_RULES)
    with transaction.atomic():
        held = rules_by_date()
        if held.from_day(since, rules).says_the_same_as(held):
            raise RulesError(DecisionTrouble.RULES_IN_FORCE, version=rules.version, day=since)
        row, is_same = store_version(rules, now_ms)
        if not is_same:
            raise SettingsError(CentreTrouble.RULES_DIFFER, version=rules.version)
        put_in_force(row, since, by.name, reason, now_ms, by.account)
        # The same transaction: a settler either knows nothing of it, or finds everybody marked.
        concerned = everybody()
        mark_unsettled(concerned, now_ms, master_data=True)
    return len(concerned)


def changes_of_rules() -> QuerySet[RuleChange]:
    """What was put in force, in the order in which it was said."""
    return RuleChange.objects.order_by("pk")
