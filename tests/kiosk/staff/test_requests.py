"""The desk on a running engine with a real log: what is asked, what becomes of it, what stands in the log."""

import queue
import threading

import msgspec
import pytest

from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.checkin.overrides import OverridesFile, StaffOverrides
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    EnterManually,
    Find,
    Found,
    ListQuestions,
    ListRecent,
    Login,
    Logout,
    People,
    Question,
    QuestionEnded,
    RestartDevice,
    Result,
    SetOutOfOrder,
    SetTerminal,
)
from kiosk.staff.requests import RequestHandler
from kiosk.staff.sessions import StaffSessions
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import Claim, Correction, Event, Manual
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import RosterPerson, RosterShift
from sync.log.reader import LogReader
from tests.kiosk.samples import (
    GUIDES,
    HOUR_MS,
    PINS,
    PSEUDONYM_KEY,
    ROSTER,
    HandClock,
    index_of,
    reading,
    token,
)
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL

NEXT_DAY_MS = NINE_MS + 24 * HOUR_MS
SHOWN_S = 20
FIVE_MINUTES_MS = 300_000
IDLE_MIN = 5


class Terminal:
    """An engine and its desk without devices and without a socket; every message to all is in `told`."""

    def __init__(self, folder, now_ms: int = NINE_MS, roster=ROSTER) -> None:
        self.clock = HandClock(now_ms)
        self.restarted: list[str] = []
        keeper = LogKeeper(folder / "log.db", TERMINAL, self.clock, "muster/test")
        self.log = keeper.log
        self.told: queue.SimpleQueue = queue.SimpleQueue()
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self._announce,
        )
        self.desk = RequestHandler(
            self.engine,
            keeper,
            self.clock,
            question_shown_s=SHOWN_S,
            staff=StaffSessions(self.clock, IDLE_MIN),
            overrides=OverridesFile(AtRest(folder / "state", folder / "device.secret")),
            restart=self._restart,
            publish=self.told.put,
        )
        self.engine.obey(self.desk._overrides.read())
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

    def ask(self, request, client=None):
        """What one client is answered."""
        client = client or Client()
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

    def _restart(self, device: str) -> bool:
        self.restarted.append(device)
        return device == "scanner"

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
    assert terminal.ask(Answer(7, asked.id, at_ms)) == Result(7, ok=True, code="answered")
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
    terminal.clock.now_ms += FIVE_MINUTES_MS
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
    terminal.clock.now_ms += FIVE_MINUTES_MS + 1
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


def log_in(terminal) -> Client:
    """A client at which Zhao begins a session."""
    client = Client()
    assert terminal.ask(Login(1, "liaison-7", PINS["liaison-7"]), client) == Result(
        1, ok=True, code="logged_in", name="Zhao"
    )
    return client


@pytest.fixture
def zhao(terminal):
    return log_in(terminal)


def entry(**changes) -> EnterManually:
    fields = {
        "request": 9,
        "volunteer": "2",
        "direction": "in",
        "at_ms": NINE_MS - 60_000,
        "reason": "left the badge at home",
        "second": "leader-2",
        "second_pin": PINS["leader-2"],
    }
    return EnterManually(**fields | changes)


