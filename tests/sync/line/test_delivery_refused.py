"""What the centre refuses: halved, kept, tried again ever more rarely, and told."""

import pytest

from sync.contract.wire import MAX_BATCH_EVENTS, Reject, RejectCode
from sync.line.delivery import Verdict
from tests.english import in_english
from tests.sync.line.delivering import FIRST_WAIT_MS, LONGEST_WAIT_MS, acknowledge, deliver, places, rejected
from tests.sync.model_log import ModelLog, ack_of, name_of


def test_a_batch_that_is_too_big_is_halved_until_it_fits():
    log = ModelLog(MAX_BATCH_EVENTS)
    delivery = deliver(log)
    lasts = []
    for _ in range(8):
        lasts.append(delivery.next_stretch(0).last)
        assert rejected(delivery, log, RejectCode.SIZE) is Verdict.REJECTED
    assert lasts == [200, 100, 50, 25, 12, 6, 3, 1]


def test_an_event_that_is_too_big_even_alone_is_tried_again_later():
    log = ModelLog(1)
    delivery = deliver(log)
    for _ in range(9):
        delivery.next_stretch(0)
        rejected(delivery, log, RejectCode.SIZE)
    assert delivery.next_stretch(0) is None
    assert delivery.next_stretch(LONGEST_WAIT_MS) is not None


@pytest.mark.parametrize(
    "code",
    [RejectCode.AUTH, RejectCode.CHAIN, RejectCode.VERSION, RejectCode.REALM, RejectCode.MALFORMED],
)
def test_a_refused_batch_is_kept_and_tried_again_ever_more_rarely(code):
    log = ModelLog(3)
    delivery = deliver(log)
    now_ms, pauses = 0, []
    assert delivery.next_stretch(0)
    for _ in range(8):
        assert rejected(delivery, log, code, now_ms) is Verdict.REJECTED
        refused_ms = now_ms
        while delivery.next_stretch(now_ms) is None:
            now_ms += 1_000
        pauses.append(now_ms - refused_ms)
    assert FIRST_WAIT_MS // 2 <= pauses[0] <= 2 * FIRST_WAIT_MS
    assert LONGEST_WAIT_MS // 2 <= pauses[-1] <= LONGEST_WAIT_MS + 1_000
    assert delivery.unsent() == 3


def test_an_epoch_that_is_refused_for_ever_keeps_no_other_waiting():
    log = ModelLog(3, 2)
    delivery = deliver(log)
    now_ms, tried = 0, []
    for _ in range(40 * 60):
        now_ms += 1_000
        while stretch := delivery.next_stretch(now_ms):
            tried.append(places(stretch))
            if stretch.epoch == name_of(0):
                rejected(delivery, log, RejectCode.CHAIN, now_ms)
            else:
                acknowledge(delivery, log, 1, stretch.last, now_ms)
    assert tried[:2] == [(0, 1, 3), (1, 1, 2)]
    assert 5 <= tried.count((0, 1, 3)) <= 10
    log.append()
    assert places(delivery.next_stretch(now_ms)) == (1, 3, 3)
    assert in_english(delivery.trouble).startswith("The centre refuses events 1–3: ")
    assert delivery.unsent() == 4
    delivery.on_centre_back()
    acknowledge(delivery, log, 1, 3, now_ms)
    assert places(delivery.next_stretch(now_ms)) == (0, 1, 3)


def test_a_refused_epoch_is_tried_behind_the_others_however_long_nobody_looked():
    log = ModelLog(3, 2)
    delivery = deliver(log)
    delivery.next_stretch(0)
    rejected(delivery, log, RejectCode.CHAIN)
    assert places(delivery.next_stretch(10 * LONGEST_WAIT_MS)) == (1, 1, 2)


def test_staff_are_told_what_the_centre_refuses_until_it_takes_it():
    log = ModelLog(3)
    delivery = deliver(log)
    rejected(delivery, log, RejectCode.AUTH)
    assert in_english(delivery.trouble).startswith(
        "The centre refuses events 1–3: it doesn't know this terminal's key."
    )
    acknowledge(delivery, log, 0, 3)
    assert delivery.trouble is None


def test_a_refusal_that_names_no_events_tells_of_none():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.on_ack(ack_of(log, 0, 0, Reject(RejectCode.AUTH, 0, 0, "because")), 0)
    told = in_english(delivery.trouble)
    assert told.startswith("The centre refuses what this terminal sends: ")
    assert "0" not in told


def test_a_refusal_of_events_that_the_centre_holds_all_the_same_is_no_trouble():
    """A new uplink sends again what is there already, while the greeting's answer is on its way."""
    log = ModelLog(21)
    delivery = deliver(log)
    delivery.on_ack(ack_of(log, 0, 21, Reject(RejectCode.SIZE, 1, 21, "too big")), 0)
    assert delivery.unsent() == 0
    assert delivery.trouble is None
