"""What must hold on any day whatsoever; the days are generated."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.ledger import (
    AdjustmentReason,
    EntryState,
    Revision,
    apply_revision,
    approved_totals,
    revise,
)
from settlement.rules.review import Decision, review_each
from settlement.rules.settle import settle_volunteers
from tests.settlement.rules.scenarios import on_days, scenarios

ON_MANY_DAYS = on_days(270)
ON_SOME_DAYS = on_days(150)
LATE = AdjustmentReason.LATE_EVENT


def outcomes_by_id(deliveries, settlement):
    return Counter(
        (event.id, outcome) for event, outcome in zip(deliveries, settlement.outcomes, strict=True)
    )


@ON_MANY_DAYS
@given(scenarios(), st.data())
def test_it_settles_alike_in_any_order_of_arrival(scenario, data):
    other_order = tuple(data.draw(st.permutations(scenario.deliveries)))
    one = settle_volunteers(*scenario.arguments())
    other = settle_volunteers(*scenario.arguments(other_order))
    assert (one.sessions, one.lines, one.totals) == (other.sessions, other.lines, other.totals)
    assert outcomes_by_id(scenario.deliveries, one) == outcomes_by_id(other_order, other)


@ON_SOME_DAYS
@given(scenarios())
def test_it_settles_alike_when_everything_is_delivered_twice(scenario):
    once = settle_volunteers(*scenario.arguments())
    twice = settle_volunteers(*scenario.arguments(scenario.deliveries * 2))
    assert (once.sessions, once.lines, once.totals) == (twice.sessions, twice.lines, twice.totals)
    again = twice.outcomes[len(scenario.deliveries) :]
    assert set(again) == {"redelivered"}


@ON_MANY_DAYS
@given(scenarios())
def test_it_counts_no_second_twice_and_none_that_was_not_spent(scenario):
    settlement = settle_volunteers(*scenario.arguments())
    spent = {}
    for session in settlement.sessions:
        credited = [second for low, high in session.parts for second in range(low, high)]
        assert len(credited) == session.t_s
        if session.out_s is not None:
            assert all(session.in_s <= second < session.out_s for second in credited)
        seconds_of_volunteer = spent.setdefault(session.volunteer, set())
        assert seconds_of_volunteer.isdisjoint(credited)
        seconds_of_volunteer.update(credited)
    assert settlement.totals == {name: len(spent.get(name, ())) for name in settlement.totals}


@ON_MANY_DAYS
@given(scenarios())
def test_it_accounts_for_every_second_in_the_trace_and_in_the_lines(scenario):
    settlement = settle_volunteers(*scenario.arguments())
    by_line = Counter()
    for session in settlement.sessions:
        assert session.raw_s + sum(step.change_s for step in session.trace) == session.t_s
        assert sum(seconds for _, seconds in session.by_date) == session.t_s
        by_line[session.volunteer, session.activity, session.line_date] += session.t_s
    assert {tuple(line.key): line.t_s for line in settlement.lines if line.t_s} == +by_line
    assert sum(line.t_s for line in settlement.lines) == sum(settlement.totals.values())


def in_force(entries):
    """What the ledger says now, whatever led there."""
    return {(e.key, e.kind, e.delta_s, e.flags) for e in entries if e.state is not EntryState.SUPERSEDED}


@ON_MANY_DAYS
@given(scenarios(), st.data())
def test_it_keeps_the_same_ledger_in_whatever_batches_the_events_arrive(scenario, data):
    at_once = revise((), settle_volunteers(*scenario.arguments()).lines, LATE).added
    deliveries = tuple(data.draw(st.permutations(scenario.deliveries)))
    entries, arrived = (), ()
    while len(arrived) < len(deliveries):
        arrived = deliveries[: len(arrived) + data.draw(st.integers(1, 4))]
        settlement = settle_volunteers(*scenario.arguments(arrived))
        entries = apply_revision(entries, revise(entries, settlement.lines, LATE))
    assert in_force(entries) == in_force(at_once)


@ON_MANY_DAYS
@given(scenarios(), st.data())
def test_its_adjustments_lead_to_the_new_result_and_leave_what_was_approved(scenario, data):
    entries, arrived = (), ()
    while len(arrived) < len(scenario.deliveries):
        arrived = scenario.deliveries[: len(arrived) + data.draw(st.integers(1, 4))]
        lines = settle_volunteers(*scenario.arguments(arrived)).lines
        before = [entry for entry in entries if entry.state is EntryState.APPROVED]
        entries = apply_revision(entries, revise(entries, lines, LATE))
        assert set(before) <= set(entries)
        assert revise(entries, lines, LATE) == Revision()
        if data.draw(st.booleans()):
            decision = data.draw(st.sampled_from(Decision))
            entries = review_each(entries, decision, "reviewer").entries
            assert revise(entries, lines, LATE) == Revision()
    settlement = settle_volunteers(*scenario.arguments())
    if any(entry.state is EntryState.REJECTED for entry in entries):
        return
    entries = review_each(entries, Decision.APPROVE, "reviewer").entries
    approved = approved_totals(entries)
    assert {name: t_s for name, t_s in approved.items() if t_s} == {
        name: t_s for name, t_s in settlement.totals.items() if t_s
    }
