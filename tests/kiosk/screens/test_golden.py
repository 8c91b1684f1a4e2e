"""What the screens show, pinned line by line in three languages.

A changed text or layout fails here. Look at the new picture in `git diff` after
`MUSTER_RENEW_GOLDEN=1 pytest tests/kiosk/screens/test_golden.py`, and commit it if it is meant.
"""

import os
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from foundation.words import LANGUAGES
from kiosk.local_api.messages import Enrolment, EnrolmentStage
from kiosk.local_api.replies import QuestionEnded, Result
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.volunteer import VolunteerScreen
from tests.kiosk.screens.test_enrolment_view import WAITING
from tests.kiosk.screens.test_volunteer import QUESTION

NEEDED = Enrolment(EnrolmentStage.NEEDED)
GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, pictures: list[tuple[str, str]]) -> None:
    text = "\n".join(f"=== {title} ===\n{picture}" for title, picture in pictures)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MUSTER_RENEW_GOLDEN"):
        path.write_text(f"{text}\n", encoding="utf-8")
    assert f"{text}\n" == path.read_text(encoding="utf-8")


@pytest.fixture
def follow(engine, eventually):
    """Says a message and waits until the app has taken and drawn it."""

    async def say(pilot: Pilot, app: EngineApp, message) -> None:
        before = app.state
        engine.say(message)
        await eventually(pilot, lambda: app.state is not before)
        await pilot.pause()

    return say


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_volunteers_screen(engine, recording, tmp_path, shown, eventually, follow, language):
    app = VolunteerScreen(tmp_path / "kiosk.sock", language, seconds=600)
    pictures = []
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: app.state.snapshot)
        await pilot.pause()
        pictures.append(("idle", shown(app)))
        await pilot.press("4", "7")
        await pilot.pause()
        pictures.append(("typing", shown(app)))
        await pilot.press("escape")
        for message in recording[1][:4]:
            await follow(pilot, app, message)
            pictures.append((f"{message.outcome} {message.reason}".strip(), shown(app)))
        await follow(pilot, app, recording[1][0])
        await pilot.press("backspace")
        await pilot.pause()
        pictures.append(("taking back", shown(app)))
        await pilot.press("escape")
        leaves = msgspec.structs.replace(recording[1][1], volunteer=QUESTION.volunteer, language=language)
        await follow(pilot, app, leaves)
        engine.say(msgspec.structs.replace(QUESTION, language=language))
        await eventually(pilot, lambda: "17:00" in shown(app))
        pictures.append(("question", shown(app)))
        engine.say(QuestionEnded(QUESTION.id, "declined"))
        engine.say(Result(1, ok=True, code="declined"))
        await eventually(pilot, lambda: "17:00" not in shown(app))
        pictures.append(("notice", shown(app)))
        for name, stage in (("not enrolled", NEEDED), ("waiting for approval", WAITING)):
            await follow(pilot, app, msgspec.structs.replace(recording[0], demo=False, enrolment=stage))
            pictures.append((name, shown(app)))
        engine.stop()
        await eventually(pilot, lambda: app.state.gone)
        await pilot.pause()
        pictures.append(("out of order", shown(app)))
    compare(f"volunteer.{language}", pictures)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_staffs_view(recording, tmp_path, shown, eventually, follow, language):
    app = Monitor(tmp_path / "kiosk.sock", language)
    pictures = []
    async with app.run_test(size=(100, 30)) as pilot:
        await eventually(pilot, lambda: app.state.snapshot)
        for message in recording[1]:
            await follow(pilot, app, message)
        await pilot.pause()
        pictures.append(("100 x 30", shown(app)))
        await pilot.resize_terminal(80, 24)
        await eventually(pilot, lambda: app.size.width == 80)
        await pilot.pause()
        await pilot.pause()
        pictures.append(("80 x 24", shown(app)))
        await follow(pilot, app, msgspec.structs.replace(recording[0], terminal="", enrolment=WAITING))
        pictures.append(("waiting for approval", shown(app)))
    compare(f"monitor.{language}", pictures)
