"""The pauses before a start: they grow while a service keeps failing, and are forgotten once it is calm."""

import pytest

from foundation.restarts import CALM_S, Restarts
from foundation.service_manager import ServiceManager


class Machine:
    """Starts a service, and notes how long it waited."""

    def __init__(self):
        self.now_s = 1000.0
        self.waited = []

    def start(self, *, ran_s=1.0):
        """Start it once, let it run so long, and fail."""
        pauses = []
        restarts = Restarts(lambda: self.now_s)
        restarts.begin(ServiceManager(), pauses.append)
        self.waited.append(sum(pauses))
        self.now_s += ran_s
        return restarts


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", f"{tmp_path}:/run/other")
    return Machine()


def test_they_double_up_to_a_minute(machine):
    for _ in range(10):
        machine.start()
    assert machine.waited == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_calm_time_is_a_new_beginning(machine):
    for _ in range(5):
        machine.start()
    machine.start(ran_s=CALM_S)
    machine.start()
    machine.start()
    assert machine.waited[-2:] == [0, 0]


def test_who_ended_because_it_was_told_to_has_not_failed(machine):
    for _ in range(5):
        machine.start()
    machine.start().forget()
    machine.start()
    assert machine.waited[-1] == 0


def test_told_to_end_while_it_waits_it_begins_anew(machine):
    for _ in range(5):
        machine.start()

    def told_to_end(_seconds):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Restarts(lambda: machine.now_s).begin(ServiceManager(), told_to_end)
    machine.start()
    assert machine.waited[-1] == 0


@pytest.mark.parametrize("content", ["", "{", '{"failures": "many"}', "[]"])
def test_a_torn_account_is_none(machine, tmp_path, content):
    (tmp_path / "starts.json").write_text(content)
    machine.start()
    assert machine.waited == [0]


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_without_a_folder_nobody_waits(monkeypatch, folder):
    monkeypatch.setenv("RUNTIME_DIRECTORY", folder)
    machine = Machine()
    for _ in range(5):
        machine.start()
    assert machine.waited == [0] * 5
