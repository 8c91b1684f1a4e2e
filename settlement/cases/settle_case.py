"""Worked cases of the kind `settle`: events in, sessions and totals out."""

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from settlement.cases.case_file import Answer, Case, CaseActivity, CaseEvent, Instant, Setting, seconds
from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity, Event
from settlement.rules.hours import display_hours
from settlement.rules.rule_set import RuleSet, load_rule_set
from settlement.rules.settle import Session, Settlement, settle_volunteers
from settlement.rules.trace import TraceCode


class LaterRules(Struct, frozen=True):
    """What the rules say otherwise from a local date on; such versions are numbered 2, 3, … in order."""

    since: date = msgspec.field(name="from")
    rules: dict[str, Any]


class SettleCase(Case, frozen=True, kw_only=True):
    """`lifted` are the dates, by volunteer, on which a reviewer lifted the daily cap; `credited` names
    check-outs, by their check-ins, that end too long a stay.
    """

    activities: dict[str, CaseActivity]
    settle_at: Instant
    events: list[CaseEvent]
    later_rules: list[LaterRules] = msgspec.field(default_factory=list)
    lifted: dict[str, list[date]] = msgspec.field(default_factory=dict)
    credited: dict[str, str] = msgspec.field(default_factory=dict)


def activities_of(given: dict[str, CaseActivity]) -> dict[str, Activity]:
    """The activities as the rules take them."""
    return {name: activity.activity(name) for name, activity in given.items()}


def answer_settle(case: SettleCase, setting: Setting) -> Answer:
    """What the rules say to the events."""
    rules, credentials = setting
    events = [given.event() for given in case.events]
    settlement = settle_volunteers(
        events,
        activities_of(case.activities),
        credentials,
        _by_date(rules, case.later_rules),
        seconds(case.settle_at),
        case.lifted,
        case.credited,
    )
    return {
        "sessions": [_session(session) for session in settlement.sessions],
        "total": {
            volunteer: {"t_s": t_s, "hours": display_hours(t_s)}
            for volunteer, t_s in settlement.totals.items()
        },
        "outcomes": _outcomes(events, settlement),
    }


def _by_date(first: RuleSet, later: list[LaterRules]) -> RulesByDate:
    versions: list[tuple[date, RuleSet]] = []
    said: dict[str, Any] = msgspec.to_builtins(first)
    for place, change in enumerate(later):
        said = {**said, **change.rules, "version": place + 2}
        versions.append((change.since, load_rule_set(said)))
    return RulesByDate(first, versions)


def _session(session: Session) -> Answer:
    """`claim` is the end of the shift to which a claim waits for its confirmation (S6)."""
    claimed = [step.at_s for step in session.trace if step.code is TraceCode.CLAIMED_TO_SHIFT_END]
    return {
        "vol": session.volunteer,
        "act": session.activity,
        "in": session.in_s,
        "out": session.out_s,
        "t_s": session.t_s,
        "flags": list(session.flags),
        "line_date": session.line_date.isoformat(),
        "by_date": {day.isoformat(): t_s for day, t_s in session.by_date},
        "claim": claimed[0] if claimed else None,
        "version": session.rules,
    }


def _outcomes(events: list[Event], settlement: Settlement) -> dict[str, str]:
    """The outcomes that a case lists: every delivery of a repeated id, and whatever was not simply used."""
    ids = [event.id for event in events]
    listed: dict[str, str] = {}
    for place, (name, outcome) in enumerate(zip(ids, settlement.outcomes, strict=True)):
        if outcome != "used" or ids.count(name) > 1:
            delivery = ids[: place + 1].count(name)
            listed[name if delivery == 1 else f"{name}#{delivery}"] = outcome
    return listed