@pytest.mark.parametrize(
    "request_",
    [
        Find(4, "李"),
        entry(request=4),
        ListRecent(4),
        ListQuestions(4),
        SetTerminal(4, direction="out"),
        SetOutOfOrder(4, out_of_order=True),
        RestartDevice(4, "scanner"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_staff_do_is_refused_to_everybody_else(terminal, request_):
    before = terminal.logged()
    assert terminal.ask(request_) == Result(4, ok=False, code="not_logged_in")
    assert terminal.logged() == before


def test_a_session_belongs_to_its_client_and_ends_there(terminal, zhao):
    assert terminal.ask(ListRecent(5), zhao).events == []
    assert terminal.ask(ListRecent(5)).code == "not_logged_in"
    assert terminal.ask(Logout(6), zhao) == Result(6, ok=True, code="logged_out")
    assert terminal.ask(ListRecent(7), zhao).code == "not_logged_in"


def test_volunteers_are_found_by_name_and_number(terminal, zhao):
    terminal.comes(NINE_MS)
    li = Found("1", "李明", NINE_MS)
    assert terminal.ask(Find(5, " 李 "), zhao) == People(5, [li])
    assert terminal.ask(Find(5, "1"), zhao) == People(5, [li])
    assert terminal.ask(Find(5, "SAM"), zhao) == People(5, [Found("3", "Sam")])
    assert terminal.ask(Find(5, "  "), zhao) == People(5, [])


def test_what_staff_write_down_is_logged_with_both_names_and_the_volunteer_is_here(terminal, zhao):
    assert terminal.ask(entry(), zhao) == Result(9, ok=True, code="entered_in", name="سارة")
    manual = terminal.logged()[-1]
    assert isinstance(manual, Manual)
    assert (manual.volunteer, manual.direction, manual.at_ms) == ("2", "in", NINE_MS - 60_000)
    assert (manual.entered_by, manual.confirmed_by) == ("liaison-7", "leader-2")
    told = terminal.next(Decided)
    assert (told.method, told.outcome, told.seq) == ("manual", Outcome.ACCEPTED_IN, manual.seq)
    assert terminal.engine.presence.here(NINE_MS) == [("2", NINE_MS - 60_000, "guides-east")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"volunteer": "999"}, "no_such_volunteer"),
        ({"volunteer": "3"}, "suspended"),
        ({"volunteer": "3", "direction": "out"}, "suspended"),
        ({"reason": " \n "}, "no_reason"),
        ({"at_ms": NINE_MS + 1}, "future_time"),
        ({"at_ms": NINE_MS - 12 * HOUR_MS - 1}, "too_long_ago"),
        ({"at_ms": NINE_MS - 2 * HOUR_MS}, "activity_not_executing"),
        ({"second": "liaison-7", "second_pin": PINS["liaison-7"]}, "same_person"),
        ({"second_pin": "730511"}, "wrong_pin"),
        ({"second": "nobody"}, "wrong_pin"),
        ({"volunteer": "1", "second": "1", "second_pin": PINS["1"]}, "own_time"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_manual_entry_that_breaks_a_rule_is_refused_in_words_and_not_logged(terminal, zhao, changes, code):
    before = terminal.logged()
    assert terminal.ask(entry(**changes), zhao) == Result(9, ok=False, code=code)
    assert terminal.logged() == before


def test_in_a_shift_of_a_whole_day_its_beginning_can_still_be_written_down(tmp_path):
    all_day = msgspec.structs.replace(GUIDES, shifts=[RosterShift(NINE_MS, NINE_MS + 24 * HOUR_MS)])
    terminal = Terminal(
        tmp_path, NINE_MS + 23 * HOUR_MS, msgspec.structs.replace(ROSTER, activities=[all_day])
    )
    try:
        assert terminal.ask(entry(at_ms=NINE_MS), log_in(terminal)).code == "entered_in"
        terminal.clock.now_ms = NINE_MS + 26 * HOUR_MS + 1
        assert terminal.ask(entry(volunteer="1", at_ms=NINE_MS), log_in(terminal)).code == "too_long_ago"
    finally:
        terminal.stop()


def test_nobody_writes_down_the_own_time(terminal):
    li = Client()
    terminal.ask(Login(1, "1", PINS["1"]), li)
    assert terminal.ask(entry(volunteer="1"), li).code == "own_time"


def test_who_is_in_is_not_written_in_again_nor_out_before_they_came(terminal):
    terminal.comes(NINE_MS)
    terminal.clock.now_ms = NINE_MS + HOUR_MS
    zhao = log_in(terminal)
    assert terminal.ask(entry(volunteer="1", at_ms=NINE_MS), zhao).code == "already_in"
    early = entry(volunteer="1", direction="out", at_ms=NINE_MS - 1)
    assert terminal.ask(early, zhao).code == "before_check_in"
    out = entry(volunteer="1", direction="out", at_ms=NINE_MS + HOUR_MS)
    assert terminal.ask(out, zhao).code == "entered_out"
    assert terminal.engine.presence.standing("1").since_ms is None


LATE_SHIFT = msgspec.structs.replace(
    GUIDES, shift_start_ms=NINE_MS + 5 * HOUR_MS, shift_end_ms=NINE_MS + 8 * HOUR_MS
)
"""Until 17:00 at the site; from two hours later on nobody can still be leaving once it is midnight."""
CAME_AT_FOUR_MS = NINE_MS + 7 * HOUR_MS
HALF_PAST_TWO_MS = NINE_MS + 17 * HOUR_MS + 30 * 60_000


@pytest.fixture
def forgot(start):
    """Li Ming came for the late shift and went home without a check-out; now it is half past two."""
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[LATE_SHIFT]))
    terminal.comes(CAME_AT_FOUR_MS)
    terminal.clock.now_ms = HALF_PAST_TWO_MS
    return terminal


def test_whoever_a_scan_would_let_in_again_is_written_in_again(forgot):
    again = entry(volunteer="1", at_ms=HALF_PAST_TWO_MS)
    assert forgot.ask(again, log_in(forgot)).code == "entered_in"


def test_a_scan_lets_in_again_whom_staff_could_write_in(forgot):
    assert forgot.comes(HALF_PAST_TWO_MS).outcome is Outcome.ACCEPTED_IN


def test_who_is_written_down_as_of_before_a_stay_was_over_was_in_then(forgot):
    before_midnight = entry(volunteer="1", at_ms=HALF_PAST_TWO_MS - 5 * HOUR_MS)
    assert forgot.ask(before_midnight, log_in(forgot)).code == "already_in"


def test_staff_write_somebody_out_of_what_they_came_for_whatever_else_goes_on(start):
    songs = msgspec.structs.replace(GUIDES, id="songs")
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[songs, GUIDES]))
    zhao = log_in(terminal)
    terminal.ask(SetTerminal(2, activity=GUIDES.id), zhao)
    terminal.comes(NINE_MS)
    terminal.ask(SetTerminal(3, activity="songs"), zhao)
    terminal.clock.now_ms = NINE_MS + 60_000
    assert terminal.ask(entry(volunteer="1", direction="out", at_ms=NINE_MS + 60_000), zhao).ok
    assert terminal.logged()[-1].activity == GUIDES.id


