"""The staff's view over the volunteers' screen: a key opens it, it leaves by itself, no answer is missed."""

import signal

import pytest
from textual.widgets import Input

from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import Login
from kiosk.screens.monitor import at_the_terminal
from kiosk.screens.monitor.at_the_terminal import StaffAtTheTerminal
from kiosk.screens.volunteer import VolunteerScreen
from tests.kiosk.screens.test_in_a_terminal import SCREEN
from tests.kiosk.screens.test_in_a_terminal import run as run  # noqa: PLC0414 - a fixture
from tests.sync.patience import PATIENCE_S

ZOE = Decided(1_760_407_481_000, "camera", "badge", Outcome.ACCEPTED_OUT, name="Zoë Brontë")


@pytest.fixture
def staff(tmp_path):
    return StaffAtTheTerminal(tmp_path / "kiosk.sock")


@pytest.fixture
def logged_in(engine, eventually):
    async def log_in(pilot):
        await eventually(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press(*"zhao", "enter", *"730519", "enter")
        asked = await eventually_heard(engine, eventually, pilot)
        engine.say(Result(asked.request, ok=True, code="logged_in", name="Zhao"))
        await eventually(pilot, lambda: pilot.app._staff.name == "Zhao")

    return log_in


async def eventually_heard(engine, eventually, pilot):
    heard = []

    def asked():
        while not engine.heard.empty():
            heard.append(engine.heard.get_nowait())
        return any(isinstance(one, Login) for one in heard)

    await eventually(pilot, asked)
    return next(one for one in heard if isinstance(one, Login))


@pytest.mark.parametrize("key", ["f2", "asterisk"])
async def test_a_key_of_the_volunteers_screen_asks_for_staff(engine, tmp_path, sees, eventually, key):
    screen = VolunteerScreen(tmp_path / "kiosk.sock")
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "8 here")
        assert not screen.staff_wanted
        await pilot.press(key)
        await eventually(pilot, lambda: screen.staff_wanted and screen._exit)


async def test_it_asks_for_the_log_in_at_once_and_leaves_when_that_is_left(engine, staff, sees, eventually):
    async with staff.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "PIN")
        await pilot.press("escape")
        await eventually(pilot, lambda: staff._exit)


async def test_it_leaves_by_itself_when_nobody_logs_in(engine, staff, monkeypatch, eventually):
    monkeypatch.setattr(at_the_terminal, "LEAVES_AFTER_S", 0)
    async with staff.run_test(size=(100, 30)) as pilot:
        await eventually(pilot, lambda: staff._exit)


async def test_a_volunteer_who_comes_before_anybody_is_logged_in_is_answered(
    engine, staff, tmp_path, sees, eventually
):
    async with staff.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "PIN")
        engine.say(ZOE)
        await eventually(pilot, lambda: staff._exit)
    assert staff.answer == ZOE
    screen = VolunteerScreen(tmp_path / "kiosk.sock", seconds=PATIENCE_S, answer=staff.answer)
    async with screen.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Zoë Brontë", "You checked out at")


async def test_who_is_logged_in_stays_is_told_of_each_answer_and_leaves_by_logging_out(
    engine, staff, logged_in, sees, eventually, monkeypatch
):
    async with staff.run_test(size=(100, 30), notifications=True) as pilot:
        await logged_in(pilot)
        monkeypatch.setattr(at_the_terminal, "LEAVES_AFTER_S", 0)
        engine.say(ZOE)
        await sees(pilot, "✔ out · Zoë Brontë")
        assert not staff._exit
        staff._staff.ended()
        await eventually(pilot, lambda: staff._exit)


def test_at_a_real_terminal_the_views_follow_each_other_and_the_service_can_stop_either(engine, run):
    terminal = run(SCREEN)
    terminal.wait_for("8 here · all sent")
    terminal.type(b"*")
    terminal.wait_for("PIN")
    terminal.type(b"\x1b")  # Escape
    terminal.wait_for("8 here · all sent")
    terminal.type(b"*")
    terminal.wait_for("PIN")
    terminal.program.send_signal(signal.SIGTERM)
    assert terminal.end()[0] == 0
