"""The desk on a running engine with a real log: what is asked, what becomes of it, what stands in the log."""

import queue
import threading

import msgspec
import pytest

from kiosk.configuration import TerminalDirection
from kiosk.decision import Policy
from kiosk.desk import Desk
from kiosk.engine import Engine
from kiosk.local_messages import Decided, Outcome
from kiosk.log_keeper import stamp_now
from kiosk.questions import AskingPolicy
from kiosk.request_messages import Answer, Cancel, Decline, Question, QuestionEnded, Result
from sync import events
from sync.events import CORRECTED_WITHIN_MS, Claim, Correction, Event
from sync.log import Log
from sync.log_reader import LogReader
from sync.roster import RosterPerson
from tests.kiosk.samples import HOUR_MS, PSEUDONYM_KEY, ROSTER, HandClock, index_of, reading, token
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL

NEXT_DAY_MS = NINE_MS + 24 * HOUR_MS
SHOWN_S = 20


class Terminal:
    """An engine and its desk without devices and without a socket; every message to all is in `told`."""

    def __init__(self, folder, now_ms: int = NINE_MS, roster=ROSTER) -> None:
        self.clock = HandClock(now_ms)
        self.log = Log(folder / "log.db", TERMINAL, stamp_now(self.clock), "muster/test")
        self.told: queue.SimpleQueue = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE, 60),
            clock=self.clock,
            announce=self._announce,
        )
        asking = AskingPolicy(SHOWN_S, 120)
        self.desk = Desk(self.engine, self.log, self.clock, asking, self.told.put)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.engine.run, args=(self._stop, self.desk.beat))
        self._thread.start()

    def present(self, one) -> Decided:
        self.clock.now_ms = one.at.wall_ms
        assert self.engine.deliver(one)
        return self.next(Decided)

    def comes(self, wall_ms: int, volunteer: int = 1) -> Decided:
        return self.present(reading(token(volunteer), wall_ms=wall_ms))

    def next(self, kind):
        message = self.told.get(timeout=PATIENCE_S)
        assert isinstance(message, kind), message
        return message

    def ask(self, request):
        """What one client is answered."""
        client = Client()
        self.desk.take(request, client)
        return client.heard.get(timeout=PATIENCE_S)

    def logged(self) -> list[Event]:
        reader = LogReader(self.log.path, TERMINAL)
        stretch = reader.stretch(self.log.epoch, 0, 10_000, 10_000_000)
        reader.close()
        return [events.decode(encoded) for encoded in stretch.events]

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.log.close()

    def _announce(self, decided: Decided) -> None:
        self.told.put(decided)
        self.desk.announced(decided)


class Client:
    def __init__(self) -> None:
        self.heard: queue.SimpleQueue = queue.SimpleQueue()

    def tell(self, message) -> None:
        self.heard.put(message)


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(**more) -> Terminal:
        started.append(Terminal(tmp_path, **more))
        return started[-1]

    yield begin
    for one in started:
        if one._thread.is_alive():
            one.stop()


@pytest.fixture
def terminal(start):
    return start()


@pytest.fixture
def asked(terminal) -> Question:
    """Li Ming came yesterday at nine, never left, and comes again."""
    terminal.comes(NINE_MS)
    assert terminal.comes(NEXT_DAY_MS).outcome is Outcome.ACCEPTED_IN
    return terminal.next(Question)


def denied(request, code: str) -> Result:
    return Result(request.request, ok=False, code=code)


def test_who_forgot_to_check_out_is_let_in_first_and_asked_then(asked):
    assert asked == Question(
        id=f"1-{NINE_MS}",
        volunteer="1",
        name="李明",
        language="zh-Hans",
        activity="Guides",
        came_ms=NINE_MS,
        earliest_ms=NINE_MS,
        latest_ms=NINE_MS + 12 * HOUR_MS,
        likely_ms=[NINE_MS + 2 * HOUR_MS, NINE_MS + 4 * HOUR_MS, NINE_MS + 8 * HOUR_MS],
        expires_ms=NEXT_DAY_MS + SHOWN_S * 1000,
    )


def test_an_ordinary_day_asks_nothing(terminal):
    terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 8 * HOUR_MS)
    terminal.comes(NEXT_DAY_MS)
    assert terminal.told.empty()


def test_the_answer_is_a_claim_in_the_log(terminal, asked):
    at_ms = NINE_MS + 4 * HOUR_MS
    assert terminal.ask(Answer(7, asked.id, at_ms)) == Result(7, ok=True, code="answered", name="李明")
    claim = terminal.logged()[-1]
    assert isinstance(claim, Claim)
    assert (claim.at_ms, claim.earliest_ms, claim.latest_ms) == (at_ms, asked.earliest_ms, asked.latest_ms)
    assert (claim.direction, claim.credential.ref, claim.taken_by) == ("out", "badge:1.1", "")
    assert terminal.next(QuestionEnded) == QuestionEnded(asked.id, "answered")


@pytest.mark.parametrize("at_ms", [NINE_MS - 1, NINE_MS + 12 * HOUR_MS + 1])
def test_an_answer_that_cannot_be_is_refused_and_asked_for_again(terminal, asked, at_ms):
    before = terminal.logged()
    request = Answer(7, asked.id, at_ms)
    assert terminal.ask(request) == denied(request, "out_of_bounds")
    assert terminal.logged() == before
    assert terminal.ask(Answer(8, asked.id, NINE_MS)).ok


