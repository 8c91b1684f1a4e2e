"""Whether lines may be reviewed already, and by when they should be (S14)."""

import datetime as dt
from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.models import Activity
from settlement.review.completeness import TerminalEvidence, evidence_of
from settlement.rules.evidence import Phase, executing_intervals
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import NotReady, may_review, review_due, unready_terminals
from settlement.settings import CentreSettings
from settlement.troubles import DecisionTrouble


class Readiness(Struct, frozen=True):
    """When an activity closed for a line, which terminals keep its review waiting, and when it is due."""

    closes_ms: int
    due: dt.date
    unready: Mapping[str, NotReady]
    terminals: tuple[TerminalEvidence, ...]

    @property
    def is_ready(self) -> bool:
        """Whether all evidence is here."""
        return not self.unready


def readiness_of(activity: Activity, days: Collection[dt.date]) -> dict[dt.date, Readiness]:
    """The readiness of the lines of an activity on each of these local dates.

    They close with the activity's end; an activity without an end closes for each line with the line's date.
    """
    settings: CentreSettings = django_settings.CENTRE
    phases = [(Phase(row.phase), row.from_ms // 1000) for row in activity.phases.all()]
    intervals = executing_intervals(phases)
    end_s = intervals[-1][1] if intervals else None
    since_ms = intervals[0][0] * 1000 if intervals else 0
    terminals = tuple(evidence_of(activity.site, working_since_ms=since_ms))
    zone = settings.rules.settlement_tz
    return {
        day: _readiness(terminals, _end_of(day, zone) if end_s is None else end_s, settings) for day in days
    }


def _readiness(terminals: tuple[TerminalEvidence, ...], closes_s: int, settings: CentreSettings) -> Readiness:
    rules, calendar = settings.rules, settings.calendar
    ended_on = local_dates(rules.settlement_tz).date_of(closes_s - 1)
    return Readiness(
        closes_ms=closes_s * 1000,
        due=review_due(ended_on, rules.review_due_days, calendar.holidays, calendar.workdays, rules.weekend),
        unready=unready_terminals({row.terminal: row.progress for row in terminals}, closes_s * 1000),
        terminals=terminals,
    )


def _end_of(day: dt.date, zone: str) -> int:
    """The second in which the next local date begins."""
    return int(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone)).timestamp())


def check_ready(readiness: Readiness, now_ms: int, override: str = "") -> None:
    """Raise RulesError NOT_READY unless the lines are ready, or due and `override` says why to go on."""
    settings: CentreSettings = django_settings.CENTRE
    today = local_dates(settings.rules.settlement_tz).date_of(now_ms // 1000)
    if may_review(readiness.unready, readiness.due, today, override):
        return
    reasons = [
        Trouble.term("not_ready", reason, terminal=terminal)
        for terminal, reason in sorted(readiness.unready.items())
    ]
    raise RulesError(DecisionTrouble.NOT_READY, reasons=reasons, due=readiness.due)
