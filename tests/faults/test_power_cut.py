"""The power goes while people present their badges: the disk keeps only what was synchronised."""

import random
import sqlite3

import pytest

from tests.faults.losing_disk import losing_disk
from tests.faults.shown import Shown, start_victim
from tests.sync.patience import PATIENCE_S


@pytest.fixture
def disk(tmp_path):
    with losing_disk(tmp_path) as disk:
        yield disk


def cut_in_rounds(disk, rounds, chance):
    """Engines on a disk that loses its power after some announcements; what they showed."""
    shown, first = Shown(), 0
    log_file = disk.folder / "log.db"
    for _ in range(rounds):
        to_come = chance.randrange(3, 25)
        with start_victim(log_file, "nowhere", 0, first, 10_000) as victim:
            for line in victim.stdout:
                shown.take(line)
                to_come -= 1
                if to_come == 0:
                    disk.cut_power()
                    break
            # What was announced until it noticed: it can only have been durable before.
            for line in victim.stdout:
                if not line.startswith("not_recorded"):
                    shown.take(line)
                    continue
                victim.kill()
            victim.wait(PATIENCE_S)
        first += 200
        disk.unmount()
        disk.mount()
        shown.check_against(log_file)
    return shown


def test_everything_that_was_shown_survives_power_cuts(disk):
    shown = cut_in_rounds(disk, 4, random.Random(4))
    assert len(shown.epochs) == 4
    assert len(shown.accepted) > 10


@pytest.mark.slow
def test_everything_that_was_shown_survives_many_power_cuts(disk):
    cut_in_rounds(disk, 100, random.Random(5))


def test_the_disk_really_loses_what_was_not_synchronised(disk):
    """The negative control: without the log's synchronous=FULL the rows are gone."""
    connection = sqlite3.connect(disk.folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE kept (number INTEGER)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(20):
        connection.execute("INSERT INTO kept VALUES (?)", (number,))
    disk.cut_power()
    connection.close()
    disk.unmount()
    disk.mount()
    connection = sqlite3.connect(disk.folder / "plain.db")
    (count,) = connection.execute("SELECT count(*) FROM kept").fetchone()
    connection.close()
    assert count < 20