def test_a_question_is_answered_once(terminal, asked):
    terminal.ask(Answer(7, asked.id, NINE_MS))
    again = Answer(8, asked.id, NINE_MS)
    assert terminal.ask(again) == denied(again, "no_such_question")


def test_the_next_reading_wins_and_the_question_comes_again_at_the_next_scan(terminal, asked):
    terminal.comes(NEXT_DAY_MS + 60_000, volunteer=3)
    assert terminal.next(QuestionEnded).how == "replaced"
    late = Answer(7, asked.id, NINE_MS)
    assert terminal.ask(late) == denied(late, "not_logged_in")
    assert terminal.comes(NEXT_DAY_MS + HOUR_MS).outcome is Outcome.ACCEPTED_OUT
    assert terminal.next(Question).id == asked.id


def test_a_question_that_nobody_answers_ends(terminal, asked):
    terminal.clock.now_ms += SHOWN_S * 1000
    assert terminal.next(QuestionEnded) == QuestionEnded(asked.id, "expired")


def test_who_does_not_know_is_not_asked_again(terminal, asked):
    assert terminal.ask(Decline(7, asked.id)) == Result(7, ok=True, code="declined")
    assert terminal.next(QuestionEnded).how == "declined"
    terminal.comes(NEXT_DAY_MS + HOUR_MS)
    assert terminal.told.empty()


def test_a_question_outlives_a_restart_and_an_answer_ends_it_for_good(start):
    first = start()
    first.comes(NINE_MS)
    first.comes(NEXT_DAY_MS)
    first.stop()
    second = start(now_ms=NEXT_DAY_MS + HOUR_MS)
    second.comes(NEXT_DAY_MS + HOUR_MS)
    question = second.next(Question)
    assert second.ask(Answer(1, question.id, NINE_MS + HOUR_MS)).ok
    second.stop()
    third = start(now_ms=NEXT_DAY_MS + 2 * HOUR_MS)
    third.comes(NEXT_DAY_MS + 2 * HOUR_MS)
    assert third.told.empty()


def test_an_accidental_check_in_is_taken_back_and_nothing_is_deleted(terminal):
    came = terminal.comes(NINE_MS)
    terminal.clock.now_ms += CORRECTED_WITHIN_MS
    assert terminal.ask(Cancel(3, came.seq)) == Result(3, ok=True, code="cancelled", name="李明")
    first, second = terminal.logged()[1:]
    assert (first.seq, second.cancelled_seq, second.cancelled_epoch) == (2, 2, terminal.log.epoch)
    assert isinstance(second, Correction)
    assert terminal.comes(NINE_MS + HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_an_accidental_check_out_is_taken_back_and_who_left_is_in_since_before(terminal):
    terminal.comes(NINE_MS)
    out = terminal.comes(NINE_MS + HOUR_MS)
    assert terminal.ask(Cancel(3, out.seq)).ok
    left = terminal.comes(NINE_MS + 2 * HOUR_MS)
    assert (left.outcome, left.since_ms) == (Outcome.ACCEPTED_OUT, NINE_MS)


def test_after_five_minutes_nothing_is_taken_back(terminal):
    came = terminal.comes(NINE_MS)
    terminal.clock.now_ms += CORRECTED_WITHIN_MS + 1
    request = Cancel(3, came.seq)
    assert terminal.ask(request) == denied(request, "cancel_too_late")


@pytest.mark.parametrize(
    ("request_of", "code"),
    [
        (lambda seq: Cancel(3, seq + 1), "cancel_unknown"),
        (lambda seq: Cancel(3, seq, epoch="f" * 32), "cancel_unknown"),
    ],
    ids=["no accepted event", "another terminal's"],
)
def test_what_this_terminal_did_not_accept_is_not_taken_back(terminal, request_of, code):
    request = request_of(terminal.comes(NINE_MS).seq)
    assert terminal.ask(request) == denied(request, code)


def test_an_event_is_taken_back_once_also_across_a_restart(start):
    first = start()
    seq, epoch = first.comes(NINE_MS).seq, first.log.epoch
    assert first.ask(Cancel(3, seq)).ok
    again = Cancel(4, seq)
    assert first.ask(again) == denied(again, "cancel_again")
    first.stop()
    second = start(now_ms=NINE_MS + 60_000)
    later = Cancel(5, seq, epoch)
    assert second.ask(later) == denied(later, "cancel_again")
    assert second.comes(NINE_MS + 120_000).outcome is Outcome.ACCEPTED_IN


def test_what_was_accepted_before_a_restart_can_still_be_taken_back(start):
    first = start()
    seq, epoch = first.comes(NINE_MS).seq, first.log.epoch
    first.stop()
    second = start(now_ms=NINE_MS + 60_000)
    assert second.ask(Cancel(5, seq, epoch)).ok


def test_without_staff_only_the_newest_event_is_taken_back(start):
    two = msgspec.structs.replace(ROSTER, people=[*ROSTER.people, RosterPerson("5", "Zoë")])
    terminal = start(roster=two)
    first = terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1000, volunteer=5)
    request = Cancel(3, first.seq)
    assert terminal.ask(request) == denied(request, "not_logged_in")


def test_a_refusal_is_nothing_to_take_back(terminal):
    refused = terminal.comes(NINE_MS, volunteer=4)
    request = Cancel(3, refused.seq)
    assert terminal.ask(request) == denied(request, "cancel_unknown")
