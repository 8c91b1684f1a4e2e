import queue

import msgspec
import pytest
from textual.color import Color

from kiosk.local_messages import VERSION, ClientHello, Decided, Outcome, Typed
from kiosk.screens import volunteer
from kiosk.screens.results import BLUE, VERMILLION
from kiosk.screens.volunteer import VolunteerScreen
from kiosk.simulated_engine import SimulatedEngine

SIZES = [(80, 24), (100, 30)]
IN = Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_IN, name="李明", seq=1)
REFUSED = Decided(1_760_407_481_000, "camera", "badge", Outcome.REFUSED, "not_on_roster")
WAIT_S = 20


@pytest.fixture
def screen(tmp_path):
    """The app at the socket of the `engine` fixture; results stay for as long as a test needs them."""
    return VolunteerScreen(tmp_path / "kiosk.sock", seconds=600)


@pytest.fixture
def sees(shown, eventually):
    """Waits until every text stands on the screen."""

    async def wait(pilot, *texts: str) -> None:
        await eventually(pilot, lambda: all(text in shown(pilot.app) for text in texts))

    return wait


def typed_by_now(engine) -> list[Typed]:
    said = []
    while True:
        try:
            said.append(engine.heard.get_nowait())
        except queue.Empty:
            return [message for message in said if isinstance(message, Typed)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("language", "how", "line"),
    [
        ("en", "Show your code", "8 here · all sent"),
        ("zh-Hans", "请出示二维码", "现场 8 人 · 已全部上传"),
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
        assert engine.heard.get(timeout=WAIT_S) == ClientHello(VERSION, "screen")
        await pilot.press(*"4711")
        await sees(pilot, "Code: 4711", "Press Enter")
        assert engine.heard.empty()
        await pilot.press("enter")
        assert engine.heard.get(timeout=WAIT_S) == Typed("4711")
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
        assert screen.query_one("_PanelView").styles.background == Color.parse(BLUE)


@pytest.mark.parametrize("size", SIZES)
async def test_a_refused_person_sees_why_and_what_to_do_on_vermillion(engine, screen, sees, size):
    async with screen.run_test(size=size) as pilot:
        await sees(pilot, "8 here")
        engine.say(REFUSED)
        await sees(pilot, "You are not on the list", "Please ask the staff", "█▀▀")
        assert screen.query_one("_PanelView").styles.background == Color.parse(VERMILLION)


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


async def test_a_result_gives_way_to_the_invitation(engine, tmp_path, sees):
    async with VolunteerScreen(tmp_path / "kiosk.sock", seconds=1).run_test() as pilot:
        await sees(pilot, "8 here")
        engine.say(IN)
        await sees(pilot, "You checked in")
        await sees(pilot, "Show your code")


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


async def test_a_half_typed_code_does_not_wait_for_the_next_person(engine, screen, sees, shown, monkeypatch):
    monkeypatch.setattr(volunteer, "TYPING_ENDS_AFTER_S", 1)
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5")
        await sees(pilot, "Code: 5")
        await sees(pilot, "Show your code")
        assert "Code:" not in shown(pilot.app)


async def test_an_engine_that_does_not_answer_is_no_success(engine, screen, sees, monkeypatch):
    monkeypatch.setattr(volunteer, "ANSWER_WITHIN_S", 1)
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5", "enter")
        await sees(pilot, "Nothing was recorded.", "The terminal did not answer in time.")


async def test_a_lost_engine_is_out_of_order_until_it_is_back(engine, screen, sees):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        await pilot.press("5")
        engine.stop()
        await sees(pilot, "This terminal can't record anything", "+86 10 5550 0123")
        engine.start()
        await sees(pilot, "Show your code", "8 here")


async def test_nothing_typed_while_it_is_out_of_order_is_kept_or_sent(engine, screen, sees, shown):
    async with screen.run_test() as pilot:
        await sees(pilot, "8 here")
        engine.stop()
        await sees(pilot, "This terminal can't record anything")
        await pilot.press("5", "enter")
        await pilot.pause()
        assert "Code:" not in shown(pilot.app)
        engine.start()
        await sees(pilot, "Show your code")
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
