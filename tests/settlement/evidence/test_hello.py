"""What a hello tells, and what it is answered."""

import pytest
from structlog.testing import capture_logs

from settlement.ingest.ingest import ingest
from settlement.models import Chain, Event, TerminalStatus
from sync.contract.events import ClockState, ClockTrust
from sync.contract.wire import EpochHead, RejectCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def greet(terminal, centre, noon_ms, read_acks):
    def _greet(heads=None, **changes):
        answer = ingest(terminal.hello_topic, terminal.hello(heads, **changes), noon_ms + 5000, centre=centre)
        return read_acks(answer.publications)

    return _greet


@pytest.fixture
def deliver(terminal, centre, noon_ms):
    def _deliver(first=1, last=None):
        return ingest(terminal.batch_topic, terminal.batch(first, last), noon_ms, centre=centre)

    return _deliver


def test_it_stores_how_the_terminal_is_doing(terminal, greet, noon_ms):
    greet(unsent=7, roster=3, clock=ClockTrust(ClockState.HOLDOVER, 1200))
    greet(unsent=5, roster=3, clock=ClockTrust(ClockState.HOLDOVER, 1200))
    status = TerminalStatus.objects.get()
    assert (status.terminal_id, status.hello_ms, status.unsent, status.roster) == (
        "north-gate",
        noon_ms + 5000,
        5,
        3,
    )
    assert (status.clock_state, status.clock_error_ms, status.software) == ("holdover", 1200, "test")


def test_it_answers_with_the_cursor_of_every_epoch_that_was_named(terminal, greet, deliver):
    for _ in range(3):
        terminal.check_in()
    deliver(1, 2)
    deliver(4, 4)
    other = EpochHead("f" * 32, 1, 9, "0" * 64)
    known, unknown = greet([*terminal.heads(), other])
    assert (known.epoch, known.contiguous, known.hash) == (terminal.epoch, 2, terminal.hashes[1].hex())
    assert known.held == [(4, 4)]
    assert (unknown.epoch, unknown.contiguous) == ("f" * 32, 0)
    terminal.epoch = "f" * 32
    assert unknown.hash == terminal.hash_at(0).hex()


def test_it_echoes_when_the_terminal_sent_it(terminal, greet, noon_ms):
    (ack,) = greet()
    assert (ack.echo_boot, ack.echo_mono_ms, ack.server_ms) == (terminal.boot, 3_700_000, noon_ms + 5000)


def test_a_terminal_without_events_is_heard_and_needs_no_answer(greet):
    assert greet([]) == []
    assert TerminalStatus.objects.exists()


def test_it_notes_how_far_the_log_reaches_so_that_a_gap_shows(terminal, greet, deliver):
    for _ in range(3):
        terminal.check_in()
    deliver(1, 2)
    greet()
    chain = Chain.objects.get()
    assert (chain.contiguous, chain.head) == (2, 4)
    deliver(3, 4)
    chain.refresh_from_db()
    assert (chain.contiguous, chain.head) == (4, 4)


def test_an_older_hello_that_arrives_late_moves_nothing_back(terminal, greet, deliver):
    early = terminal.heads()
    terminal.check_in()
    greet()
    deliver()
    greet(early)
    chain = Chain.objects.get()
    assert (chain.contiguous, chain.head) == (2, 2)


@pytest.mark.parametrize(
    ("head", "digest", "alarm"),
    [(2, "9" * 64, "alarm_fork"), (1, None, "alarm_log_shortened"), (2, None, None)],
)
def test_it_raises_the_alarm_when_the_log_is_not_the_one_that_is_held(
    head, digest, alarm, terminal, greet, deliver
):
    terminal.check_in()
    deliver()
    told = EpochHead(terminal.epoch, 1, head, digest or terminal.hashes[head - 1].hex())
    with capture_logs() as logs:
        greet([told])
    assert [entry["event"] for entry in logs if entry["event"].startswith("alarm")] == (
        [alarm] if alarm else []
    )
    assert Event.objects.count() == 2


def test_another_device_in_a_terminals_place_is_an_alarm(terminal, centre, site, noon_ms):
    with capture_logs() as logs:
        ingest(terminal.hello_topic, terminal.hello(taken_over=True), noon_ms, centre=centre)
        ingest(terminal.hello_topic, terminal.hello(), noon_ms, centre=centre)
    alarms = [entry for entry in logs if entry["event"].startswith("alarm")]
    assert [(one["event"], one["terminal"]) for one in alarms] == [("alarm_session_taken_over", "north-gate")]


def test_a_hello_of_somebody_else_is_refused(terminal, site, paper_terminal, centre, noon_ms):
    other = paper_terminal("south-gate")
    other.enrol(site)
    answer = ingest(other.hello_topic, terminal.hello(), noon_ms, centre=centre)
    assert answer.rejected is RejectCode.AUTH
    assert not TerminalStatus.objects.exists()
