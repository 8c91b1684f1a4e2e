"""What a hello tells, and what it is answered."""

import pytest
from structlog.testing import capture_logs

from settlement.evidence.log_alarms import MOST_AT_ONCE
from settlement.ingest.ingest import ingest
from settlement.models import Chain, Event, LogAlarm, TerminalStatus
from sync.contract.events import ClockState, ClockTrust
from sync.contract.wire import MAX_HELLO_EPOCHS, EpochHead, RejectCode

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


def many(count, first=0):
    return [EpochHead(f"{number:032x}", 1, 9, "0" * 64) for number in range(first, first + count)]


def test_it_names_no_more_epochs_than_the_contract_allows(terminal, greet, centre, noon_ms):
    assert len(greet(many(MAX_HELLO_EPOCHS))) == MAX_HELLO_EPOCHS
    too_many = terminal.hello(many(MAX_HELLO_EPOCHS + 1))
    answer = ingest(terminal.hello_topic, too_many, noon_ms, centre=centre)
    assert answer.rejected is RejectCode.MALFORMED
    assert Chain.objects.count() == MAX_HELLO_EPOCHS


def test_it_names_no_epoch_twice(terminal, centre, site, noon_ms):
    twice = terminal.hello([*many(3), *many(1)])
    answer = ingest(terminal.hello_topic, twice, noon_ms, centre=centre)
    assert answer.rejected is RejectCode.MALFORMED
    assert not Chain.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"roster": 2**63},
        {"unsent": 2**63},
        {"config": 2**53 + 1},
        {"clock": ClockTrust(ClockState.SYNCED, 2**63)},
        {"clock": ClockTrust(ClockState.SYNCED, 1, "", 2**63)},
    ],
)
def test_a_number_that_no_database_can_hold_is_refused_with_a_code(changes, terminal, centre, site, noon_ms):
    answer = ingest(terminal.hello_topic, terminal.hello(**changes), noon_ms, centre=centre)
    assert answer.rejected is RejectCode.MALFORMED
    assert not TerminalStatus.objects.exists()


def test_epochs_that_never_come_leave_no_more_rows_than_one_hello_may_name(terminal, greet, deliver):
    deliver()
    for round_ in range(4):
        told = greet([*many(MAX_HELLO_EPOCHS - 1, first=round_ * MAX_HELLO_EPOCHS), *terminal.heads()])
        assert len(told) == MAX_HELLO_EPOCHS
        assert told[-1].contiguous == 1
    assert Chain.objects.count() == MAX_HELLO_EPOCHS + 1


@pytest.mark.parametrize("digest", ["0" * 64, "9" * 64])
def test_a_hello_of_many_epochs_costs_no_more_statements_than_one_of_two(
    digest, terminal, greet, paper_terminal, centre, noon_ms, django_assert_max_num_queries
):
    papers = []
    for number in range(100):
        paper = paper_terminal(epoch=f"{number:032x}")
        paper.key = terminal.key
        paper.check_in()
        paper.check_in()
        batch = paper.batch(2) if number % 2 else paper.batch()
        ingest(paper.batch_topic, batch, noon_ms, centre=centre)
        papers.append(paper)
    heads = [EpochHead(paper.epoch, 1, 4, digest) for paper in papers]
    with django_assert_max_num_queries(20):
        known = greet(heads)
    assert [ack.held for ack in known[:2]] == [[], [(2, 2)]]
    with django_assert_max_num_queries(40):
        greet([EpochHead(paper.epoch, 1, 2, digest) for paper in papers])
    assert LogAlarm.objects.count() == MOST_AT_ONCE


def test_a_hello_of_somebody_else_is_refused(terminal, site, paper_terminal, centre, noon_ms):
    other = paper_terminal("south-gate")
    other.enrol(site)
    answer = ingest(other.hello_topic, terminal.hello(), noon_ms, centre=centre)
    assert answer.rejected is RejectCode.AUTH
    assert not TerminalStatus.objects.exists()
