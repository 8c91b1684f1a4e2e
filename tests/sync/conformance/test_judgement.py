"""What is made of what was seen of a broker."""

import pytest

from foundation.words import LANGUAGES, message_ids
from sync.conformance import judgement
from sync.conformance.address import Address, read_address
from sync.conformance.rows import Mark, Row, Said
from sync.conformance.trials import TRIALS


def test_every_row_has_its_trial():
    assert {*TRIALS, Row.LET_IN, Row.MQTT_5, Row.MQTT_311} == set(Row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_says_what_it_costs_and_what_to_do(language):
    wanted = {f"broker-row-{row}{part}" for row in Row for part in ("", ".fails", ".remedy")}
    wanted |= {f"broker-row-{Row.SHARED}.{Said.DEAF}", f"broker-row-{Row.RETAINED_UP}.{Said.TOLD}"}
    assert wanted <= set(message_ids(language))


def test_somebody_who_is_not_let_in_is_named():
    assert judgement.let_in([]).mark is Mark.HOLDS
    refused = judgement.let_in(["probe-1: refused"])
    assert (refused.mark, refused.detail) == (Mark.FAILS, "probe-1: refused")


@pytest.mark.parametrize(
    ("spoken", "wanted", "mark"),
    [
        (True, True, Mark.HOLDS),
        (True, False, Mark.HOLDS),
        (False, False, Mark.DOES_WITHOUT),
        (False, True, Mark.FAILS),
    ],
)
def test_only_the_version_of_the_settings_is_needed(spoken, wanted, mark):
    assert judgement.version(Row.MQTT_5, spoken=spoken, wanted=wanted, why="no").mark is mark


@pytest.mark.parametrize(
    ("comes_in", "thrown_off", "still_hears", "mark"),
    [
        (False, False, True, Mark.HOLDS),  # refused
        (True, False, True, Mark.HOLDS),  # let in by the name of its certificate
        (True, True, False, Mark.FAILS),
        (True, False, False, Mark.FAILS),  # not thrown off, and deaf since
        (False, True, False, Mark.FAILS),  # both lose
    ],
)
def test_a_client_id_is_bound_when_its_owner_notices_nothing(comes_in, thrown_off, still_hears, mark):
    found = judgement.client_id(comes_in=comes_in, thrown_off=thrown_off, still_hears=still_hears)
    assert found.mark is mark


def test_a_topic_that_was_reached_is_named():
    assert judgement.access(Row.READ_ACCESS, []).mark is Mark.HOLDS
    reached = judgement.access(Row.READ_ACCESS, ["a", "b"])
    assert (reached.mark, reached.detail) == (Mark.FAILS, "a, b")


@pytest.mark.parametrize(
    ("heard", "mark"),
    [
        ([0, 1, 2], Mark.HOLDS),
        ([0, 1, 0, 1, 2], Mark.HOLDS),  # doubled is allowed
        ([0, 2, 1], Mark.FAILS),
        ([0, 1], Mark.FAILS),
        ([], Mark.FAILS),
    ],
)
def test_the_order_is_that_in_which_each_was_heard_first(heard, mark):
    assert judgement.order(3, heard).mark is mark


def test_a_batch_that_is_cut_does_not_count():
    assert judgement.size(10, 10).mark is Mark.HOLDS
    assert judgement.size(10, 9).mark is judgement.size(10, 0).mark is Mark.FAILS


@pytest.mark.parametrize(
    ("at_once", "at_last", "mark"),
    [(100, 150, Mark.HOLDS), (10, 150, Mark.HOLDS), (9, 150, Mark.DOES_WITHOUT), (100, 149, Mark.FAILS)],
)
def test_few_at_once_are_slow_and_lost_ones_are_not_allowed(at_once, at_last, mark):
    assert judgement.in_flight(150, at_once, at_last).mark is mark


@pytest.mark.parametrize(
    ("given", "forgotten", "mark"),
    [
        (True, True, Mark.HOLDS),
        (False, True, Mark.DOES_WITHOUT),
        (True, False, Mark.DOES_WITHOUT),
    ],
)
def test_settings_do_not_rest_on_what_a_broker_keeps(given, forgotten, mark):
    assert judgement.retained(given=given, forgotten=forgotten).mark is mark


def test_what_is_kept_of_a_terminal_must_be_told():
    assert judgement.retained_up(kept=False, told=False).said is Said.HOLDS
    assert judgement.retained_up(kept=True, told=True).said is Said.TOLD
    assert judgement.retained_up(kept=True, told=False).mark is Mark.DOES_WITHOUT


def test_a_grant_that_delivers_nothing_is_said():
    assert judgement.shared(granted=True, heard=True).mark is Mark.HOLDS
    assert judgement.shared(granted=True, heard=False).said is Said.DEAF
    assert judgement.shared(granted=False, heard=False).said is Said.FAILS


def test_a_broker_suits_that_fails_in_nothing_that_matters():
    holds, fails = (judgement.plain(Row.WILL, holds=one) for one in (True, False))
    does_without = judgement.plain(Row.SHARED, holds=False, needed=False)
    unknown, spared = (judgement.untried(row, "no answer") for row in (Row.SIZE, Row.SHARED))
    assert judgement.in_the_way([holds, does_without, spared]) == []
    assert judgement.in_the_way([holds, fails, unknown]) == [fails, unknown]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtts://broker.example:8884", Address("broker.example", 8884)),
        ("mqtts://broker.example", Address("broker.example", 8883)),
        ("mqtts://[::1]:8884/", Address("::1", 8884)),
        ("mqtt://broker.example", None),
        ("broker.example:8883", None),
        ("mqtts://", None),
        ("mqtts://broker.example:many", None),
        ("mqtts://broker.example/path", None),
        ("mqtts://somebody@broker.example", None),
    ],
)
def test_an_address_names_a_host_and_speaks_tls(url, address):
    assert read_address(url) == address
