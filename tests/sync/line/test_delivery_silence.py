"""A centre that is silent, away or deaf, and what a terminal knows of it."""

from tests.sync.line.delivering import HELLO_EVERY_MS, acknowledge, deliver, places, unanswered
from tests.sync.model_log import ModelLog, ack_of, name_of


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