def test_a_manual_entry_interrupts_no_question(terminal, asked):
    zhao = log_in(terminal)
    terminal.ask(entry(at_ms=NEXT_DAY_MS), zhao)
    terminal.next(Decided)
    assert terminal.ask(Answer(7, asked.id, NINE_MS)).ok


def test_staff_take_back_any_event_of_the_last_minutes_with_a_reason(start):
    two = msgspec.structs.replace(ROSTER, people=[*ROSTER.people, RosterPerson("5", "Zoë")])
    terminal = start(roster=two)
    zhao = log_in(terminal)
    first = terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1000, volunteer=5)
    recent = terminal.ask(ListRecent(2), zhao).events
    assert [(one.name, one.direction) for one in recent] == [("Zoë", "in"), ("李明", "in")]
    assert terminal.ask(Cancel(3, first.seq), zhao).code == "no_reason"
    assert terminal.ask(Cancel(3, first.seq, reason="wrong person"), zhao).ok
    correction = terminal.logged()[-1]
    assert (correction.by, correction.reason) == ("liaison-7", "wrong person")
    assert [one.name for one in terminal.ask(ListRecent(4), zhao).events] == ["Zoë"]


def test_a_manual_entry_can_be_taken_back(terminal, zhao):
    terminal.ask(entry(), zhao)
    seq = terminal.logged()[-1].seq
    assert terminal.ask(Cancel(3, seq, reason="wrong person"), zhao).ok
    assert terminal.logged()[-1].volunteer == "2"
    assert terminal.engine.presence.here(NINE_MS) == []


