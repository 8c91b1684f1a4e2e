"""When a connection that is open counts as deaf."""

from settlement.ingest.canary import EVERY_S, MISSES, Canary


def test_it_is_sent_at_once_and_every_half_minute():
    canary = Canary()
    canary.begin(100.0)
    assert [canary.is_due(now_s) for now_s in (100.0, 101.0, 100.0 + EVERY_S)] == [True, False, True]


def test_two_that_never_come_back_show_a_deaf_subscription():
    canary = Canary()
    canary.begin(0.0)
    silent = []
    for turn in range(MISSES + 1):
        assert canary.is_due(turn * EVERY_S)
        silent.append(canary.is_silent)
    assert silent == [False, False, True]


def test_any_message_shows_that_some_come():
    canary = Canary()
    canary.begin(0.0)
    for turn in range(20):
        assert canary.is_due(turn * EVERY_S)
        assert not canary.is_silent
        if turn % 2:
            canary.heard()


def test_where_a_new_connection_does_not_help_the_next_is_given_more_time_until_something_comes():
    canary = Canary()
    needed = []
    for connection in range(8):
        canary.begin(0.0)
        turns = 0
        while not canary.is_silent:
            canary.is_due(turns * EVERY_S)
            turns += 1
        needed.append(turns - 1)
        canary.gave_up()
        if connection == 6:
            canary.heard()
    assert needed == [2, 4, 8, 16, 32, 64, 64, 2]


def test_a_new_connection_begins_anew():
    canary = Canary()
    canary.begin(0.0)
    for turn in range(3):
        canary.is_due(turn * EVERY_S)
    canary.begin(200.0)
    assert not canary.is_silent
    assert canary.is_due(200.0)
