"""Writing what the rules made: per volunteer all or nothing, and nothing at all where nothing changed."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from settlement.models import EventOutcome, Line, Session, Settled
from settlement.rule_inputs import Inputs
from settlement.rules.admission import Outcome
from settlement.rules.evidence import Activity
from settlement.rules.flags import Flag
from settlement.rules.pairing import last_shift_end
from settlement.rules.rule_set import RuleSet
from settlement.rules.settle import Line as RulesLine
from settlement.rules.settle import Session as RulesSession
from settlement.rules.settle import Settlement


class Result:
    """The part of a settlement that belongs to one volunteer."""

    def __init__(self) -> None:
        self.sessions: list[RulesSession] = []
        self.lines: list[RulesLine] = []
        self.outcomes: list[tuple[int, int, str, int, str]] = []

    def digest(self, version: int) -> str:
        """The same for the same result, whatever the order of arrival was."""
        lines = [(*line.key, line.t_s, line.flags, sorted(line.hands)) for line in self.lines]
        said = msgspec.json.encode([version, self.sessions, lines, sorted(self.outcomes)])
        return hashlib.sha256(said).hexdigest()


def results_of(volunteers: Collection[int], inputs: Inputs, settlement: Settlement) -> dict[int, Result]:
    """The settlement, handed out to the volunteers whom it is about."""
    results = {number: Result() for number in volunteers}
    for session in settlement.sessions:
        results[int(session.volunteer)].sessions.append(session)
    for line in settlement.lines:
        results[int(line.key.volunteer)].lines.append(line)
    deliveries = zip(inputs.deliveries, inputs.places, inputs.owners, settlement.outcomes, strict=True)
    for event, (chain, seq), owner, outcome in deliveries:
        if outcome is not Outcome.USED:
            at_s = (event.device_ms + (event.offset_ms or 0)) // 1000
            results[owner].outcomes.append((chain, seq, event.activity, at_s, str(outcome)))
    return results


def store_results(
    results: Mapping[int, Result], activities: Mapping[str, Activity], rules: RuleSet, now_ms: int
) -> list[int]:
    """Replace the results of those volunteers whose result differs; returns who. Needs a transaction."""
    digests = {number: result.digest(rules.version) for number, result in results.items()}
    before = dict(Settled.objects.filter(volunteer__in=results).values_list("volunteer__number", "digest"))
    changed = [number for number in results if before.get(number) != digests[number]]
    for model in (Session, Line, EventOutcome):
        model.objects.filter(volunteer__in=changed).delete()
    written = [(number, results[number]) for number in changed]
    Session.objects.bulk_create(_session(n, row) for n, result in written for row in result.sessions)
    Line.objects.bulk_create(_line(n, row) for n, result in written for row in result.lines)
    EventOutcome.objects.bulk_create(
        EventOutcome(volunteer_id=n, chain_id=chain, seq=seq, activity=activity, at_s=at_s, outcome=outcome)
        for n, result in written
        for chain, seq, activity, at_s, outcome in result.outcomes
    )
    Settled.objects.bulk_create(
        (
            Settled(
                volunteer_id=number,
                digest=digests[number],
                total_s=sum(session.t_s for session in result.sessions),
                rules_id=rules.version,
                settled_ms=now_ms,
                reconsider_ms=_reconsider_ms(result.sessions, activities, rules, now_ms),
            )
            for number, result in results.items()
        ),
        update_conflicts=True,
        unique_fields=["volunteer"],
        update_fields=["digest", "total_s", "rules", "settled_ms", "reconsider_ms"],
    )
    return changed


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
    sessions: list[RulesSession], activities: Mapping[str, Activity], rules: RuleSet, now_ms: int
) -> int | None:
    """When time alone will change the result: the first moment at which an open session no longer is (S6)."""
    moments: list[int] = []
    for session in sessions:
        if Flag.OPEN not in session.flags or session.in_s is None:
            continue
        activity = activities[session.activity]
        moments.append(session.in_s + rules.max_session_s + 1)
        shift_end_s = last_shift_end(activity, session.in_s, rules)
        if shift_end_s is not None:
            moments.append(shift_end_s + rules.close_after_s + 1)
        moments += [until for _, until in activity.executing if until is not None]
    future = [moment * 1000 for moment in moments if moment * 1000 > now_ms]
    return min(future, default=None)
