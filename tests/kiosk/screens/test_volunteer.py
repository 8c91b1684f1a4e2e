import contextlib
import queue

import msgspec
import pytest
from textual.color import Color

from kiosk.local_api.messages import (
    VERSION,
    ClientHello,
    Decided,
    Display,
    Notice,
    Outcome,
    ScreenSize,
    Seen,
    Showed,
    Typed,
)
from kiosk.local_api.replies import Question, QuestionEnded, Result
from kiosk.local_api.requests import Answer, Cancel, Decline
from kiosk.local_api.simulated_engine import SimulatedEngine
from kiosk.screens import volunteer
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.results import BLUE, DIM, VERMILLION
from kiosk.screens.volunteer import VolunteerScreen
from kiosk.screens.volunteer_view import panel
from sync.contract import events
from tests.kiosk.samples import HOUR_MS, token
from tests.kiosk.screens.conftest import read_of, text_of
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS

SIZES = [(80, 24), (100, 30)]
IN = Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_IN, name="李明", seq=1)
OUT = msgspec.structs.replace(IN, outcome=Outcome.ACCEPTED_OUT, since_ms=IN.at_ms - 4 * HOUR_MS)
REFUSED = Decided(1_760_407_481_000, "camera", "badge", Outcome.REFUSED, "not_on_roster")
QUESTION_CAME_MS = 1_760_317_200_000
QUESTION = Question(
    id="1-1760317200000",
    volunteer="1",
    name="李明",
    language="zh-Hans",
    activity="Visitor guides",
    came_ms=QUESTION_CAME_MS,
    earliest_ms=QUESTION_CAME_MS,
    latest_ms=QUESTION_CAME_MS + 36_000_000,
    likely_ms=[QUESTION_CAME_MS + hours * 3_600_000 for hours in (8, 9, 10)],
    expires_ms=1_760_407_501_000,
)
"""Li Ming came on the day before at nine."""


@pytest.fixture(autouse=True)
def no_time_runs_out(monkeypatch):
    """On a busy machine either, but where a test lets it run out."""
    for wait in ("ANSWER_WITHIN_S", "TYPING_ENDS_AFTER_S", "CONFIRM_WITHIN_S"):
        monkeypatch.setattr(volunteer, wait, getattr(volunteer, wait) * 100)


@pytest.fixture
def run_out(monkeypatch):
    """Lets the time run out that the screen has last begun to wait for, if it is of so many seconds."""
    begun = []
    begin = VolunteerScreen.set_timer

    def set_timer(screen, seconds, then, **more):
        timer = begin(screen, seconds, then, **more)
        begun.append((timer, seconds, then))
        return timer

    def end(screen, seconds):
        timer, of_seconds, then = begun[-1]
        assert of_seconds == seconds
        timer.stop()
        screen.call_next(then)

    monkeypatch.setattr(VolunteerScreen, "set_timer", set_timer)
    return end


@pytest.fixture
def screen(tmp_path):
    """The app at the socket of the `engine` fixture; results stay for as long as a test needs them."""
    return VolunteerScreen(tmp_path / "kiosk.sock", seconds=600)


@pytest.mark.parametrize(("app", "ids"), [(VolunteerScreen, ["b"]), (Monitor, ["a", "b"])])
async def test_the_engine_hears_once_that_a_notice_stands_on_the_screen(
    tmp_path, snapshot, eventually, app, ids
):
    notices = [Notice("a", {"en": "Staff"}), Notice("b", {"en": "Everybody"}, for_all=True)]
    told = msgspec.structs.replace(snapshot, notices=notices)
    engine = SimulatedEngine(tmp_path / "kiosk.sock", told)
    engine.start()
    heard = []

    def said(*wanted):
        with contextlib.suppress(queue.Empty):
            heard.append(engine.heard.get_nowait())
        return [one for one in heard if isinstance(one, Showed)] == [Showed(one) for one in wanted]

    async with app(tmp_path / "kiosk.sock").run_test() as pilot:
        await eventually(pilot, lambda: said(*ids))
        engine.say(
            msgspec.structs.replace(told, notices=[*notices, Notice("c", {"en": "New"}, for_all=True)])
        )
        await eventually(pilot, lambda: said(*ids, "c"))
    engine.stop()


def said_by_now(engine) -> list:
    said = []
    while True:
        try:
            said.append(engine.heard.get_nowait())
        except queue.Empty:
            return said


