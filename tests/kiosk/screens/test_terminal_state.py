import msgspec
import pytest

from foundation.trouble import Trouble
from kiosk.local_api.client import EngineGone
from kiosk.screens.terminal_state import RECENT_READINGS, TerminalState, time_at_site

GONE = EngineGone(Trouble("engine_ended"))


def test_it_knows_nothing_before_the_snapshot(recording):
    _, messages = recording
    assert TerminalState().after(messages[0]) == TerminalState()


def test_a_status_replaces_the_last_one(recording):
    snapshot, messages = recording
    state = TerminalState(snapshot).after(messages[-1])
    assert state.snapshot.status == messages[-1]
    assert state.snapshot.recent == snapshot.recent


def test_a_reading_joins_the_last_ones_as_the_newest(recording):
    snapshot, messages = recording
    assert TerminalState(snapshot).after(messages[0]).snapshot.recent == [*snapshot.recent, messages[0]]


def test_it_keeps_a_bounded_number_of_readings(recording):
    snapshot, messages = recording
    state = TerminalState(snapshot)
    for number in range(RECENT_READINGS + 10):
        state = state.after(msgspec.structs.replace(messages[0], seq=number))
    assert len(state.snapshot.recent) == RECENT_READINGS
    assert state.snapshot.recent[-1].seq == RECENT_READINGS + 9


def test_a_lost_engine_leaves_the_last_word_standing(snapshot):
    assert TerminalState(snapshot).after(GONE) == TerminalState(snapshot, GONE)


def test_a_new_snapshot_says_that_the_engine_is_back(snapshot):
    assert TerminalState(snapshot, GONE).after(snapshot) == TerminalState(snapshot)


@pytest.mark.parametrize(
    ("later_s", "text"), [(0, "10:04"), (-36_000, "00:04"), (-40_000, "2025-10-13 22:58"), (2**50, "–")]
)
def test_a_time_is_the_sites_and_names_another_day(snapshot, later_s, text):
    assert time_at_site(snapshot, snapshot.status.wall_ms + later_s * 1000) == text


def test_an_unknown_zone_is_shown_in_utc(snapshot):
    moved = msgspec.structs.replace(snapshot, zone="Mars/Olympus")
    assert time_at_site(moved, snapshot.status.wall_ms) == "02:04"
