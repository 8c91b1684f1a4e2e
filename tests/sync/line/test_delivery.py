"""What is sent next, and again, until the centre holds it."""

import random

import msgspec
import pytest

from sync.contract.wire import MAX_BATCH_EVENT_BYTES, MAX_BATCH_EVENTS
from sync.line.delivery import Delivery, Verdict
from tests.english import in_english
from tests.sync.line.delivering import (
    FIRST_WAIT_MS,
    LONGEST_WAIT_MS,
    acknowledge,
    deliver,
    places,
)
from tests.sync.model_log import ModelLog, ack_of


def test_nothing_is_sent_before_the_link_is_up():
    delivery = Delivery(ModelLog(3))
    assert delivery.next_stretch(0) is None
    assert not delivery.hello_due(0)


def test_it_sends_what_waits_and_then_is_silent():
    delivery = deliver(ModelLog(3))
    assert places(delivery.next_stretch(0)) == (0, 1, 3)
    assert delivery.next_stretch(1) is None


def test_an_acknowledged_batch_makes_room_for_the_next():
    log = ModelLog(MAX_BATCH_EVENTS + 5)
    delivery = deliver(log)
    assert places(delivery.next_stretch(0)) == (0, 1, 200)
    assert acknowledge(delivery, log, 0, 200) is Verdict.ADVANCED
    assert places(delivery.next_stretch(1)) == (0, 201, 205)
    assert acknowledge(delivery, log, 0, 205) is Verdict.ADVANCED
    assert delivery.next_stretch(2) is None
    assert delivery.unsent() == 0


def test_a_live_event_is_sent_at_once():
    log = ModelLog(1)
    delivery = deliver(log)
    delivery.next_stretch(0)
    acknowledge(delivery, log, 0, 1)
    log.append()
    assert places(delivery.next_stretch(1)) == (0, 2, 2)


def test_a_batch_holds_no_more_bytes_than_fit_into_a_message():
    log = ModelLog(0)
    for _ in range(40):
        log.append(size=2_000)
    stretch = deliver(log).next_stretch(0)
    assert sum(map(len, stretch.events)) <= MAX_BATCH_EVENT_BYTES
    assert len(stretch.events) == 32


