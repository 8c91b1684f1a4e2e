"""What must hold of the database whatever was logged, however it arrived and whoever decided meanwhile."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from settlement.ledger.totals import approved_lines
from settlement.models import LedgerEntry, Line, Review
from settlement.settling.settler import settle_everything
from tests.settlement.generated_logs import (
    ACTIVITIES,
    EVENING_MS,
    PEOPLE,
    World,
    check_what_always_holds,
    in_force,
    ledger_rows,
    results,
    settle,
    stays,
    undone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]

FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""Without shrinking: each try is a whole centre, and the first counterexample reads well enough."""
MANY = settings(FEW, max_examples=1000, derandomize=False)

LOGS = st.lists(stays(), min_size=1, max_size=6)


def any_order_gives_the_same_ledger(centre, logged, data):
    with undone():
        world = World(centre, logged)
        for batch in world.batches(500):
            world.deliver(batch)
        settle()
        expected = results(), in_force()
    with undone():
        world = World(centre, logged)
        batches = world.batches(data.draw(st.integers(1, 4)))
        again = data.draw(st.lists(st.sampled_from(batches), max_size=3))
        for late, batch in enumerate(data.draw(st.permutations(batches + again))):
            world.deliver(batch, late_ms=late * 1000)
            if data.draw(st.booleans()):
                settle()
        settle()
        assert (results(), in_force()) == expected
        check_what_always_holds()
        everything = results(), ledger_rows()
        for batch in world.batches(500):
            world.deliver(batch)
        assert settle_everything(EVENING_MS).changed == 0
        assert (results(), ledger_rows()) == everything, "replaying everything twice changes nothing"


STEPS = st.one_of(
    st.tuples(st.just("deliver"), st.integers(0, 30)),
    st.tuples(st.just("approve"), st.none()),
    st.tuples(st.just("approve"), st.none()),
    st.tuples(st.just("reject"), st.none()),
    st.tuples(st.just("revoke"), st.tuples(st.sampled_from(PEOPLE), st.integers(1, 2), st.integers(-20, 36))),
    st.tuples(
        st.just("correct"),
        st.tuples(st.sampled_from(list(ACTIVITIES)), st.sampled_from([(), ((-12, 8),), ((-4, 0), (4, 20))])),
    ),
)


def what_was_decided_stays_and_adjustments_lead_to_the_new_state(centre, logged, steps):
    with undone():
        world = World(centre, logged)
        waiting = world.batches(2)
        for step, what in steps:
            decided = dict(Review.objects.exclude(by="").values_list("entry_id", "state"))
            before = {pk: row for pk, row in ledger_rows().items() if pk in decided}
            if step == "deliver" and waiting:
                world.deliver(waiting.pop(what % len(waiting)))
            elif step == "revoke":
                world.revoke(*what)
            elif step == "correct":
                world.correct(*what)
            elif step in ("approve", "reject"):
                world.decide(approving=step == "approve")
            settle()
            assert before.items() <= ledger_rows().items(), "what somebody decided is never altered"
        for batch in waiting:
            world.deliver(batch)
        settle()
        check_what_always_holds()
        if LedgerEntry.objects.filter(review__state="rejected").exists():
            return
        world.decide(approving=True)
        approved = {
            (volunteer, line.activity, line.local_date): line.t_s
            for volunteer in PEOPLE
            for line in approved_lines(volunteer)
            if line.t_s
        }
        lines = {(row.volunteer_id, row.activity_id, row.local_date): row.t_s for row in Line.objects.all()}
        assert approved == {key: t_s for key, t_s in lines.items() if t_s}
        settle()
        check_what_always_holds()


@FEW
@given(logged=LOGS, data=st.data())
def test_any_order_of_arrival_gives_the_same_ledger(centre, logged, data):
    any_order_gives_the_same_ledger(centre, logged, data)


@FEW
@given(logged=LOGS, steps=st.lists(STEPS, max_size=10))
def test_decisions_stay_and_adjustments_lead_to_the_new_state(centre, logged, steps):
    what_was_decided_stays_and_adjustments_lead_to_the_new_state(centre, logged, steps)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@MANY
@given(logged=LOGS, data=st.data())
def test_any_order_of_arrival_gives_the_same_ledger_many_times(centre, logged, data):
    any_order_gives_the_same_ledger(centre, logged, data)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@MANY
@given(logged=LOGS, steps=st.lists(STEPS, max_size=10))
def test_decisions_stay_and_adjustments_lead_to_the_new_state_many_times(centre, logged, steps):
    what_was_decided_stays_and_adjustments_lead_to_the_new_state(centre, logged, steps)
