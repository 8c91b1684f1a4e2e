"""A monitor at an engine that only talks, and what the tests of both sides wait for."""

import pytest

from kiosk.local_api.replies import Result
from kiosk.local_api.requests import Login
from kiosk.screens.monitor.page import Monitor


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
        await sees(pilot, "· Zhao", "m  person", "q  quit", "s  log out")

    return _log_in
