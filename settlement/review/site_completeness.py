"""How whole the evidence of a site is now, and of each activity whose lines wait for a review (S14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from settlement.ledger.entries import pending
from settlement.look_up import Schedule
from settlement.models import Activity, Site
from settlement.review.completeness import TerminalEvidence, complete_until_ms, evidence_of
from settlement.review.readiness import Readiness, closing_of
from settlement.rule_book import rules_at
from settlement.rules.evidence import Phase
from settlement.rules.local_dates import local_dates
from settlement.rules.readiness import NotReady

SILENT_AFTER_MS = 1_800_000
"""A connected terminal greets every 15 minutes; of one that missed two greetings nothing newer is known."""


class ActivityCompleteness(Struct, frozen=True):
    """The lines of an activity that close at one moment. Times are UTC milliseconds.

    `waiting` entries wait for a reviewer: they are ready where `unready` names no terminal, and may be
    decided with a reason from `due` on.
    """

    activity: str
    title: str
    closes_ms: int
    due: dt.date
    complete_until_ms: int | None
    unready: Mapping[str, NotReady]
    terminals: tuple[TerminalEvidence, ...]
    waiting: int

    @property
    def is_ready(self) -> bool:
        """Whether all evidence is here."""
        return not self.unready


class SiteCompleteness(Struct, frozen=True):
    """A site's terminals, those that are silent by now, and its activities by when they close."""

    site: str
    name: str
    zone: str
    complete_until_ms: int | None
    terminals: tuple[TerminalEvidence, ...]
    silent: tuple[str, ...]
    activities: tuple[ActivityCompleteness, ...]


def completeness_of(site: Site, now_ms: int) -> SiteCompleteness:
    """What has arrived from the terminals that work at a site, and what its activities still wait for."""
    terminals = tuple(evidence_of(site, working_since_ms=now_ms))
    recently_ms = now_ms - SILENT_AFTER_MS
    return SiteCompleteness(
        site=site.code,
        name=site.name,
        zone=site.zone,
        complete_until_ms=complete_until_ms(terminals),
        terminals=terminals,
        silent=tuple(row.terminal for row in terminals if row.heard_ms is None or row.heard_ms < recently_ms),
        activities=_activities(site, now_ms),
    )


def _activities(site: Site, now_ms: int) -> tuple[ActivityCompleteness, ...]:
    """Those that run now, and those with lines that wait."""
    today = local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)
    waiting: dict[str, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for activity, day in pending().filter(activity__site=site).values_list("activity__id", "local_date"):
        waiting[activity][day] += 1
    found: list[ActivityCompleteness] = []
    rows = list(Activity.objects.filter(site=site).select_related("site"))
    known = closing_of(rows)
    for row in rows:
        days = waiting.get(row.id) or ({today: 0} if _runs(known.schedules[row.id], now_ms) else {})
        closing: dict[int, Readiness] = {}
        entries: dict[int, int] = defaultdict(int)
        for day, readiness in known.readiness_of(row, list(days)).items():
            closing[readiness.closes_ms] = readiness
            entries[readiness.closes_ms] += days[day]
        found += [_activity(row, readiness, entries[closes]) for closes, readiness in closing.items()]
    return tuple(sorted(found, key=lambda one: (one.closes_ms, one.activity)))


def _activity(row: Activity, readiness: Readiness, waiting: int) -> ActivityCompleteness:
    return ActivityCompleteness(
        activity=row.id,
        title=row.title,
        closes_ms=readiness.closes_ms,
        due=readiness.due,
        complete_until_ms=complete_until_ms(readiness.terminals),
        unready=dict(readiness.unready),
        terminals=readiness.terminals,
        waiting=waiting,
    )


def _runs(schedule: Schedule, now_ms: int) -> bool:
    begun = [(from_ms, phase) for phase, from_ms in schedule.phases if from_ms <= now_ms]
    return bool(begun) and max(begun)[1] == Phase.EXECUTING
