"""Who forgot to check out is asked, at the screen or by staff; the answer stands in a real log."""

import pytest

from drivers.reading import Presented
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Question, QuestionEnded, Result
from kiosk.local_api.requests import Answer, Decline, ListQuestions
from sync.contract.events import Claim
from tests.kiosk.samples import HOUR_MS, reading
from tests.kiosk.staff.staffed_terminal import NEXT_DAY_MS, SHOWN_S, denied, entry, log_in
from tests.sync.samples import NINE_MS


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


def test_a_manual_entry_interrupts_no_question(terminal, asked):
    zhao = log_in(terminal)
    terminal.ask(entry(at_ms=NEXT_DAY_MS), zhao)
    terminal.next(Decided)
    assert terminal.ask(Answer(7, asked.id, NINE_MS)).ok


def test_a_text_from_afar_interrupts_no_question(terminal, asked):
    terminal.present(reading("hello", Presented.SMS, wall_ms=NEXT_DAY_MS, sender="+8613900139000"))
    assert terminal.ask(Answer(7, asked.id, NINE_MS)).ok


def test_staff_answer_a_question_that_is_shown_no_longer_and_sign_it(terminal, asked):
    terminal.comes(NEXT_DAY_MS + 60_000, volunteer=3)
    zhao = log_in(terminal)
    (listed,) = terminal.ask(ListQuestions(2), zhao).open
    assert (listed.id, listed.likely_ms) == (asked.id, asked.likely_ms)
    assert terminal.ask(Answer(3, listed.id, NINE_MS + HOUR_MS), zhao).ok
    assert terminal.logged()[-1].taken_by == "liaison-7"
    assert terminal.ask(ListQuestions(4), zhao).open == []


def test_another_time_for_questions_holds_from_the_next_one_on(terminal):
    terminal.comes(NINE_MS)
    terminal.desk.adopt(60, 5)
    terminal.comes(NEXT_DAY_MS)
    assert terminal.next(Question).expires_ms == NEXT_DAY_MS + 60_000
