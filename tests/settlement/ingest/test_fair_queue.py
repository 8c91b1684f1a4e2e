"""Turns and budgets by hand, and what holds whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.ingest.budgets import Allowances, Budget
from settlement.ingest.fair_queue import MOST_WAITING, FairQueue, Row

BATCH = Row(Budget(at_once=2, every_s=10.0), length=3)
HELLO = Row(Budget(at_once=1, every_s=5.0), length=1, newest=True)
ROWS = {"batch": BATCH, "hello": HELLO}


@pytest.fixture
def queue():
    return FairQueue(ROWS, Row(Budget(1, 60.0), length=1))


def taken(queue, now_s=0.0):
    """All that may be taken at that moment, in order."""
    found = []
    while (item := queue.take(now_s)) is not None:
        found.append(item)
    return found


def test_one_who_floods_is_followed_by_everybody_else(queue):
    for number in range(3):
        queue.put(("evil", "batch"), f"evil {number}")
    queue.put(("gate", "batch"), "gate")
    queue.put(("yard", "batch"), "yard")
    assert taken(queue) == ["evil 0", "gate", "yard", "evil 1"]


def test_the_oldest_batches_wait_and_later_ones_are_dropped(queue):
    assert [queue.put(("evil", "batch"), number) for number in range(5)] == [None, None, None, 3, 4]
    assert len(queue) == 3


def test_of_greetings_only_the_newest_waits(queue):
    assert [queue.put(("gate", "hello"), number) for number in range(3)] == [None, 0, 1]
    assert taken(queue) == [2]


def test_who_has_spent_the_budget_waits_until_it_fills_again(queue):
    for number in range(3):
        queue.put(("gate", "batch"), number)
    assert taken(queue, 100.0) == [0, 1]
    assert queue.due_in_s(104.0) == pytest.approx(6.0)
    assert taken(queue, 109.9) == []
    assert taken(queue, 110.1) == [2]
    assert queue.due_in_s(110.1) is None


def test_each_kind_has_its_own_budget(queue):
    queue.put(("gate", "hello"), "hello")
    for number in range(2):
        queue.put(("gate", "batch"), number)
    assert taken(queue) == ["hello", 0, 1]


def test_when_all_rows_together_are_full_a_newcomer_is_still_let_in(queue):
    for sender in range(MOST_WAITING):
        queue.put((f"evil {sender}", "batch"), sender)
    assert queue.put(("evil 0", "batch"), "more") == "more"
    assert queue.put(("gate", "batch"), "gate") is None


def test_budgets_of_names_that_somebody_invents_are_forgotten():
    allowances = Allowances()
    budget = Budget(at_once=1, every_s=1.0)
    for number in range(10_000):
        assert allowances.spend(f"name {number}", budget, number / 10)
    assert len(allowances) < 1_000


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["evil", "gate", "yard"]), st.sampled_from(["batch", "hello", "?"])),
            st.floats(0, 30),
        ),
        max_size=200,
    )
)
def test_each_message_is_taken_or_dropped_once_and_nobody_exceeds_the_budget(steps):
    queue = FairQueue(ROWS, Row(Budget(1, 60.0), length=1))
    put, gone, turns, now_s = [], [], {}, 0.0
    for number, step in enumerate(steps):
        if isinstance(step, float):
            now_s += step
            for key, item in taken(queue, now_s):
                gone.append(item)
                turns.setdefault(key, []).append(now_s)
        else:
            put.append(number)
            if (dropped := queue.put(step, (step, number))) is not None:
                gone.append(dropped[1])
    for _ in range(100):
        now_s += 60.0
        gone += [item for _, item in taken(queue, now_s)]
    assert sorted(gone) == put
    assert len(queue) == 0
    for (_, kind), times in turns.items():
        budget = ROWS[kind].budget if kind in ROWS else Budget(1, 60.0)
        for first, start_s in enumerate(times):
            for last in range(first, len(times)):
                most = budget.at_once + (times[last] - start_s) / budget.every_s
                assert last - first + 1 <= most + 1e-6
