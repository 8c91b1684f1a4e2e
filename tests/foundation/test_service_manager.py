"""What the service manager hears, on a real datagram socket."""

import os
import socket

import pytest

from foundation.service_manager import ServiceManager


@pytest.fixture(params=["file", "abstract"])
def heard(request, tmp_path, monkeypatch):
    """Everything that was told since the last call."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        if request.param == "file":
            address = name = str(tmp_path / "notify")
        else:
            address, name = f"\0muster-test-{os.getpid()}", f"@muster-test-{os.getpid()}"
        listener.bind(address)
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", name)

        def take():
            told = []
            try:
                while True:
                    told.append(listener.recv(4096).decode())
            except BlockingIOError:
                return told

        yield take


def test_it_hears_of_a_whole_life(heard):
    manager = ServiceManager()
    manager.ready()
    manager.alive("3 here")
    manager.stopping()
    assert heard() == ["READY=1", "STATUS=3 here", "STOPPING=1"]


def test_a_status_is_told_when_it_changes(heard):
    manager = ServiceManager()
    for status in ("one", "one", "two", ""):
        manager.alive(status)
    assert heard() == ["STATUS=one", "STATUS=two"]


def test_the_watchdog_is_fed_where_there_is_one_and_not_at_each_turn(heard, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    manager = ServiceManager()
    for _ in range(50):
        manager.alive()
    assert heard() == ["WATCHDOG=1"]


def test_another_processes_watchdog_is_left_alone(heard, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    ServiceManager().alive()
    assert heard() == []


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_without_a_manager_nothing_happens(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    manager = ServiceManager()
    manager.ready()
    manager.alive("fine")
    manager.stopping()
