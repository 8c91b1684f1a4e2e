"""What staff do at the monitor: with an engine that only talks, and once with a real one."""

import msgspec
import pytest

from foundation.words import LANGUAGES
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
    Questions,
    Recent,
    RecentEvents,
    RestartDevice,
    Result,
    SetOutOfOrder,
    SetTerminal,
)
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.terminal_state import moment_at
from sync.contract import events
from sync.contract.events import Manual
from tests.kiosk.samples import PINS
from tests.kiosk.screens.test_golden import compare
from tests.kiosk.screens.test_volunteer import QUESTION
from tests.sync.samples import NINE_MS

TEN_MS = 1_760_407_200_000
"""Ten o'clock at the recording's site."""
HOUR_MS = 3_600_000


@pytest.fixture
def monitor(tmp_path, engine):
    return Monitor(tmp_path / "kiosk.sock")


@pytest.fixture
def asked(engine, eventually):
    """The next message of this kind that the monitor sent."""

    async def wait(pilot, kind):
        heard = []

        def came() -> bool:
            while not engine.heard.empty():
                heard.append(engine.heard.get())
            return any(isinstance(message, kind) for message in heard)

        await eventually(pilot, came)
        return next(message for message in heard if isinstance(message, kind))

    return wait


@pytest.fixture
def log_in(engine, sees, asked):
    async def _log_in(pilot) -> None:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference", "PIN")
        await pilot.press(*"liaison-7", "enter", *"730518", "enter")
        request = await asked(pilot, Login)
        assert (request.staff, request.pin) == ("liaison-7", "730518")
        engine.say(Result(request.request, ok=True, code="logged_in", name="Zhao"))
        await sees(pilot, "· Zhao", "m  write down")

    return _log_in


async def test_a_pin_is_never_shown(engine, monitor, sees, shown):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press("x", "enter", *"730518")
        await sees(pilot, "••••••")
        assert "730518" not in shown(monitor)