def test_a_lost_batch_or_acknowledgement_is_sent_again_after_a_while():
    delivery = deliver(ModelLog(3))
    delivery.next_stretch(0)
    assert delivery.next_stretch(FIRST_WAIT_MS // 2 - 1) is None
    assert places(delivery.next_stretch(FIRST_WAIT_MS)) == (0, 1, 3)


def test_it_waits_longer_each_time_up_to_ten_minutes():
    delivery = deliver(ModelLog(3))
    waits, now_ms = [], 0
    for _ in range(12):
        delivery.next_stretch(now_ms)
        sent_ms = now_ms
        while delivery._under_way.due_ms > now_ms:
            now_ms += 1_000
        waits.append(now_ms - sent_ms)
    assert FIRST_WAIT_MS // 2 <= waits[0] <= FIRST_WAIT_MS
    assert max(waits) <= LONGEST_WAIT_MS
    assert min(waits[6:]) >= LONGEST_WAIT_MS // 2


def test_terminals_do_not_knock_in_step():
    dues = set()
    for seed in range(20):
        delivery = Delivery(ModelLog(1), random.Random(seed))
        delivery.on_connected()
        delivery.next_stretch(0)
        dues.add(delivery._under_way.due_ms)
    assert len(dues) > 15


def test_an_answer_makes_the_next_wait_short_again():
    log = ModelLog(MAX_BATCH_EVENTS + 1)
    delivery = deliver(log)
    for round_ in range(5):
        delivery.next_stretch(round_ * LONGEST_WAIT_MS)
    acknowledge(delivery, log, 0, 200)
    now_ms = 5 * LONGEST_WAIT_MS
    assert places(delivery.next_stretch(now_ms)) == (0, 201, 201)
    assert delivery.next_stretch(now_ms + FIRST_WAIT_MS) is not None


def test_an_acknowledgement_that_came_twice_changes_nothing():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.next_stretch(0)
    assert acknowledge(delivery, log, 0, 3) is Verdict.ADVANCED
    assert acknowledge(delivery, log, 0, 3) is Verdict.REPEATED
    assert delivery.next_stretch(10 * LONGEST_WAIT_MS) is None


def test_an_old_acknowledgement_does_not_end_the_waiting_for_a_new_one():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.next_stretch(0)
    assert acknowledge(delivery, log, 0, 0) is Verdict.REPEATED
    assert delivery.next_stretch(1) is None


def test_a_partial_acknowledgement_is_gone_on_from_in_its_time():
    log = ModelLog(5)
    delivery = deliver(log)
    delivery.next_stretch(0)
    assert acknowledge(delivery, log, 0, 2) is Verdict.ADVANCED
    assert delivery.next_stretch(1) is None
    assert places(delivery.next_stretch(FIRST_WAIT_MS)) == (0, 3, 5)


def test_what_the_centre_already_holds_is_not_sent():
    log = ModelLog(500)
    delivery = deliver(log)
    acknowledge(delivery, log, 0, 450)
    assert places(delivery.next_stretch(0)) == (0, 451, 500)


@pytest.mark.parametrize(
    "change",
    [{"hash": "00" * 32}, {"contiguous": 4}, {"contiguous": 2}, {"epoch": "ff" * 16}],
    ids=["other hash", "more than there is", "hash of another place", "unknown epoch"],
)
def test_an_acknowledgement_of_another_history_is_not_believed(change):
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.next_stretch(0)
    foreign = msgspec.structs.replace(ack_of(log, 0, 3), **change)
    assert delivery.on_ack(foreign, 0) is Verdict.NOT_OURS
    assert delivery.unsent() == 3
    assert "holds other events than this log" in in_english(delivery.trouble)


def test_an_epoch_that_branched_is_left_and_the_next_one_goes_on():
    log = ModelLog(3, 2)
    delivery = deliver(log)
    delivery.next_stretch(0)
    delivery.on_ack(msgspec.structs.replace(ack_of(log, 0, 3), hash="00" * 32), 0)
    assert places(delivery.next_stretch(1)) == (1, 1, 2)
    acknowledge(delivery, log, 1, 2)
    assert delivery.next_stretch(10 * LONGEST_WAIT_MS) is None
    assert delivery.unsent() == 3


def test_a_branch_that_was_a_mistake_is_forgotten():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.on_ack(msgspec.structs.replace(ack_of(log, 0, 3), hash="00" * 32), 0)
    assert delivery.next_stretch(1) is None
    assert acknowledge(delivery, log, 0, 1) is Verdict.ADVANCED
    assert delivery.trouble is None
    assert places(delivery.next_stretch(2)) == (0, 2, 3)


def test_what_a_restored_centre_lost_is_sent_again():
    log = ModelLog(3)
    delivery = deliver(log)
    acknowledge(delivery, log, 0, 3)
    assert delivery.next_stretch(0) is None
    assert acknowledge(delivery, log, 0, 1) is Verdict.WENT_BACK
    assert delivery.unsent() == 2
    assert places(delivery.next_stretch(1)) == (0, 2, 3)


def test_an_empty_centre_gets_everything_again():
    log = ModelLog(3)
    delivery = deliver(log)
    acknowledge(delivery, log, 0, 3)
    assert acknowledge(delivery, log, 0, 0) is Verdict.WENT_BACK
    assert places(delivery.next_stretch(1)) == (0, 1, 3)


def test_epochs_are_sent_in_the_order_of_opening():
    log = ModelLog(2, 0, 3, 1)
    delivery = deliver(log)
    sent = []
    while stretch := delivery.next_stretch(0):
        sent.append(places(stretch))
        acknowledge(delivery, log, sent[-1][0], sent[-1][2])
    assert sent == [(0, 1, 2), (2, 1, 3), (3, 1, 1)]