def test_staff_answer_a_question_that_is_shown_no_longer_and_sign_it(terminal, asked):
    terminal.comes(NEXT_DAY_MS + 60_000, volunteer=3)
    zhao = log_in(terminal)
    (listed,) = terminal.ask(ListQuestions(2), zhao).open
    assert (listed.id, listed.likely_ms) == (asked.id, asked.likely_ms)
    assert terminal.ask(Answer(3, listed.id, NINE_MS + HOUR_MS), zhao).ok
    assert terminal.logged()[-1].taken_by == "liaison-7"
    assert terminal.ask(ListQuestions(4), zhao).open == []


def test_no_pin_and_no_name_reaches_the_log(terminal, zhao):
    terminal.ask(entry(), zhao)
    terminal.ask(Login(1, "leader-2", "730599"))
    content = b"".join(path.read_bytes() for path in terminal.log.path.parent.glob("log.db*"))
    for secret in [*PINS.values(), "730599", "Zhao", "سارة"]:
        assert secret.encode() not in content


def test_a_pin_stands_in_no_representation():
    assert "730518" not in repr(Login(1, "liaison-7", "730518"))
    assert PINS["leader-2"] not in repr(entry())


def test_staff_set_what_a_scan_means_until_further_notice(start):
    first = start()
    zhao = log_in(first)
    assert first.ask(SetTerminal(2, direction="out"), zhao) == Result(2, ok=True, code="set")
    alarm = first.logged()[-1]
    assert (alarm.code, alarm.detail) == (
        "staff_orders",
        "direction out, activity as planned, in order; by liaison-7",
    )
    assert first.comes(NINE_MS).outcome is Outcome.ACCEPTED_OUT
    first.stop()
    second = start(now_ms=NINE_MS + HOUR_MS)
    assert second.comes(NINE_MS + HOUR_MS).outcome is Outcome.ACCEPTED_OUT
    assert second.ask(SetTerminal(3), log_in(second)).ok
    assert second.comes(NINE_MS + 2 * HOUR_MS).outcome is Outcome.ACCEPTED_IN


def test_staff_choose_among_the_activities_that_run(start):
    water = msgspec.structs.replace(GUIDES, id="water", title="Water")
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[GUIDES, water]))
    zhao = log_in(terminal)
    assert terminal.ask(SetTerminal(2, activity="moon"), zhao).code == "no_such_activity"
    assert terminal.engine.overrides == StaffOverrides()
    assert terminal.ask(SetTerminal(2, activity="water"), zhao).ok
    assert terminal.comes(NINE_MS).activity == "water"
    assert terminal.ask(entry(), zhao).ok
    assert terminal.logged()[-1].activity == "water"


def test_a_terminal_out_of_order_refuses_in_words_until_it_is_back(terminal, zhao):
    assert terminal.ask(SetOutOfOrder(2, out_of_order=True), zhao).code == "out_of_order"
    refused = terminal.comes(NINE_MS)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "out_of_order")
    assert terminal.ask(SetOutOfOrder(3, out_of_order=False), zhao).code == "in_order"
    assert terminal.comes(NINE_MS + 1000).outcome is Outcome.ACCEPTED_IN


def test_new_settings_leave_the_orders_of_staff_in_force(terminal, zhao):
    terminal.ask(SetTerminal(2, direction="out"), zhao)
    terminal.engine.do(lambda: terminal.engine.decide_by(Policy(TerminalDirection.IN)))
    assert terminal.comes(NINE_MS).outcome is Outcome.ACCEPTED_OUT


def test_orders_that_cannot_be_read_stop_nothing(tmp_path, start):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "orders.kept").write_bytes(b"nonsense")
    assert start().comes(NINE_MS).outcome is Outcome.ACCEPTED_IN


def test_staff_start_a_device_anew(terminal, zhao):
    assert terminal.ask(RestartDevice(2, "scanner"), zhao) == Result(2, ok=True, code="restarted")
    assert terminal.ask(RestartDevice(3, "toaster"), zhao).code == "no_such_device"
    assert terminal.restarted == ["scanner", "toaster"]