def typed_by_now(engine) -> list[Typed]:
    return [message for message in said_by_now(engine) if isinstance(message, Typed)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("language", "how", "line"),
    [
        ("en", "show your code", "8 here · all sent"),
        ("zh-Hans", "出示二维码", "现场 8 人 · 已全部上传"),
        ("ar", "ﺽﺮﻋﺍ", "ﻊﻗﻮﻤﻟﺍ ﻲﻓ ﺹﺎﺨﺷﺃ 8"),
    ],
)
async def test_it_invites_people_in_the_sites_language(tmp_path, snapshot, sees, size, language, how, line):
    engine = SimulatedEngine(tmp_path / "kiosk.sock", msgspec.structs.replace(snapshot, language=language))
    engine.start()
    async with VolunteerScreen(tmp_path / "kiosk.sock").run_test(size=size) as pilot:
        await sees(pilot, how, line, "East Gate · Visitor guides", "10:04")
    engine.stop()


async def test_the_given_language_comes_before_the_sites(engine, tmp_path, sees):
    async with VolunteerScreen(tmp_path / "kiosk.sock", "zh-Hans").run_test() as pilot:
        await sees(pilot, "现场 8 人")


async def test_it_says_that_it_is_a_demonstration(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "DEMONSTRATION · nothing here counts")


async def test_a_live_terminal_says_nothing_of_a_demonstration(tmp_path, snapshot, sees, shown):
    engine = SimulatedEngine(tmp_path / "kiosk.sock", msgspec.structs.replace(snapshot, demo=False))
    engine.start()
    async with VolunteerScreen(tmp_path / "kiosk.sock").run_test() as pilot:
        await sees(pilot, "8 here")
        assert "DEMONSTRATION" not in shown(pilot.app)
    engine.stop()


async def test_typed_digits_are_sent_on_enter_and_not_before(engine, screen, sees, eventually):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        assert engine.heard.get(timeout=PATIENCE_S) == ClientHello(VERSION, "screen")
        await pilot.press(*"4711")
        await sees(pilot, "Code: 4711", "Press Enter")
        assert typed_by_now(engine) == []
        await pilot.press("enter")
        assert asked(engine, Typed) == Typed("4711")
        await sees(pilot, "One moment")


