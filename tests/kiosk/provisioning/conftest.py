"""Terminals in folders, with a roster and without one."""

import pytest

from kiosk.settings import KioskFiles
from tests.kiosk.provisioning.small_terminal import SmallTerminal
from tests.kiosk.samples import ISSUER, HandClock
from tests.kiosk.terminal_files import TerminalFolder


@pytest.fixture
def folder(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "state").mkdir()
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def start(folder):
    """Start the terminal, again if need be; the one before has ended then."""
    running = []

    def begin(more: str = "") -> SmallTerminal:
        clock = running[-1].clock if running else HandClock()
        if running:
            running[-1].log.close()
        if more:
            folder.write_settings(1, more)
        running.append(SmallTerminal(KioskFiles(folder.settings), clock))
        return running[-1]

    yield begin
    for terminal in running[-1:]:
        terminal.log.close()


WITHOUT_ROSTER = f'badge_issuers = ["{ISSUER.public.raw.hex()}"]\nzone = "Asia/Shanghai"'


@pytest.fixture
def bare(folder, start):
    """A terminal that has no roster yet."""
    (folder.folder / "roster.json").unlink()
    return start(WITHOUT_ROSTER)
