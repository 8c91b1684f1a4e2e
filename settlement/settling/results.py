"""Writing what the rules made: per volunteer all or nothing, and nothing at all where nothing changed."""

from collections.abc import Mapping
from typing import Any

import msgspec

from settlement.models import EventOutcome, Line, Session, Settled
from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity
from settlement.rules.flags import Flag
from settlement.rules.pairing import open_until
from settlement.rules.settle import Line as RulesLine
from settlement.rules.settle import Session as RulesSession
from settlement.settling.computation import Computation, VolunteerResult
from settlement.settling.rule_inputs import MANUAL


def store_results(computed: Computation, rules: RulesByDate, now_ms: int) -> list[int]:
    """Replace the results of those volunteers whose result differs; returns who. Needs a transaction."""
    results = computed.results
    digests = {number: result.digest() for number, result in results.items()}
    before = dict(Settled.objects.filter(volunteer__in=results).values_list("volunteer__number", "digest"))
    changed = [number for number in results if before.get(number) != digests[number]]
    for model in (Session, Line, EventOutcome):
        model.objects.filter(volunteer__in=changed).delete()
    rows = [rows_of(number, results[number]) for number in changed]
    Session.objects.bulk_create(row for of_one in rows for row in of_one.sessions)
    Line.objects.bulk_create(row for of_one in rows for row in of_one.lines)
    EventOutcome.objects.bulk_create(row for of_one in rows for row in of_one.outcomes)
    Settled.objects.bulk_create(
        (
            Settled(
                volunteer_id=number,
                digest=digests[number],
                total_s=result.total_s,
                rules_id=rules.at(now_ms // 1000).version,
                settled_ms=now_ms,
                reconsider_ms=_reconsider_ms(result.sessions, computed.activities, rules, now_ms),
            )
            for number, result in results.items()
        ),
        update_conflicts=True,
        unique_fields=["volunteer"],
        update_fields=["digest", "total_s", "rules", "settled_ms", "reconsider_ms"],
    )
    return changed


class Rows(msgspec.Struct, frozen=True):
    """The rows that state a volunteer's result."""

    sessions: list[Session]
    lines: list[Line]
    outcomes: list[EventOutcome]


def rows_of(volunteer: int, result: VolunteerResult) -> Rows:
    """A result as rows that are not stored yet."""
    return Rows(
        [_session(volunteer, session) for session in result.sessions],
        [_line(volunteer, line) for line in result.lines],
        [
            EventOutcome(
                volunteer_id=volunteer,
                chain_id=None if chain == MANUAL else chain,
                seq=None if chain == MANUAL else number,
                record_id=number if chain == MANUAL else None,
                activity=activity,
                at_s=at_s,
                outcome=outcome,
            )
            for chain, number, activity, at_s, outcome in result.outcomes
        ],
    )


def _session(volunteer: int, session: RulesSession) -> Session:
    trace: list[dict[str, Any]] = msgspec.to_builtins(session.trace)
    return Session(
        volunteer_id=volunteer,
        activity_id=session.activity,
        in_s=session.in_s,
        out_s=session.out_s,
        raw_s=session.raw_s,
        t_s=session.t_s,
        line_date=session.line_date,
        is_open=Flag.OPEN in session.flags,
        flags=[str(flag) for flag in session.flags],
        trace=trace,
        in_event=session.in_event or "",
        out_event=session.out_event or "",
    )


def _line(volunteer: int, line: RulesLine) -> Line:
    return Line(
        volunteer_id=volunteer,
        activity_id=line.key.activity,
        local_date=line.key.local_date,
        t_s=line.t_s,
        flags=[str(flag) for flag in line.flags],
    )


def _reconsider_ms(
    sessions: list[RulesSession], activities: Mapping[str, Activity], rules: RulesByDate, now_ms: int
) -> int | None:
    """When time alone will change the result: the first moment at which an open session no longer is, or one
    without a check-out may be open after all, since its activity begins to execute (S6).
    """
    moments: list[int] = []
    for session in sessions:
        if session.in_s is None or not {Flag.OPEN, Flag.MISSING_OUT}.intersection(session.flags):
            continue
        activity = activities[session.activity]
        moments += [since for since, _ in activity.executing]
        if Flag.OPEN not in session.flags:
            continue
        own = rules.of_stay(session.in_s, activity.policy, activity.zone)
        moments.append(open_until(activity, session.in_s, own) + 1)
        moments += [until for _, until in activity.executing if until is not None]
    future = [moment * 1000 for moment in moments if moment * 1000 > now_ms]
    return min(future, default=None)
