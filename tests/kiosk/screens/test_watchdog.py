"""A screen tells the service manager that its own loop turns."""

import asyncio
import socket

import pytest

from kiosk.screens.volunteer import VolunteerScreen
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """What systemd would hear."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield heard


async def test_the_watchdog_hears_of_the_screens_loop(engine, tmp_path, notes):
    loop = asyncio.get_running_loop()
    async with VolunteerScreen(tmp_path / "kiosk.sock").run_test():
        assert await asyncio.wait_for(loop.sock_recv(notes, 100), PATIENCE_S) == b"WATCHDOG=1"
        assert await asyncio.wait_for(loop.sock_recv(notes, 100), PATIENCE_S) == b"WATCHDOG=1"
