import msgspec
import pytest
from rich.cells import cell_len

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Direction, Words, message_ids
from kiosk.local_api.client import EngineGone
from kiosk.local_api.messages import Decided, Device, LinkReport, Notice, Outcome
from kiosk.screens.panel import Face, Panel, drawn
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import (
    Doing,
    heading,
    panel,
    spread,
    status_line,
)

MISTAKE = "A mistake? ⌫ takes it back."
GONE = EngineGone(Trouble("engine_ended"))
REASONS = sorted(
    name.removeprefix("reason-")
    for name in message_ids("en")
    if name.startswith("reason-") and "." not in name
)


def decided(outcome: Outcome, reason: str = "", **fields) -> Decided:
    return Decided(1_760_407_481_000, "camera", "badge", outcome, reason, **fields)


def texts(shown: Panel) -> list[str]:
    return [paragraph.text for paragraph in shown.paragraphs]


def result(snapshot, outcome: Outcome, reason: str = "", **fields) -> Panel:
    return panel(TerminalState(snapshot), Doing(shown=decided(outcome, reason, **fields)), None)


def with_link(snapshot, **fields):
    return TerminalState(
        msgspec.structs.replace(
            snapshot, status=msgspec.structs.replace(snapshot.status, link=LinkReport(**fields))
        )
    )


def test_idle_says_what_to_do_under_a_large_clock(snapshot):
    shown = panel(TerminalState(snapshot), Doing(), None)
    assert (shown.face, shown.word) == (Face.IDLE, "10:04")
    assert texts(shown)[0].startswith("Please show your code to the camera")


def test_idle_names_the_devices_that_do_not_work(snapshot):
    assert texts(panel(TerminalState(snapshot), Doing(), None))[1:] == [
        "Out of order: scanner. Please use another way."
    ]


def test_idle_says_nothing_of_devices_that_work(snapshot):
    status = msgspec.structs.replace(snapshot.status, devices=[Device("camera", "camera", "ready", 1, 0)])
    fine = TerminalState(msgspec.structs.replace(snapshot, status=status))
    assert len(texts(panel(fine, Doing(), None))) == 1


def test_idle_says_what_the_centre_lets_it_say_below_what_to_do(snapshot):
    texts_of = {"en": "Gate closes at six", "ar": "تغلق البوابة"}
    notices = [Notice("1", texts_of, for_all=True), Notice("2", {"en": "for staff"})]
    told = msgspec.structs.replace(snapshot, notices=notices)
    shown = panel(TerminalState(told), Doing(), None)
    assert texts(shown)[1:3] == ["Gate closes at six", "تغلق البوابة"]
    assert shown.paragraphs[2].direction is Direction.RTL
    assert "for staff" not in texts(shown)
    many = [Notice(str(number), {"en": str(number)}, for_all=True) for number in range(5)]
    shown = panel(TerminalState(msgspec.structs.replace(snapshot, notices=many)), Doing(), None)
    assert texts(shown)[1:-1] == ["3", "4"]


def test_typed_digits_are_the_large_word(snapshot):
    shown = panel(TerminalState(snapshot), Doing(typed="4711"), None)
    assert (shown.face, shown.word) == (Face.TYPING, "4711")


def test_digits_being_checked_stay_in_sight(snapshot):
    shown = panel(TerminalState(snapshot), Doing(checked="4711"), None)
    assert (shown.face, shown.word) == (Face.CHECKING, "4711")


def test_a_result_comes_before_digits_that_somebody_else_is_typing(snapshot):
    doing = Doing(typed="12", shown=decided(Outcome.ACCEPTED_IN))
    assert panel(TerminalState(snapshot), doing, None).face is Face.RESULT


def test_a_check_in_names_the_person_and_the_time(snapshot):
    shown = result(snapshot, Outcome.ACCEPTED_IN, name="李明")
    assert shown.word == "Welcome"
    assert texts(shown) == ["李明", "You checked in at 10:04.", MISTAKE]


def test_a_check_out_says_how_long_it_was_and_that_it_will_be_reviewed(snapshot):
    since = 1_760_407_481_000 - (2 * 3600 + 5 * 60 + 59) * 1000
    shown = result(snapshot, Outcome.ACCEPTED_OUT, since_ms=since)
    assert texts(shown) == [
        "You were here from 07:58 to 10:04: 2 h 5 min.",
        "Your hours count once they have been reviewed.",
        MISTAKE,
    ]


