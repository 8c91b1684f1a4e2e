"""What staff do about the machine: only with a session, and never anywhere but where it belongs."""

import queue

import pytest

from foundation.clock import SystemClock
from kiosk.checkin.device_trial import TRIED_WITHIN_MS, DeviceTrials
from kiosk.local_api.replies import Checked, Checkup, DeviceTried, Stick, Sticks
from kiosk.local_api.requests import Examine, ExportLog, ListSticks, TryDevice
from kiosk.settings import KioskFiles
from kiosk.staff.upkeep import MachineUpkeep
from tests.kiosk.samples import HandClock, reading, token
from tests.kiosk.staff.staffed_terminal import Client
from tests.kiosk.staff.staffed_terminal import Terminal as Staffed
from tests.kiosk.terminal_files import TerminalFolder


class Terminal:
    def __init__(self, folder) -> None:
        self.files = TerminalFolder(folder)
        self.clock, self.tried, self.sticks, self.delivered = HandClock(), [], [], []
        self.trials = DeviceTrials(lambda one: bool(self.delivered.append(one)), lambda _: None)
        self.upkeep = MachineUpkeep(
            KioskFiles(self.files.settings),
            SystemClock(),
            trials=self.trials,
            devices=lambda: ["scanner"],
            describe=lambda one, language: f"{one.presented} in {language}",
            examine=lambda: [Checked("disk", "good")],
            tell_tried=self.tried.append,
            find_sticks=lambda: self.sticks,
        )

    def ask(self, request):
        heard = queue.SimpleQueue()

        class Asker:
            tell = staticmethod(heard.put)

        self.upkeep.take(request, Asker(), "liaison-7")
        return None if heard.empty() else heard.get(), heard


@pytest.fixture
def terminal(tmp_path):
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.files.scanner.unplug()


def test_what_is_presented_is_told_to_staff_and_to_the_people_and_recorded_nowhere(terminal):
    told, later = terminal.ask(TryDevice(3, "scanner", "zh-Hans"))
    assert told is None
    terminal.trials.deliver(reading(token(1), device="scanner"))
    assert later.get_nowait() == DeviceTried(3, "scanner", "code in zh-Hans")
    assert (terminal.tried, terminal.delivered) == (["scanner"], [])


def test_staff_are_told_when_nothing_came_and_when_it_could_not_be_read(terminal):
    _, later = terminal.ask(TryDevice(3, "scanner"))
    terminal.trials.unreadable("scanner")
    assert later.get_nowait() == DeviceTried(3, "scanner", "")
    _, later = terminal.ask(TryDevice(4, "scanner"))
    terminal.trials.beat(SystemClock().mono_ms() + 2 * TRIED_WITHIN_MS)
    assert later.get_nowait().code == "nothing_read"
    told, _ = terminal.ask(TryDevice(5, "nothing"))
    assert told.code == "no_such_device"


def test_the_page_and_the_sticks_are_told(terminal):
    assert terminal.ask(Examine(1))[0] == Checkup(1, [Checked("disk", "good")])
    terminal.sticks = [Stick("/media/stick", 5)]
    assert terminal.ask(ListSticks(2))[0] == Sticks(2, terminal.sticks)


def test_the_log_goes_to_a_stick_that_is_there_and_nowhere_else(terminal, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    assert terminal.ask(ExportLog(1, str(tmp_path / "elsewhere")))[0].code == "no_such_stick"
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    "request_", [TryDevice(1, "scanner"), Examine(1), ListSticks(1), ExportLog(1, "/media/stick")]
)
def test_nobody_asks_for_it_without_a_session(tmp_path, request_):
    terminal = Staffed(tmp_path)
    try:
        assert terminal.ask(request_, Client()).code == "not_logged_in"
        assert terminal.upkeep == []
    finally:
        terminal.stop()
