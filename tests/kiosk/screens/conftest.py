import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kiosk.local_api import messages as local_messages
from kiosk.local_api.client import LocalClient
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.simulated_engine import SimulatedEngine, read_recording
from kiosk.screens import volunteer
from kiosk.screens.display import display
from kiosk.screens.engine_app import EngineApp
from kiosk.screens.volunteer import VolunteerScreen
from kiosk.screens.volunteer_view import panel
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.patience import PATIENCE_S

RECORDING = Path(local_messages.__file__).parents[2] / "docs" / "pictures" / "recorded-messages.jsonl"

Eventually = Callable[[Pilot, Callable[[], object]], Awaitable[None]]


def text_of(app: EngineApp) -> str:
    """What the terminal shows, line by line, colours aside."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)


def read_of(app: EngineApp) -> str:
    """What people can read: also the texts that large letters draw in blocks, each in a line of its own."""
    if not isinstance(app, VolunteerScreen):
        return text_of(app)
    middle = panel(app.state, app._doing, app.language)
    large = (display(paragraph.text, paragraph.direction) for paragraph in middle.paragraphs)
    return "\n".join((text_of(app), *large))


@pytest.fixture(scope="session")
def shown() -> Callable[[EngineApp], str]:
    return text_of


@pytest.fixture(scope="session")
def recording():
    """The snapshot and the messages that the pictures are made from."""
    return read_recording(RECORDING)


@pytest.fixture
def snapshot(recording) -> Snapshot:
    return recording[0]


@pytest.fixture(autouse=True)
def patient_client(monkeypatch):
    """The engine that only talks sends no status; on a busy machine its silence must not end a session."""
    monkeypatch.setitem(LocalClient.__init__.__kwdefaults__, "silence_ms", 1000 * PATIENCE_S)


@pytest.fixture(autouse=True)
def no_answer_waits_for_another(monkeypatch):
    """What these tests say one after the other is read at once; a test that means it lets answers wait."""
    monkeypatch.setattr(volunteer, "SHOWN_AT_LEAST_S", 0)


@pytest.fixture
def engine(tmp_path, snapshot):
    """An engine that answers at `tmp_path / "kiosk.sock"`."""
    engine = SimulatedEngine(tmp_path / "kiosk.sock", snapshot)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def eventually() -> Eventually:
    """Waits until a condition holds; says what the screen showed when it never does."""

    async def wait(pilot: Pilot, condition: Callable[[], object]) -> None:
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            await pilot.pause(0.02)
            if condition():
                return
        pytest.fail(f"It never came to that. The screen shows:\n{text_of(pilot.app)}")

    return wait


@pytest.fixture(scope="session")
def sees(eventually):
    """Waits until every text can be read on the screen."""

    async def wait(pilot: Pilot, *texts: str) -> None:
        await eventually(pilot, lambda: all(text in read_of(pilot.app) for text in texts))

    return wait


@pytest.fixture
def real_terminal(tmp_path):
    """A terminal's folder, and an engine that runs in it with its scanner."""
    folder = TerminalFolder(tmp_path)
    process = folder.start("engine")
    try:
        listener = Listener(tmp_path / "kiosk.sock")
        listener.status_where(lambda status: status.devices[0].state == "ready")
        listener.close()
        yield folder
        assert end(process) == 0
    finally:
        # Left alone it would go on trying its port, which may be another test's by then.
        process.kill()
        process.wait()
        folder.scanner.unplug()