async def test_typing_mistakes_can_be_corrected(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press(*"99", "escape", *"12", "backspace", "3", "a", "space", "enter")
        await sees(pilot, "One moment")
    assert typed_by_now(engine) == [Typed("13")]


async def test_digits_of_an_arabic_keyboard_are_digits(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("٤", "٢")
        await sees(pilot, "Code: 42")


async def test_a_code_has_an_end(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press(*"1" * 14)
        await sees(pilot, "Code: 111111111111")
        assert "1" * 13 not in shown(pilot.app)


async def test_enter_without_digits_sends_nothing(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("enter", "7", "enter")
        await sees(pilot, "One moment")
    assert typed_by_now(engine) == [Typed("7")]


@pytest.mark.parametrize("size", SIZES)
async def test_an_accepted_person_sees_name_and_time_on_blue(engine, screen, sees, size):
    async with screen.run_test(size=size) as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "李明", "You checked in at 10:04.", "┏")
        assert screen.query_one("PanelView").styles.background == Color.parse(BLUE)


@pytest.mark.parametrize("size", SIZES)
async def test_a_refused_person_sees_why_and_what_to_do_on_vermillion(engine, screen, sees, size):
    async with screen.run_test(size=size) as pilot:
        await sees(pilot, "8 here")
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list", "Please tell the staff", "█▀▀")
        assert screen.query_one("PanelView").styles.background == Color.parse(VERMILLION)


async def test_a_person_reads_the_result_in_their_own_language(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(REFUSED, language="zh-CN"))
        await sees(pilot, "您不在本次活动的名单中。", "8 here · all sent")


async def test_a_name_is_shown_as_it_is_written(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(IN, name="[red]Eve[/] \\n {x}"))
        await sees(pilot, "[red]Eve[/] \\n {x}")


async def test_a_result_gives_way_to_the_invitation(engine, screen, sees, run_out):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "You checked in")
        run_out(screen, 600)
        await sees(pilot, "show your code")


async def test_how_long_a_result_stays_follows_the_settings_in_force(
    engine, tmp_path, snapshot, sees, run_out
):
    async with VolunteerScreen(tmp_path / "kiosk.sock").run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(snapshot, result_shown_s=700, site="Another site"))
        await sees(pilot, "Another site")
        engine.say(IN)
        await sees(pilot, "You checked in")
        run_out(pilot.app, 700)
        await sees(pilot, "show your code")


async def test_the_next_person_may_type_while_a_result_still_stands(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "You checked in")
        await pilot.press("5")
        await sees(pilot, "Code: 5", "Press Enter")


async def test_somebody_elses_result_keeps_the_typed_digits(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5", "6")
        engine.say(IN)
        await sees(pilot, "You checked in", "Code: 56")


async def test_a_half_typed_code_does_not_wait_for_the_next_person(engine, screen, sees, shown, run_out):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5")
        await sees(pilot, "Code: 5")
        run_out(screen, volunteer.TYPING_ENDS_AFTER_S)
        await sees(pilot, "show your code")
        assert "Code:" not in shown(pilot.app)


async def test_whoever_types_is_warned_before_the_digits_are_deleted(engine, screen, sees, snapshot):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5")
        await sees(pilot, "Code: 5", "Press Enter")
        near_ms = snapshot.status.wall_ms + volunteer.TYPING_ENDS_AFTER_S * 1000 - 5000
        engine.say(msgspec.structs.replace(snapshot.status, wall_ms=near_ms))
        await sees(pilot, "Deleted in 5 seconds")


async def test_who_waits_for_an_answer_reads_that_the_badge_was_seen(engine, screen, sees, shown, run_out):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(Seen("camera", "code"))
        await sees(pilot, "Badge seen, checking")
        engine.say(IN)
        await sees(pilot, "You checked in")
        engine.say(Seen("reader", "card_uid"))
        await sees(pilot, "Card seen, checking")
        run_out(screen, volunteer.ANSWER_WITHIN_S)
        await sees(pilot, "show your code")


async def test_an_engine_that_does_not_answer_is_no_success(engine, screen, sees, run_out):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5", "enter")
        await sees(pilot, "One moment")
        run_out(screen, volunteer.ANSWER_WITHIN_S)
        await sees(pilot, "Nothing was recorded.", "The terminal did not answer in time.")


async def test_a_lost_engine_is_out_of_order_until_it_is_back(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5")
        engine.stop()
        await sees(pilot, "This terminal can't record anything", "+86 10 5550 0123")
        engine.start()
        await sees(pilot, "show your code", "8 here")


async def test_nothing_typed_while_it_is_out_of_order_is_kept_or_sent(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.stop()
        await sees(pilot, "This terminal can't record anything")
        await pilot.press("5", "enter")
        await pilot.pause()
        assert "Code:" not in shown(pilot.app)
        engine.start()
        await sees(pilot, "show your code")
    assert typed_by_now(engine) == []


async def test_without_any_engine_it_speaks_all_languages(screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "This terminal can't record anything", "本终端目前无法记录签到", "ﺍﺬﻬﻟ ﻦﻜﻤﻳ ﻻ")


async def test_a_new_size_is_used_at_once(engine, screen, sees, shown):
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "10:04\n")
        assert max(map(len, shown(pilot.app).splitlines())) <= 80


def asked(engine, kind):
    """The next message of this kind that the screen sent."""
    while not isinstance(message := engine.heard.get(timeout=PATIENCE_S), kind):
        pass
    return message


@pytest.mark.parametrize("size", SIZES)
async def test_who_forgot_to_check_out_is_asked_in_their_own_language(engine, screen, sees, size):
    async with screen.run_test(size=size) as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        engine.say(QUESTION)
        await sees(pilot, "您是什么时候离开的", "1  17:00", "2  18:00", "3  19:00", "0  我不记得了", "8 here")


async def test_a_choice_is_made_by_its_digit_and_enter(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "2  18:00")
        await pilot.press("2")
        await sees(pilot, "▶ 2  18:00")
        assert all(isinstance(one, ClientHello | ScreenSize) for one in said_by_now(engine))
        await pilot.press("enter")
        answer = asked(engine, Answer)
        assert (answer.question, answer.at_ms) == (QUESTION.id, QUESTION.likely_ms[1])
        engine.say(Result(answer.request, ok=True, code="answered"))
        engine.say(QuestionEnded(QUESTION.id, "answered"))
        await sees(pilot, "谢谢。您的回答经人核对后生效。")


async def test_who_does_not_know_says_so(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "我不记得了")
        await pilot.press("0", "enter")
        assert asked(engine, Decline).question == QUESTION.id


async def test_a_touched_choice_needs_no_enter(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "3  19:00")
        row = next(number for number, line in enumerate(shown(screen).splitlines()) if "3  19:00" in line)
        await pilot.click(offset=(shown(screen).splitlines()[row].index("19:00"), row))
        assert asked(engine, Answer).at_ms == QUESTION.likely_ms[2]


async def test_a_code_can_be_typed_while_the_question_stands(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "2  18:00")
        await pilot.press(*"241355", "enter")
        assert asked(engine, Typed) == Typed("241355")


async def test_a_time_that_nobody_proposed_is_typed(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "2  18:00")
        await pilot.press("1", "7", "colon", "2", "0")
        await sees(pilot, "▶ 17:20")
        await pilot.press("enter")
        assert asked(engine, Answer).at_ms == QUESTION.likely_ms[1] - 40 * 60_000


async def test_a_time_at_which_nobody_can_have_left_is_told_at_once_and_the_question_stays(
    engine, screen, sees
):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(QUESTION, language="en"))
        await sees(pilot, "2  18:00")
        await pilot.press(*"0101", "enter")
        await sees(pilot, "Nobody can have left then")
        screen._end_result()
        await sees(pilot, "2  18:00")


@pytest.mark.parametrize(("decided", "word"), [(IN, "Welcome"), (OUT, "Goodbye")])
async def test_whoever_is_asked_reads_what_was_decided_too(engine, screen, sees, decided, word):
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(decided, volunteer=QUESTION.volunteer, language="en"))
        engine.say(msgspec.structs.replace(QUESTION, language="en"))
        await sees(pilot, "When did you leave?")
        shown = panel(screen.state, screen._doing, "en")
        assert shown.word == word
        assert any("You were here from" in text.text for text in shown.paragraphs) == (decided is OUT)


@pytest.mark.parametrize("typed", ["9", "24", "2413"])
async def test_what_is_no_answer_is_said_to_be_none_and_the_question_stays(engine, screen, sees, typed):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(QUESTION, language="en"))
        await sees(pilot, "2  18:00")
        await pilot.press(*typed)
        await sees(pilot, f"▶ {typed}")
        await pilot.press("enter")
        await sees(pilot, f"{typed} is no answer", "2  18:00")
        await pilot.press("1", "enter")
        assert asked(engine, Answer).at_ms == QUESTION.likely_ms[0]


