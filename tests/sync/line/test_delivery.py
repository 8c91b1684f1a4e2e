import random

import msgspec
import pytest

from sync.contract.wire import MAX_BATCH_EVENT_BYTES, MAX_BATCH_EVENTS, Reject, RejectCode
from sync.line.delivery import Delivery, Verdict
from tests.english import in_english
from tests.sync.model_log import ModelLog, ack_of, name_of

FIRST_WAIT_MS = 20_000
LONGEST_WAIT_MS = 10 * 60_000
HELLO_EVERY_MS = 15 * 60_000


def deliver(log: ModelLog) -> Delivery:
    delivery = Delivery(log, random.Random(1))
    delivery.on_connected()
    return delivery


def places(stretch) -> tuple[int, int, int]:
    """Epoch, first and last of a stretch."""
    return int(stretch.epoch, 16), stretch.first, stretch.last


def acknowledge(delivery: Delivery, log: ModelLog, epoch: int, contiguous: int, now_ms: int = 0) -> Verdict:
    return delivery.on_ack(ack_of(log, epoch, contiguous), now_ms)


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


def rejected(delivery: Delivery, log: ModelLog, code: RejectCode, now_ms: int = 0) -> Verdict:
    reject = Reject(code, 1, len(log.epochs[0]), "because")
    return delivery.on_ack(ack_of(log, 0, 0, reject), now_ms)


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


def test_the_centre_may_ask_for_silence():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.on_ack(ack_of(log, 0, 1, pause_ms=5_000), 1_000)
    assert delivery.next_stretch(5_999) is None
    assert places(delivery.next_stretch(6_000)) == (0, 2, 3)


def test_after_the_line_was_cut_what_was_under_way_is_sent_again_at_once():
    delivery = deliver(ModelLog(3))
    delivery.next_stretch(0)
    delivery.on_disconnected()
    assert delivery.next_stretch(1) is None
    delivery.on_connected()
    assert places(delivery.next_stretch(2)) == (0, 1, 3)


def test_a_centre_that_was_started_anew_is_asked_at_once():
    delivery = deliver(ModelLog(3))
    assert delivery.hello_due(0)
    delivery.next_stretch(0)
    delivery.on_centre_back()
    assert delivery.hello_due(1)
    assert places(delivery.next_stretch(1)) == (0, 1, 3)


def unanswered(delivery: Delivery, now_ms: int = 0) -> list[int]:
    """When each batch was sent, until the line was found to be deaf."""
    sent = []
    while not delivery.is_deaf(now_ms):
        if delivery.next_stretch(now_ms):
            sent.append(now_ms)
        now_ms += 1_000
    return [*sent, now_ms]


def test_after_three_batches_without_an_answer_the_line_is_deaf_within_some_two_minutes():
    *sent, found = unanswered(deliver(ModelLog(3)))
    assert len(sent) == 3
    assert 70_000 <= found <= 141_000


def test_a_new_connection_that_does_not_help_either_is_given_more_time_each_time():
    delivery = deliver(ModelLog(3))
    counts = []
    for _ in range(7):
        counts.append(len(unanswered(delivery)) - 1)
        delivery.on_disconnected()
        delivery.on_connected()
    assert counts == [3, 4, 5, 6, 7, 7, 7]


def test_an_answer_of_any_kind_shows_that_somebody_hears():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.next_stretch(0)
    delivery.next_stretch(30_000)
    acknowledge(delivery, log, 0, 0)
    delivery.next_stretch(100_000)
    assert not delivery.is_deaf(200_000)


def test_nobody_is_deaf_who_owes_no_answer():
    log = ModelLog(3)
    delivery = deliver(log)
    delivery.next_stretch(0)
    acknowledge(delivery, log, 0, 3)
    assert not delivery.is_deaf(10**9)


def test_while_the_centre_is_known_to_be_away_its_silence_says_nothing():
    delivery = deliver(ModelLog(3))
    delivery.on_centre_away()
    for now_ms in range(0, 3_600_000, 1_000):
        delivery.next_stretch(now_ms)
        assert not delivery.is_deaf(now_ms)
    delivery.on_centre_back()
    assert len(unanswered(delivery, 3_600_000)) == 4


def test_it_greets_at_each_connection_and_every_quarter_of_an_hour():
    delivery = deliver(ModelLog(0))
    assert delivery.hello_due(0)
    assert not delivery.hello_due(HELLO_EVERY_MS - 1)
    assert delivery.hello_due(HELLO_EVERY_MS)
    delivery.on_disconnected()
    delivery.on_connected()
    assert delivery.hello_due(HELLO_EVERY_MS + 1)


def test_it_knows_how_much_waits_and_what_waits_longest():
    log = ModelLog(3, 2)
    delivery = deliver(log)
    assert (delivery.unsent(), delivery.oldest_unsent()) == (5, (name_of(0), 1))
    acknowledge(delivery, log, 0, 2)
    assert (delivery.unsent(), delivery.oldest_unsent()) == (3, (name_of(0), 3))
    acknowledge(delivery, log, 0, 3)
    assert (delivery.unsent(), delivery.oldest_unsent()) == (2, (name_of(1), 1))
    acknowledge(delivery, log, 1, 2)
    assert (delivery.unsent(), delivery.oldest_unsent()) == (0, None)


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