async def test_a_refused_pin_says_why_and_offers_nothing(engine, monitor, sees, shown, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press("x", "enter", "1", "enter")
        engine.say(Result((await asked(pilot, Login)).request, ok=False, code="pin_paused", seconds=30))
        await sees(pilot, "Please wait 30 s")
        assert "write down" not in shown(monitor)


async def test_nothing_is_offered_before_somebody_is_logged_in(engine, monitor, sees):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("m")
        await sees(pilot, "Only staff may do that.")


async def test_staff_write_somebody_down(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press(*"Zoe", "enter")
        find = await asked(pilot, Find)
        assert find.text == "Zoe"
        engine.say(People(find.request, [Found("7", "Zoë Brontë"), Found("8", "Zoe")]))
        await sees(pilot, "7  Zoë Brontë", "8  Zoe")
        await pilot.press("enter")
        await sees(pilot, "What happened?")
        await pilot.press("down", "enter")
        await sees(pilot, "PIN of the second person")
        await pilot.press(*"09:30", "enter", *"no badge", "enter", *"leader-2", "enter", *"402917", "enter")
        entry = await asked(pilot, EnterManually)
        assert (entry.volunteer, entry.direction, entry.reason) == ("7", "out", "no badge")
        assert entry.at_ms == TEN_MS - HOUR_MS // 2
        assert (entry.second, entry.second_pin) == ("leader-2", "402917")
        engine.say(Result(entry.request, ok=True, code="entered_out", name="Zoë Brontë"))
        await sees(pilot, "Written down: Zoë Brontë left.")


async def test_a_time_that_is_none_is_told_and_nothing_is_sent(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press("7", "enter")
        engine.say(People((await asked(pilot, Find)).request, [Found("7", "Zoë")]))
        await sees(pilot, "7  Zoë")
        await pilot.press("enter")
        await sees(pilot, "What happened?")
        await pilot.press("enter")
        await sees(pilot, "PIN of the second person")
        await pilot.press(*"25:99", "enter", "enter", "enter", "enter")
        await sees(pilot, "This is no time of day.")
        assert engine.heard.empty()


async def test_staff_take_back_what_they_choose(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("c")
        recent = [
            Recent("e" * 32, 9, TEN_MS, "7", "Zoë", "in"),
            Recent("e" * 32, 8, TEN_MS, "8", "Wu", "out"),
        ]
        engine.say(RecentEvents((await asked(pilot, ListRecent)).request, recent))
        await sees(pilot, "10:00  came  Zoë", "10:00  left  Wu")
        await pilot.press("down", "enter")
        await sees(pilot, "Why")
        await pilot.press(*"oops", "enter")
        cancel = await asked(pilot, Cancel)
        assert (cancel.seq, cancel.epoch, cancel.reason) == (8, "e" * 32, "oops")
        engine.say(Result(cancel.request, ok=False, code="cancel_too_late"))
        await sees(pilot, "more than five minutes ago")


async def test_staff_answer_for_a_volunteer_with_any_time(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("a")
        engine.say(Questions((await asked(pilot, ListQuestions)).request, [QUESTION]))
        await sees(pilot, "李明  2025-10-13 09:00")
        await pilot.press("enter")
        await sees(pilot, "17:00", "another time", "I don't know")
        await pilot.press("down", "down", "down", "enter")
        await sees(pilot, "When, such as 09:30")
        await pilot.press(*"15:20", "enter")
        answer = await asked(pilot, Answer)
        assert (answer.question, answer.at_ms) == (QUESTION.id, QUESTION.came_ms + 6 * HOUR_MS + 20 * 60_000)


async def test_staff_answer_that_nobody_knows(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("a")
        engine.say(Questions((await asked(pilot, ListQuestions)).request, [QUESTION]))
        await sees(pilot, "李明  2025-10-13 09:00")
        await pilot.press("enter")
        await sees(pilot, "I don't know")
        await pilot.press("end", "enter")
        assert (await asked(pilot, Decline)).question == QUESTION.id


async def test_staff_set_what_a_scan_means(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("t")
        await sees(pilot, "everybody leaves")
        await pilot.press("end", "enter")
        await sees(pilot, "Id of the activity")
        await pilot.press(*"water", "enter")
        order = await asked(pilot, SetTerminal)
        assert (order.direction, order.activity) == ("out", "water")


async def test_staff_take_the_terminal_out_of_service_and_back(
    engine, monitor, snapshot, sees, log_in, asked
):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("o")
        order = await asked(pilot, SetOutOfOrder)
        assert order.out_of_order
        engine.say(Result(order.request, ok=True, code="out_of_order"))
        engine.say(msgspec.structs.replace(snapshot.status, out_of_order=True))
        await sees(pilot, "out of order")
        await pilot.pause()
        await pilot.press("o")
        assert not (await asked(pilot, SetOutOfOrder)).out_of_order


async def test_staff_start_a_device_anew(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("d")
        await sees(pilot, "Close a device and open it anew")
        await pilot.press("enter")
        request = await asked(pilot, RestartDevice)
        assert request.device == monitor.state.snapshot.status.devices[0].name
        engine.say(Result(request.request, ok=True, code="restarted"))
        await sees(pilot, "The device was closed")


async def test_esc_leaves_a_form_without_doing_anything(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press("escape", "s")
        assert await asked(pilot, (Find, Logout)) == Logout(2)


async def test_an_engine_that_went_away_ends_the_session(engine, monitor, sees, log_in, shown, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        engine.stop()
        await sees(pilot, "has not answered")
        assert "· Zhao" not in shown(monitor)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_forms_in_every_language(engine, tmp_path, shown, eventually, asked, language):
    app = Monitor(tmp_path / "kiosk.sock", language)
    pictures = []
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: app.state.snapshot)
        await pilot.press("s")
        await eventually(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.pause()
        pictures.append(("log in", shown(app)))
        await pilot.press(*"x", "enter", "y", "enter")
        engine.say(Result((await asked(pilot, Login)).request, ok=True, code="logged_in", name="Zhao"))
        await eventually(pilot, lambda: "Zhao" in shown(app))
        await pilot.press("t")
        await eventually(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.pause()
        pictures.append(("choice", shown(app)))
    compare(f"staff.{language}", pictures)


@pytest.mark.parametrize(
    ("clock", "moment_ms"),
    [
        ("10:00", TEN_MS),
        (" 9:30 ", TEN_MS + 24 * HOUR_MS - HOUR_MS // 2),
        ("１０：００", TEN_MS),
        ("١٠:٠٠", TEN_MS),
        ("24:00", None),
        ("", None),
        ("ten", None),
    ],
)
def test_a_time_of_day_is_the_next_moment_at_which_the_site_shows_it(snapshot, clock, moment_ms):
    assert moment_at(snapshot, clock, TEN_MS) == moment_ms


async def test_what_is_written_down_at_the_monitor_stands_in_the_log_of_a_real_engine(real_terminal, sees):
    app = Monitor(real_terminal.folder / "kiosk.sock")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Nobody is checked in.")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press(*"liaison-7", "enter", *PINS["liaison-7"], "enter")
        await sees(pilot, "· Zhao")
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press("1", "enter")
        await sees(pilot, "1  李明")
        await pilot.press("enter")
        await sees(pilot, "What happened?")
        await pilot.press("enter")
        await sees(pilot, "PIN of the second person")
        await pilot.press("enter", *"no badge", "enter", *"leader-2", "enter", *PINS["leader-2"], "enter")
        await sees(pilot, "Written down: 李明 came.", "Here now (1)")
    reader = real_terminal.read_log()
    (head,) = reader.heads()
    logged = [events.decode(raw) for raw in reader.stretch(head.epoch, 0, 1000, 10**6).events]
    reader.close()
    (manual,) = [one for one in logged if isinstance(one, Manual)]
    assert (manual.volunteer, manual.at_ms, manual.entered_by) == ("1", NINE_MS, "liaison-7")
