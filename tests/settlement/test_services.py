"""The centre's processes as services: what their manager hears, and what it does not hear once they hang."""

import socket
import subprocess
import sys
import threading
import urllib.request

import pytest

from tests.hanging import hanging, told_while_it_hangs
from tests.service_manager import Manager
from tests.settlement.own_centre import IN_PLAIN, OwnCentre
from tests.settlement.real_broker import free_port
from tests.sync.patience import PATIENCE_S

START = """
import sys, tests.hanging as hanging
from pathlib import Path
from settlement.setup import start
settings = start(Path(sys.argv[1]))
from foundation.signals import stop_when_told
"""
LISTENER = """
from settlement.downlink.sender import Sender
hanging.once_told(Sender, "step")
from settlement.ingest.listener import run_listener
run_listener(settings, stop_when_told())
"""
SETTLER = """
from settlement.settling import settler
hanging.once_told(settler, "attribute_again")
settler._ATTRIBUTE_EVERY_S = 0
settler.run_settler(settings, stop_when_told())
"""
ENROLMENT = """
from settlement.enrolment import server
hanging.once_told(server.EnrolmentServer, "process_request")
server.run_enrolment(settings, stop_when_told())
"""
WEB = """
from django.urls import path
from settlement.web import urls
urls.urlpatterns.append(path("hang", hanging.hang))
from settlement.web.serving.server import run_web
run_web(settings, stop_when_told())
"""


class Service:
    """One of the centre's services: its command, its settings, and its port where it has one."""

    def __init__(self, command, script, port, settings):
        self.command = command
        self.script = START + script
        self.port = port
        self.settings = settings


@pytest.fixture
def manager(tmp_path, monkeypatch):
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    monkeypatch.setenv("HANG_WHEN", str(tmp_path / "now"))
    yield manager
    manager.close()


@pytest.fixture(params=["listen", "settle", "web", "enrol-server"])
def service(request, broker):
    port = free_port()
    script = {"listen": LISTENER, "settle": SETTLER, "web": WEB, "enrol-server": ENROLMENT}[request.param]
    return Service(
        request.param,
        script,
        port,
        "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\nshortest_pause_ms = 50\n{IN_PLAIN}'
        f"[web]\nport = {port}\n"
        f'[enrolment]\nhost = "127.0.0.1"\nlisten = "127.0.0.1"\nport = {port}\n',
    )


def started(own_centre, service):
    own_centre.configure(service.settings)
    command = [sys.executable, "-m", "muster", service.command, "--config", str(own_centre.config)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def test_it_tells_that_it_is_ready_alive_and_stopping(service, own_centre: OwnCentre, manager):
    process = started(own_centre, service)
    try:
        assert manager.hears("READY=1")
        assert all(manager.hears("WATCHDOG=1") for _ in range(3))
        process.terminate()
        assert manager.hears("STOPPING=1")
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
def test_whose_work_hangs_tells_no_more_though_the_process_lives_on(
    service, own_centre: OwnCentre, manager, tmp_path
):
    own_centre.configure(service.settings)
    with hanging(service.script, own_centre.config):
        assert all(manager.hears("WATCHDOG=1") for _ in range(3))
        (tmp_path / "now").touch()
        if service.command == "web":
            workers = [
                threading.Thread(target=_ask, args=(service.port, "/hang"), daemon=True) for _ in range(4)
            ]
            for worker in workers:
                worker.start()
            # What it asked itself just before may still be told.
            assert told_while_it_hangs(manager, threads=4) <= 1
            return
        if service.command == "enrol-server":
            socket.create_connection(("127.0.0.1", service.port), PATIENCE_S).close()
        assert told_while_it_hangs(manager) == 0


def _ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S):
            pass
    except OSError:
        pass  # it ends with the test


@pytest.mark.parametrize("service", ["settle"], indirect=True)
def test_another_processes_watchdog_is_left_alone(service, own_centre: OwnCentre, manager, monkeypatch):
    monkeypatch.setenv("WATCHDOG_PID", "1")
    process = started(own_centre, service)
    try:
        assert manager.hears("READY=1")
        process.terminate()
        told = [manager.next()]
        while told[-1] != "STOPPING=1":
            told.append(manager.next())
            assert told[-1]
        assert "WATCHDOG=1" not in told
    finally:
        process.kill()
        process.wait()
