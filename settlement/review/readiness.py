"""Whether lines may be reviewed already, and by when they should be (S14)."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.look_up import as_the_rules_see
from settlement.models import Activity
from settlement.review.completeness import TerminalEvidence, evidence_of
from settlement.rule_book import rules_at, rules_by_date
from settlement.rules.evidence import Activity as RulesActivity
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import NotReady, closes_s, may_review, review_due, unready_terminals
from settlement.rules.rule_set import RuleSet
from settlement.settings import CentreSettings
from settlement.troubles import DecisionTrouble


class Readiness(Struct, frozen=True):
    """When a line closed, which terminals keep its review waiting, and when it is due."""

    closes_ms: int
    due: dt.date
    unready: Mapping[str, NotReady]
    terminals: tuple[TerminalEvidence, ...]

    @property
    def is_ready(self) -> bool:
        """Whether all evidence is here."""
        return not self.unready


def readiness_of(activity: Activity, days: Collection[dt.date]) -> dict[dt.date, Readiness]:
    """The readiness of the lines of an activity on each of these local dates: each closes by itself (S14)."""
    known = as_the_rules_see(activity)
    since_ms = known.executing[0][0] * 1000 if known.executing else 0
    terminals = tuple(evidence_of(activity.site, working_since_ms=since_ms))
    rules = rules_by_date()
    return {day: _readiness(terminals, known, day, rules.on(day)) for day in days}


def _readiness(
    terminals: tuple[TerminalEvidence, ...], activity: RulesActivity, day: dt.date, rules: RuleSet
) -> Readiness:
    settings: CentreSettings = django_settings.CENTRE
    calendar = settings.calendar
    closes_at_s = closes_s(activity, day, activity.policy.over(rules))
    ended_on = local_dates(rules.zone_at(activity.zone)).date_of(closes_at_s - 1)
    return Readiness(
        closes_ms=closes_at_s * 1000,
        due=review_due(ended_on, rules.review_due_days, calendar.holidays, calendar.workdays, rules.weekend),
        unready=unready_terminals({row.terminal: row.progress for row in terminals}, closes_at_s * 1000),
        terminals=terminals,
    )


def check_ready(readiness: Readiness, now_ms: int, override: str = "") -> None:
    """Raise RulesError NOT_READY unless the lines are ready, or due and `override` says why to go on."""
    today = local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)
    if may_review(readiness.unready, readiness.due, today, override):
        return
    reasons = [
        Trouble.term("not_ready", reason, terminal=terminal)
        for terminal, reason in sorted(readiness.unready.items())
    ]
    raise RulesError(DecisionTrouble.NOT_READY, reasons=reasons, due=readiness.due)
