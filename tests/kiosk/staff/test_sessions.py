"""Sessions by PIN: who begins one, when it ends, and how trying is slowed down."""

import threading

import msgspec
import pytest

from kiosk.credentials.code_limits import FIRST_PAUSE_MS, FREE_TRIES
from kiosk.staff.events import Denial
from kiosk.staff.sessions import StaffSessions
from tests.kiosk.samples import PINS, ROSTER, HandClock, index_of
from tests.sync.samples import NINE_MS

IDLE_MS = 5 * 60_000


class Client:
    """Whatever holds a session."""


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def sessions(clock):
    return StaffSessions(clock, 5)


@pytest.fixture
def client():
    return Client()


def begin(sessions, client, staff="liaison-7", pin=None, roster=ROSTER):
    return sessions.begin(client, staff, pin or PINS.get(staff, "000000"), index_of(roster))


def test_a_pin_begins_a_session_of_its_client(sessions, client):
    assert begin(sessions, client).name == "Zhao"
    assert sessions.of(client, index_of()).staff == "liaison-7"
    assert sessions.of(Client(), index_of()) is None


@pytest.mark.parametrize(
    ("staff", "pin"), [("liaison-7", "730511"), ("nobody", "730518"), ("leader-2", PINS["liaison-7"])]
)
def test_a_wrong_pin_and_somebody_unknown_are_told_the_same(sessions, client, staff, pin):
    assert begin(sessions, client, staff, pin) == Denial("wrong_pin")
    assert sessions.of(client, index_of()) is None


def test_a_roster_without_staff_says_so(sessions, client):
    nobody = msgspec.structs.replace(ROSTER, staff=[])
    assert begin(sessions, client, roster=nobody) == Denial("no_staff")


def test_a_session_ends_after_idle_minutes_and_use_keeps_it(sessions, client, clock):
    begin(sessions, client)
    for _ in range(3):
        clock.now_ms += IDLE_MS
        assert sessions.of(client, index_of())
    clock.now_ms += IDLE_MS + 1
    assert sessions.of(client, index_of()) is None


def test_a_session_ends_when_it_is_ended(sessions, client):
    begin(sessions, client)
    sessions.end(client)
    sessions.end(client)
    assert sessions.of(client, index_of()) is None


def test_who_is_no_longer_on_the_roster_has_no_session(sessions, client):
    begin(sessions, client)
    assert sessions.of(client, index_of(msgspec.structs.replace(ROSTER, staff=ROSTER.staff[1:]))) is None


def test_wrong_tries_lead_to_a_pause_whatever_the_client_does(sessions, clock):
    for _ in range(FREE_TRIES):
        assert begin(sessions, Client(), pin="730511") == Denial("wrong_pin")
    pause_s = FIRST_PAUSE_MS // 1000
    assert begin(sessions, Client()) == Denial("pin_paused", seconds=pause_s)
    clock.now_ms += FIRST_PAUSE_MS
    assert begin(sessions, Client(), pin="730511") == Denial("wrong_pin")
    assert begin(sessions, Client()) == Denial("pin_paused", seconds=2 * pause_s)
    assert begin(sessions, Client(), "leader-2").staff == "leader-2"


def test_trying_references_that_do_not_exist_is_slowed_down_as_well(sessions):
    for number in range(FREE_TRIES):
        begin(sessions, Client(), f"guess-{number}")
    assert begin(sessions, Client(), "guess-99").code == "pin_paused"


def test_setting_the_wall_clock_lifts_no_pause(sessions, clock):
    clock.mono_ms = lambda: 0
    for _ in range(FREE_TRIES):
        begin(sessions, Client(), pin="730511")
    clock.now_ms = NINE_MS + 10 * IDLE_MS
    assert begin(sessions, Client()).code == "pin_paused"


def test_another_idle_time_holds_for_sessions_that_have_begun(sessions, client, clock):
    begin(sessions, client)
    sessions.adopt(1)
    clock.now_ms += 60_001
    assert sessions.of(client, index_of()) is None


def test_sessions_begin_and_end_while_the_engine_looks_for_idle_ones(sessions):
    """Each client has a thread of its own; the engine's must not stumble over what they do."""
    roster, clients = index_of(), [Client() for _ in range(200)]
    failed = []
    over = threading.Event()

    def look():
        try:
            while not over.is_set():
                sessions.end_idle(roster)
        except RuntimeError as error:
            failed.append(error)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(3):
        for client in clients:
            sessions.begin(client, "liaison-7", PINS["liaison-7"], roster)
        for client in clients:
            sessions.end(client)
    over.set()
    looking.join()
    assert failed == []