def test_a_check_out_without_a_check_in_claims_no_duration(snapshot):
    assert texts(result(snapshot, Outcome.ACCEPTED_OUT))[0] == "You checked out at 10:04."


def test_already_in_says_since_when(snapshot):
    shown = result(snapshot, Outcome.ALREADY_IN, "debounce", since_ms=1_760_407_481_000 - 3_600_000)
    assert texts(shown) == ["You are already checked in, since 09:04. There is nothing more to do."]


def test_who_is_at_the_wrong_site_is_told_where_to_go(snapshot):
    shown = result(snapshot, Outcome.REFUSED, "wrong_site", expected_at="South gate")
    assert "Please go to South gate, or ask the staff." in texts(shown)


def test_already_out_needs_no_time(snapshot):
    assert texts(result(snapshot, Outcome.ALREADY_OUT, "debounce")) == [
        "You are already checked out. There is nothing more to do."
    ]


def test_a_refusal_says_why_and_what_to_do(snapshot):
    assert texts(result(snapshot, Outcome.REFUSED, "not_on_roster")) == [
        "You are not on the list for this activity.",
        "Please tell the staff: the centre can add you, or enter your time later.",
    ]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (2, "Please come back when check-in opens: 12:04."),
        (24, "Please come back when check-in opens: 2025-10-15 10:04."),
    ],
)
def test_who_comes_too_early_is_told_when_to_come_back_as_the_sites_clock_shows_it(snapshot, hours, told):
    opens_ms = 1_760_407_481_000 + hours * 3_600_000
    assert texts(result(snapshot, Outcome.REFUSED, "not_yet_open", opens_ms=opens_ms)) == [
        "It is too early to check in.",
        told,
    ]


def test_an_engine_that_does_not_know_when_check_in_opens_names_no_time(snapshot):
    assert texts(result(snapshot, Outcome.REFUSED, "not_yet_open"))[-1].endswith("when check-in opens.")


def test_a_wrong_code_says_how_many_tries_are_left(snapshot):
    assert (
        texts(result(snapshot, Outcome.REFUSED, "wrong_code", tries_left=1))[-1] == "You have one try left."
    )
    assert len(texts(result(snapshot, Outcome.REFUSED, "wrong_code"))) == 2


def test_the_last_wrong_code_and_a_pause_say_how_long_to_wait(snapshot):
    last = texts(result(snapshot, Outcome.REFUSED, "wrong_code", tries_left=0, wait_s=60))
    assert last[-2:] == ["That was the last try for now.", "Codes can be typed again in 1 min."]
    paused = texts(result(snapshot, Outcome.REFUSED, "too_many_tries", wait_s=29))
    assert paused[-1] == "Codes can be typed again in 29 s."


def test_a_demonstration_badge_and_a_demonstration_terminal_are_told_apart(snapshot):
    live = msgspec.structs.replace(snapshot, demo=False)
    assert texts(result(live, Outcome.REFUSED, "other_realm"))[0] == "This badge is only for demonstrations."
    assert (
        "This terminal is only a demonstration" in texts(result(snapshot, Outcome.REFUSED, "other_realm"))[0]
    )


def test_a_full_disk_is_said_plainly(snapshot):
    shown = result(snapshot, Outcome.NOT_RECORDED)
    assert shown.word == "Not recorded"
    assert texts(shown)[:2] == ["Nothing was recorded.", "This terminal has no room left to store anything."]


def test_a_reason_of_a_newer_engine_is_shown_as_it_is(snapshot):
    assert "moon_phase" in texts(result(snapshot, Outcome.REFUSED, "moon_phase"))[0]


def test_a_person_reads_their_own_language_inside_the_sites(snapshot):
    shown = result(snapshot, Outcome.ACCEPTED_IN, name="محمد", language="ar-SA")
    assert shown.direction is Direction.RTL
    assert texts(shown)[1].startswith("سُجّل حضورك")
    assert status_line(TerminalState(snapshot), None) == "8 here · all sent"


