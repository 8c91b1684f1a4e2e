"""The doctor as one more client of a real engine's socket."""

import pytest

from drivers.reading import DeviceState
from foundation.trouble import Trouble
from kiosk.checkup.engine import EngineSeen, judge_screen, look_at_engine
from kiosk.settings import KioskFiles
from tests.kiosk.checkup.said import codes
from tests.kiosk.terminal_files import Listener, TerminalFolder, end


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


def test_a_running_engine_tells_its_status_and_its_devices(terminal):
    engine = terminal.start("engine")
    listener = Listener(KioskFiles(terminal.settings).socket)
    try:
        listener.status_where(lambda status: status.devices[0].state == "ready")
        seen = look_at_engine(KioskFiles(terminal.settings).socket)
    finally:
        listener.close()
        end(engine)
    assert judge_screen(seen).said.code == "screen_good"
    assert [(one.device, one.state) for one in seen.devices] == [("scanner", DeviceState.READY)]


def test_an_engine_that_was_stopped_is_to_be_looked_at(terminal):
    seen = look_at_engine(KioskFiles(terminal.settings).socket)
    assert codes(judge_screen(seen)) == {"engine_missing": "look"}
    assert seen.devices == []


def test_a_socket_that_refuses_or_speaks_otherwise_is_broken():
    for code in ("socket_forbidden", "engine_silent", "engine_other_version"):
        assert codes(judge_screen(EngineSeen(trouble=Trouble.of(code)))) == {code: "broken"}
