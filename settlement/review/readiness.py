"""Whether lines may be reviewed already, and by when they should be (S14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.errors import RulesError
from foundation.trouble import Trouble
from settlement.database.one_statement import Part, read_together
from settlement.inspections import Call, calls_of, calls_part
from settlement.look_up import Schedule, as_the_rules_see
from settlement.models import Activity, Break, PhaseChange, Shift
from settlement.review.completeness import NO_LOGS, SiteLogs, TerminalEvidence, log_parts, logs_of
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


class Closing(Struct, frozen=True):
    """What is known of activities and their sites: schedules, terminals' logs, and whom inspectors called."""

    schedules: Mapping[str, Schedule]
    logs: Mapping[str, SiteLogs]
    calls: Sequence[Call]

    def readiness_of(self, activity: Activity, days: Collection[dt.date]) -> dict[dt.date, Readiness]:
        """The readiness of an activity's lines on each of these local dates: each closes by itself (S14)."""
        known = as_the_rules_see(activity, schedule=self.schedules[activity.pk])
        since_ms = known.executing[0][0] * 1000 if known.executing else 0
        terminals = tuple(self.logs.get(activity.site_id, NO_LOGS).working_since(since_ms))
        rules = rules_by_date()
        return {day: _readiness(terminals, known, day, rules.on(day)) for day in days}


def closing_of(activities: Collection[Activity]) -> Closing:
    """The same of these activities, read by one statement."""
    sites = {row.site_id for row in activities}
    found = read_together(*_schedule_parts(activities), *log_parts(sites), calls_part(sites))
    return Closing(_schedules(activities, found[:3]), logs_of(*found[3:6]), calls_of(found[6]))


def schedules_of(activities: Collection[Activity]) -> dict[str, Schedule]:
    """When these activities go on, read by one statement."""
    return _schedules(activities, read_together(*_schedule_parts(activities)))


def _schedule_parts(activities: Collection[Activity]) -> tuple[Part, Part, Part]:
    of_them = {"activity__in": [row.pk for row in activities]}
    return (
        (PhaseChange.objects.filter(**of_them), ("activity_id", "from_ms", "phase")),
        (Shift.objects.filter(**of_them), ("activity_id", "start_ms", "end_ms")),
        (Break.objects.filter(**of_them), ("activity_id", "start_ms", "end_ms")),
    )


def _schedules(activities: Collection[Activity], parts: Sequence[list[list[Any]]]) -> dict[str, Schedule]:
    phases, shifts, breaks = map(_by_activity, parts)
    return {
        row.pk: Schedule(
            phases=[(phase, from_ms) for from_ms, phase in phases[row.pk]],
            shifts=shifts[row.pk],
            breaks=breaks[row.pk],
        )
        for row in activities
    }


def _by_activity(rows: list[list[Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for activity, *row in sorted(rows):
        found[activity].append(tuple(row))
    return found


def readiness_of(activity: Activity, days: Collection[dt.date]) -> dict[dt.date, Readiness]:
    """The readiness of the lines of one activity on each of these local dates."""
    return closing_of([activity]).readiness_of(activity, days)


def due_of(activity: Activity, days: Collection[dt.date], schedule: Schedule) -> dict[dt.date, dt.date]:
    """By when the lines of an activity on each of these local dates should be decided."""
    known, rules = as_the_rules_see(activity, schedule=schedule), rules_by_date()
    return {
        day: _due(known, closes_s(known, day, known.policy.over(rules.on(day))), rules.on(day))
        for day in days
    }


def _readiness(
    terminals: tuple[TerminalEvidence, ...], activity: RulesActivity, day: dt.date, rules: RuleSet
) -> Readiness:
    closes_at_s = closes_s(activity, day, activity.policy.over(rules))
    return Readiness(
        closes_ms=closes_at_s * 1000,
        due=_due(activity, closes_at_s, rules),
        unready=unready_terminals({row.terminal: row.progress for row in terminals}, closes_at_s * 1000),
        terminals=terminals,
    )


def _due(activity: RulesActivity, closes_at_s: int, rules: RuleSet) -> dt.date:
    settings: CentreSettings = django_settings.CENTRE
    calendar = settings.calendar
    ended_on = local_dates(rules.zone_at(activity.zone)).date_of(closes_at_s - 1)
    return review_due(ended_on, rules.review_due_days, calendar.holidays, calendar.workdays, rules.weekend)


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
