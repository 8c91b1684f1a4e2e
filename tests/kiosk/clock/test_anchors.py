import random

import pytest

from kiosk.clock.anchors import Anchor, AnchorBook, anchor_of_answer
from tests.sync.samples import NINE_MS

MINUTE_MS = 60_000
DRIFT_PPM = 50


def anchor(mono_ms, error_ms, off_ms=0):
    return Anchor(mono_ms, NINE_MS + mono_ms + off_ms, error_ms, "ack")


def written(book, *anchors):
    """Which of these the book wants in the log; each that it wants is written."""
    wanted = []
    for one in anchors:
        worth = book.take(one)
        if worth:
            book.wrote(one)
        wanted.append(worth)
    return wanted


def test_an_answer_bounds_the_time_by_half_its_round_trip():
    found = anchor_of_answer(1_000, 1_400, NINE_MS)
    assert (found.mono_ms, found.true_ms, found.error_ms) == (1_200, NINE_MS, 201)


def test_its_error_grows_by_what_a_quartz_may_drift():
    assert [anchor(0, 10).error_at(hours * 60 * MINUTE_MS) for hours in (-1, 0, 1, 10)] == [
        190,
        10,
        190,
        1810,
    ]


def test_an_answer_may_take_a_minute():
    assert anchor_of_answer(1_000, 1_000 + MINUTE_MS, NINE_MS).error_ms == MINUTE_MS // 2 + 1


@pytest.mark.parametrize("received_ms", [999, 1_001 + MINUTE_MS])
def test_a_round_trip_that_can_not_be_says_nothing(received_ms):
    assert anchor_of_answer(1_000, received_ms, NINE_MS) is None


def test_the_truth_lies_within_the_error_whatever_the_line_and_the_quartz_do():
    chance = random.Random(4)
    for _ in range(2_000):
        up_ms, down_ms, passed_ms = (chance.randrange(limit) for limit in (20_000, 20_000, 10**9))
        sent_ms = chance.randrange(10**9)
        ppm = chance.randint(-50, 50)
        found = anchor_of_answer(sent_ms, sent_ms + up_ms + down_ms, NINE_MS + up_ms)
        received_mono_ms = sent_ms + up_ms + down_ms
        mono_ms = received_mono_ms + passed_ms
        true_ms = NINE_MS + up_ms + down_ms + passed_ms + passed_ms * ppm // 1_000_000
        assert abs(found.true_at(mono_ms) - true_ms) <= found.error_at(mono_ms) + 1


def test_the_first_of_a_boot_is_written_and_its_like_is_not():
    assert written(AnchorBook(), anchor(0, 500), anchor(1_000, 500), anchor(90_000, 400)) == [
        True,
        False,
        False,
    ]


def test_half_the_error_is_worth_an_event_but_not_twice_a_minute():
    book = AnchorBook()
    assert written(book, anchor(0, 500), anchor(1_000, 100), anchor(MINUTE_MS, 100)) == [True, False, True]
    assert book.best == anchor(MINUTE_MS, 100)


def test_it_writes_anew_every_half_hour_for_the_quartz_drifts():
    looks = [anchor(minute * MINUTE_MS, 500) for minute in range(0, 95, 5)]
    assert [
        one.mono_ms // MINUTE_MS for one, yes in zip(looks, written(AnchorBook(), *looks), strict=True) if yes
    ] == [
        0,
        30,
        60,
        90,
    ]


def test_a_contradiction_is_written_at_once():
    assert written(AnchorBook(), anchor(0, 10), anchor(100, 10, off_ms=25), anchor(200, 10, off_ms=25)) == [
        True,
        True,
        False,
    ]


def test_the_next_one_after_a_jump_is_written():
    book = AnchorBook()
    assert written(book, anchor(0, 10), anchor(100, 10)) == [True, False]
    book.jumped()
    assert written(book, anchor(200, 10), anchor(300, 10)) == [True, False]


def test_a_worse_one_does_not_replace_the_best():
    book = AnchorBook()
    written(book, anchor(0, 10), anchor(1_000, 400))
    assert book.best == anchor(0, 10)


def test_an_anchor_that_could_not_be_written_is_offered_again():
    book = AnchorBook()
    assert book.take(anchor(0, 10))
    assert book.take(anchor(250, 10))
