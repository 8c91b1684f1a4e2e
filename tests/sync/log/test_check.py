"""Looking at a large log beside the engine that writes it."""

import shutil
import threading

import pytest

from sync.log import check as log_check
from sync.log import integrity as log_integrity
from sync.log.check import LaterCheck
from sync.log.reader import connect_to_read
from tests.sync.endless_look import make_endless
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import check_in, open_log

EVENTS = log_integrity.TAIL_CHECKED + 1_000
_LEAF_OF_TABLE = 0x0D  # https://www.sqlite.org/fileformat2.html#b_tree_pages


@pytest.fixture
def large(monkeypatch):
    """Every log counts as large."""
    monkeypatch.setattr(log_integrity, "CHECKED_WHOLE_BYTES", 0)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "log.db"
    log = open_log(path)
    log._connection.execute("PRAGMA synchronous = OFF")
    for volunteer in range(EVENTS):
        log.append(check_in(volunteer + 1))
    log.note_dates()
    log.close()
    return path


@pytest.fixture
def filled(template, log_file):
    shutil.copy(template, log_file)
    return log_file


def tear_an_old_page(path) -> None:
    """Make half of a page with old events zeroes, as a write that was cut off leaves it."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18])
    with_events = [start for start in range(0, len(content), size) if content[start] == _LEAF_OF_TABLE]
    torn = with_events[len(with_events) // 10]
    content[torn : torn + size // 2] = bytes(size // 2)
    path.write_bytes(content)


def look(path) -> None:
    """One whole check."""
    check = LaterCheck(path)
    check.start()
    check._thread.join(PATIENCE_S)
    check.stop()


@pytest.mark.usefixtures("large")
def test_a_log_in_order_is_not_suspect(filled):
    look(filled)
    assert not log_integrity.suspect_mark(filled).exists()


@pytest.mark.usefixtures("large")
def test_a_torn_page_far_from_the_newest_events_marks_the_log_for_salvage(filled):
    tear_an_old_page(filled)
    log = open_log(filled)
    look(filled)
    log.close()
    assert log_integrity.suspect_mark(filled).exists()


def test_a_small_log_was_looked_at_when_it_was_opened_and_is_not_again(filled):
    tear_an_old_page(filled)
    check = LaterCheck(filled)
    check.start()
    assert check._thread.ident is None
    check.stop()
    assert not log_integrity.suspect_mark(filled).exists()


@pytest.mark.usefixtures("large")
def test_readings_are_logged_while_it_looks(filled, monkeypatch):
    looking, go_on = threading.Event(), threading.Event()
    whole_look = log_integrity.check_pages

    def held_up(connection, path):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM event").fetchone()  # as SQLite holds what it reads
        looking.set()
        assert go_on.wait(PATIENCE_S)
        whole_look(connection, path)

    monkeypatch.setattr(log_check.log_integrity, "check_pages", held_up)
    log = open_log(filled)
    check = LaterCheck(filled)
    check.start()
    assert looking.wait(PATIENCE_S)
    assert log.append(check_in()).seq == 2
    assert log.purge({log.epoch: 1}, before_wall_ms=0) == 0
    go_on.set()
    until(lambda: not check._thread.is_alive())
    check.stop()
    log.close()
    assert not log_integrity.suspect_mark(filled).exists()


@pytest.mark.usefixtures("large")
def test_it_ends_at_once_when_the_engine_does(filled, monkeypatch):
    looking = make_endless(monkeypatch)
    check = LaterCheck(filled)
    check.start()
    assert looking.wait(PATIENCE_S)
    check.stop()
    assert not check._thread.is_alive()
    assert not log_integrity.suspect_mark(filled).exists()


@pytest.mark.usefixtures("large")
def test_the_sqlite_of_this_machine_can_be_interrupted_in_the_middle_of_a_look(filled):
    """What `stop` relies on; SQLite asks once for each of its own steps."""
    asked = []
    connection = connect_to_read(filled)
    connection.set_progress_handler(lambda: asked.append(1), 1)
    log_integrity.check_pages(connection, filled)
    connection.close()
    assert len(asked) > EVENTS


@pytest.mark.usefixtures("large")
def test_a_log_that_is_gone_stops_nobody(log_file):
    check = LaterCheck(log_file)
    check.start()
    check.stop()