def test_a_lost_engine_is_out_of_order_and_names_whom_to_call(snapshot):
    shown = panel(TerminalState(snapshot, GONE), Doing(typed="12"), None)
    assert (shown.face, shown.word) == (Face.OUT_OF_ORDER, "Out of order")
    for width in range(20, 77):
        assert any("+86 10 5550 0123" in line for line, *_ in drawn(shown, width, 20))


def test_a_lost_engine_leaves_no_clock_and_no_count_that_may_be_old(snapshot):
    state = TerminalState(snapshot, GONE)
    assert heading(state, None) == ("East Gate · Visitor guides", "")
    assert status_line(state, None) == ""


def test_before_the_engine_ever_answered_it_speaks_all_languages():
    shown = panel(TerminalState(gone=GONE), Doing(), None)
    assert len(shown.paragraphs) == 2 * len(LANGUAGES)
    assert [paragraph.direction for paragraph in shown.paragraphs][-1] is Direction.RTL


def test_before_the_engine_answers_it_asks_for_patience():
    assert texts(panel(TerminalState(), Doing(), "en")) == ["One moment …"]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"connected": True, "unsent": 0}, "8 here · all sent"),
        ({"connected": True, "unsent": 2}, "8 here · 2 being sent"),
        ({"connected": False, "unsent": 34}, "8 here · offline, 34 kept safe"),
        ({"connected": False, "unsent": 0}, "8 here · offline"),
    ],
)
def test_the_quiet_line_says_how_many_are_here_and_what_is_unsent(snapshot, fields, line):
    assert status_line(with_link(snapshot, **fields), None) == line


def test_a_clock_that_was_never_set_is_marked(snapshot):
    status = msgspec.structs.replace(snapshot.status, clock_state="unset")
    state = TerminalState(msgspec.structs.replace(snapshot, status=status))
    assert heading(state, "en")[1] == "10:04 (time not confirmed)"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_fits_a_terminal_of_80_by_24(snapshot, reason, language):
    doing = Doing(shown=decided(Outcome.REFUSED, reason, name="陈静", language=language, tries_left=4))
    lines = drawn(panel(TerminalState(snapshot), doing, None), 76, 17)
    assert len(lines) <= 17
    assert max(cell_len(line) for line, *_ in lines) <= 76
    assert len(lines) > 9, "the word is drawn large"


def test_texts_are_never_cut_for_the_large_word(snapshot):
    shown = panel(TerminalState(snapshot), Doing(), None)
    lines = [line for line, *_ in drawn(shown, 20, 4)]
    assert lines[0] == "10:04"
    assert " ".join(lines[1:]) == " ".join(texts(shown))


def test_two_texts_stand_at_the_two_ends_of_a_line():
    assert spread("a", "b", 10, Direction.LTR) == "a        b"
    assert spread("a", "b", 10, Direction.RTL) == "b        a"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_revoked_terminal_says_so_whatever_else_goes_on(snapshot, language):
    revoked = TerminalState(msgspec.structs.replace(snapshot, revoked=True))
    shown = panel(revoked, Doing(typed="482913"), language)
    assert shown.face is Face.OUT_OF_ORDER
    said = Words(language)
    assert texts(shown) == [
        said.code("reason", "terminal_revoked"),
        said.code("reason", "terminal_revoked", "remedy"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_roster_people_are_asked_for_their_badge(snapshot, language):
    bare = TerminalState(msgspec.structs.replace(snapshot, roster_version=0))
    assert Words(language).say("idle-no_roster") in texts(panel(bare, Doing(), language))


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT])
def test_what_is_recorded_without_a_roster_says_that_the_centre_decides(snapshot, outcome):
    said = texts(result(snapshot, outcome, "centre_decides"))
    assert Words("en").code("reason", "centre_decides") in said


def test_what_staff_left_for_somebody_is_read_with_their_answer(snapshot):
    shown = result(snapshot, Outcome.ACCEPTED_IN, message="Your jacket is at the gate.")
    assert "From the staff: Your jacket is at the gate." in texts(shown)


@pytest.mark.parametrize(("state", "word"), [("waiting", "One moment"), ("done", "Looked up")])
def test_while_staff_look_up_a_card_nobody_is_invited_to_present_one(snapshot, state, word):
    status = msgspec.structs.replace(snapshot.status, look_up=state)
    state = TerminalState(msgspec.structs.replace(snapshot, status=status))
    assert panel(state, Doing(), None).word == word