async def test_the_next_person_takes_the_place_of_a_question(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        await sees(pilot, "2  18:00")
        engine.say(QuestionEnded(QUESTION.id, "replaced"))
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list")
        assert "18:00" not in read_of(screen)


async def test_the_end_of_another_question_ends_nothing(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(QUESTION)
        engine.say(QuestionEnded("another", "expired"))
        engine.say(msgspec.structs.replace(QUESTION, id="later", language="en"))
        await sees(pilot, "When did you leave?")


async def test_a_mistake_is_taken_back_by_two_keys(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "A mistake?")
        await pilot.press("backspace")
        await sees(pilot, "Shall your check-in not count?")
        await pilot.press("enter")
        cancel = asked(engine, Cancel)
        assert cancel.seq == IN.seq
        engine.say(Result(cancel.request, ok=True, code="cancelled", name="李明"))
        await sees(pilot, "Taken back; it does not count: 李明")


async def test_a_refused_wish_to_take_something_back_says_why(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(Result(1, ok=False, code="cancel_too_late"))
        await sees(pilot, "It is more than five minutes ago.")


async def test_any_other_key_leaves_a_check_in_as_it_is(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "A mistake?")
        await pilot.press("backspace")
        await sees(pilot, "Shall your check-in not count?")
        await pilot.press("5")
        await sees(pilot, "You checked in")
        await pilot.press("4", "enter")
        assert asked(engine, (Cancel, Typed)) == Typed("4")


async def test_a_refusal_is_nothing_to_take_back(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list")
        await pilot.press("backspace", "enter", "6", "enter")
        assert asked(engine, (Cancel, Typed)) == Typed("6")


async def test_whom_staff_write_down_is_not_greeted(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(IN, method="manual"))
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list")
        assert "李明" not in read_of(screen)


async def test_a_text_from_afar_takes_the_place_of_nothing_that_is_read(
    engine, screen, sees, shown, eventually
):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "李明")
        engine.say(msgspec.structs.replace(REFUSED, method="sms_in", name="", from_afar=True))
        await eventually(pilot, lambda: screen.state.snapshot.recent[-1].from_afar)
        assert "李明" in read_of(screen)
        assert "You are not on the list" not in read_of(screen)


async def test_an_answer_is_a_claim_in_the_log_of_a_real_engine(real_terminal, sees, eventually):
    screen = VolunteerScreen(real_terminal.folder / "kiosk.sock", seconds=600)

    async with screen.run_test() as pilot:
        await eventually(pilot, lambda: screen.state.snapshot)
        real_terminal.scanner.scan(token(1))
        await sees(pilot, "李明")
        real_terminal.clock.move_to(NINE_MS + 24 * HOUR_MS)
        real_terminal.scanner.scan(token(1))
        await sees(pilot, "您是什么时候离开的", "2  13:00")
        await pilot.press("2", "enter")
        await sees(pilot, "谢谢。您的回答经人核对后生效。")
    reader = real_terminal.read_log()
    (head,) = reader.heads()
    logged = [events.decode(raw) for raw in reader.stretch(head.epoch, 0, 1000, 10**6).events]
    reader.close()
    kinds = [type(one).__name__ for one in logged]
    people = [kind for kind in kinds if kind in {"CheckIn", "CheckOut", "Claim"}]
    assert people == ["CheckIn", "CheckIn", "Claim"]
    assert logged[-1].at_ms == NINE_MS + 4 * HOUR_MS


async def test_two_who_are_recorded_at_once_are_seen_one_after_the_other(
    engine, screen, sees, eventually, monkeypatch
):
    monkeypatch.setattr(volunteer, "SHOWN_AT_LEAST_S", 1000)
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(IN, volunteer="1"))
        engine.say(msgspec.structs.replace(IN, volunteer="2", name="Sam", seq=2))
        engine.say(msgspec.structs.replace(QUESTION, volunteer="2", language="en"))
        await sees(pilot, "✔ in · Sam")
        assert screen._doing.shown.volunteer == "1"
        await eventually(pilot, lambda: len(screen._doing.waiting) == 2)
        screen._show_waiting()
        await sees(pilot, "When did you leave?", "✔ in · 李明")
        assert screen._doing.asked_with.volunteer == "2"


async def test_nobody_waits_for_a_question_that_is_over(engine, screen, sees, eventually, monkeypatch):
    monkeypatch.setattr(volunteer, "SHOWN_AT_LEAST_S", 1000)
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        engine.say(msgspec.structs.replace(IN, volunteer="9"))
        engine.say(QUESTION)
        await eventually(pilot, lambda: screen._doing.waiting)
        engine.say(QuestionEnded(QUESTION.id, "replaced"))
        await eventually(pilot, lambda: not screen._doing.waiting)


async def test_a_refusal_stays_as_long_as_it_takes_to_read_it(engine, tmp_path, snapshot, sees, run_out):
    async with VolunteerScreen(tmp_path / "kiosk.sock").run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list")
        run_out(pilot.app, 11)
        await sees(pilot, "show your code")


async def test_a_screen_before_which_nobody_is_dims_and_wakes_on_a_scan(tmp_path, snapshot, sees, eventually):
    told = msgspec.structs.replace(snapshot, display=Display(dims_after_min=60))
    engine = SimulatedEngine(tmp_path / "kiosk.sock", told)
    engine.start()
    screen = VolunteerScreen(tmp_path / "kiosk.sock", seconds=600)
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        assert screen._dim_timer is not None
        screen._dim()
        await eventually(pilot, lambda: "8 here" not in text_of(screen))
        assert screen.query_one("PanelView").styles.color == Color.parse(DIM.ink)
        engine.say(IN)
        await sees(pilot, "You checked in", "8 here")
        assert not screen._dimmed
    engine.stop()


async def test_the_engine_learns_how_many_cells_the_screen_has(engine, screen, sees, eventually):
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        assert asked(engine, ScreenSize) == ScreenSize(100, 30)
        await pilot.resize_terminal(80, 24)
        await eventually(pilot, lambda: ScreenSize(80, 24) in said_by_now(engine))


async def test_the_terminal_rings_in_the_rhythm_where_nothing_else_sounds(
    engine, screen, snapshot, sees, eventually, monkeypatch
):
    rung = []
    monkeypatch.setattr(VolunteerScreen, "bell", lambda _: rung.append(1))
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list")
        assert not rung
        engine.say(msgspec.structs.replace(snapshot.status, bell=True))
        engine.say(REFUSED)
        await eventually(pilot, lambda: len(rung) == 3)
