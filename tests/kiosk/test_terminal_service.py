"""The engine's process as a service: what its manager, Prometheus and the disk see of it."""

import contextlib
import sqlite3

import pytest

from kiosk.local_api.messages import Status
from sync.log.integrity import CHECKED_WHOLE_BYTES
from tests.english import in_english
from tests.hanging import hanging, told_while_it_hangs
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.prometheus import samples_of
from tests.service_manager import Manager
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import NINE_MS, check_in, open_log

DAY_MS = 86_400_000
MIB = 1024 * 1024


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield folder
    folder.scanner.unplug()


@pytest.fixture
def manager(tmp_path, monkeypatch):
    manager = Manager(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    yield manager
    manager.close()


@pytest.fixture
def start(terminal):
    """Start the engine and hear its first status; gives the process and that status."""
    running = []

    def begin():
        listener = Listener(terminal.folder / "kiosk.sock")
        running.append(terminal.start("engine"))
        status = listener.next(Status)
        listener.close()
        return running[-1], status

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_the_service_manager_hears_that_it_is_ready_alive_and_stopping(manager, start):
    engine, _ = start()
    assert manager.hears("READY=1")
    assert manager.hears("STATUS=0 here, 0 events to send")
    assert all(manager.hears("WATCHDOG=1") for _ in range(3))
    assert end(engine) == 0
    assert manager.hears("STOPPING=1")


def test_an_uplink_is_ready_and_alive_while_it_waits_for_a_log_and_once_it_has_one(manager, terminal):
    uplink = terminal.start("uplink")
    try:
        assert manager.hears("STATUS=waits for the engine's log")
        assert manager.hears("READY=1")
        assert all(manager.hears("WATCHDOG=1") for _ in range(3))
        terminal.log_file.parent.mkdir()
        open_log(terminal.log_file).close()
        assert manager.hears("STATUS=not connected, 1 events to send")
        assert all(manager.hears("WATCHDOG=1") for _ in range(3))
        assert end(uplink) == 0
        assert manager.hears("STOPPING=1")
    finally:
        uplink.kill()
        uplink.wait()


HANGS_IN_ITS_LOOP = """
import sys, tests.hanging as hanging
from pathlib import Path
from sync.line.uplink import Uplink
hanging.once_told(Uplink, "_send_what_is_due")
from kiosk.uplink_process import run_uplink
run_uplink(Path(sys.argv[1]))
"""


@pytest.mark.long
def test_an_uplink_that_hangs_tells_no_more(manager, terminal, tmp_path, monkeypatch):
    terminal.log_file.parent.mkdir()
    open_log(terminal.log_file).close()
    monkeypatch.setenv("HANG_WHEN", str(tmp_path / "now"))
    with hanging(HANGS_IN_ITS_LOOP, terminal.settings):
        assert all(manager.hears("WATCHDOG=1") for _ in range(3))
        (tmp_path / "now").touch()
        assert told_while_it_hangs(manager) == 0


def test_prometheus_finds_the_figures_in_the_file_of_the_settings(terminal, start):
    terminal.set(metrics_file="muster.prom")
    start()
    figures = until(lambda: (path := terminal.folder / "muster.prom").exists() and samples_of(path))
    assert figures["muster_head_seq",] == 2
    assert figures["muster_device_ready", "scanner", "scanner"] in {0, 1}


def test_the_disk_has_a_ballast_of_the_size_of_the_settings(terminal, start):
    terminal.set(ballast_mib=3)
    start()
    ballast = terminal.folder / "state" / "log.db.ballast"
    until(ballast.exists)
    assert (ballast.stat().st_size, ballast.stat().st_blocks * 512) == (3 * MIB, 3 * MIB)


def test_what_was_archived_leaves_after_the_days_of_the_settings_and_nothing_sooner(terminal, start):
    terminal.log_file.parent.mkdir()
    log = open_log(terminal.log_file)
    for days in (50, 50, 50, 39, 39, 39):
        log.append(check_in(1, NINE_MS - days * DAY_MS))
    log.purge({log.epoch: 7}, before_wall_ms=0)  # only notes what the centre has archived
    log.close()
    terminal.set(keep_days=40)
    start()

    def oldest_kept():
        reader = terminal.read_log()
        list(reader.verify())
        oldest = reader.heads()[0].oldest
        reader.close()
        return oldest

    until(lambda: oldest_kept() > 1)
    assert oldest_kept() == 5


def make_large_and_torn(log_file) -> None:
    """Let the log have more than is looked at before the start, and one of these pages be empty."""
    with contextlib.closing(sqlite3.connect(log_file)) as database:
        database.execute("CREATE TABLE more (content BLOB)")
        database.execute("INSERT INTO more VALUES (zeroblob(?))", (CHECKED_WHOLE_BYTES,))
        database.commit()
    with log_file.open("r+b") as file:
        file.seek(CHECKED_WHOLE_BYTES // 2 // 4096 * 4096)
        file.write(bytes(4096))


def test_a_torn_page_of_a_large_log_is_found_after_the_start_and_salvaged_at_the_next(terminal, start):
    terminal.log_file.parent.mkdir()
    open_log(terminal.log_file).close()
    make_large_and_torn(terminal.log_file)
    engine = terminal.start("engine")
    try:
        assert engine.wait(PATIENCE_S) == 1
    finally:
        engine.kill()
    _, status = start()
    told = in_english(*status.log_troubles)
    assert told.startswith("The log was torn.")
    assert "missing: none" in told
