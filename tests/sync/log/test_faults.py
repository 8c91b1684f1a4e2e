"""What the log does when the machine fails it: killed, full, damaged."""

import os
import random
import signal
import subprocess
import sys

import msgspec
import pytest

from foundation.errors import LogDamagedError, LogError
from sync.contract.events import Assurance, Credential, Method
from sync.log import integrity as log_integrity
from sync.log.reader import LogReader
from tests.sync.samples import TERMINAL, check_in, open_log
from tests.sync.small_disk import fill

ROUNDS = 12
WRITERS = """
import os, sys
from pathlib import Path
from foundation.logs import set_up_logs
from tests.sync.samples import check_in, open_log

def write_for_ever():
    print(f"writer {os.getpid()}\\n", end="", flush=True)
    log = open_log(Path(sys.argv[1]))
    while True:
        event = log.append(check_in())
        print(f"{event.epoch} {event.seq}\\n", end="", flush=True)  # in one piece, or a kill cuts it

set_up_logs(as_json=True)
for _ in range(int(sys.argv[2])):
    writer = os.fork() or write_for_ever()
    os.waitpid(writer, 0)
"""


def kill_writers(log_file) -> dict[str, int]:
    """Run writers one after another, each killed in the middle; the last seq of each epoch that was told."""
    appends = random.Random(1)
    told: dict[str, int] = {}
    command = [sys.executable, "-c", WRITERS, log_file, str(ROUNDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as writers:
        for line in writers.stdout:
            said, number = line.split()
            if said == "writer":
                writer, to_come = int(number), appends.randrange(1, 40)
                continue
            told[said] = int(number)
            to_come -= 1
            if to_come == 0:
                os.kill(writer, signal.SIGKILL)
    return told


def kept(log_file) -> dict[str, int]:
    """The head of every epoch, after the whole chain was seen to hold."""
    reader = LogReader(log_file, TERMINAL)
    heads = {end.epoch: end.seq for end in reader.verify()}
    reader.close()
    return heads


def test_every_append_that_was_told_survives_kill_9(log_file):
    told = kill_writers(log_file)
    heads = kept(log_file)
    assert len(told) == ROUNDS
    assert heads.keys() == told.keys()
    assert all(told[epoch] <= heads[epoch] <= told[epoch] + 1 for epoch in told)


def append_for_ever(log):
    while True:
        log.append(check_in())


def test_a_full_disk_is_refused_loses_nothing_and_heals(disk):
    log = open_log(disk / "log.db")
    for volunteer in range(1, 11):
        log.append(check_in(volunteer))
    filler = fill(disk, leave_bytes=65_536)
    with pytest.raises(LogError, match=r"Not recorded: the disk .* is full\. Free some space"):
        append_for_ever(log)
    recorded = log.seq
    assert recorded > 11
    for _ in range(5):
        with pytest.raises(LogError, match="Not recorded"):
            log.append(check_in())
    assert kept(disk / "log.db") == {log.epoch: recorded}
    filler.unlink()
    assert log.append(check_in()).seq == recorded + 1
    log.close()
    assert kept(disk / "log.db") == {log.epoch: recorded + 1}


def test_a_log_can_not_be_opened_on_a_full_disk_and_is_whole_afterwards(disk):
    log = open_log(disk / "log.db")
    log.append(check_in())
    log.close()
    filler = fill(disk, leave_bytes=0)
    with pytest.raises(LogError):
        open_log(disk / "log.db")
    filler.unlink()
    again = open_log(disk / "log.db")
    assert again.append(check_in()).seq == 2
    again.close()
    assert kept(disk / "log.db") == {log.epoch: 2, again.epoch: 2}


def fill_log(log_file, events: int) -> None:
    log = open_log(log_file)
    for volunteer in range(1, events + 1):
        log.append(check_in(volunteer))
    log.close()


@pytest.mark.parametrize("garbage", [b"no database at all, but long enough to be one" * 100, bytes(8192)])
def test_a_file_that_is_no_log_is_refused_and_left_alone(log_file, garbage):
    log_file.write_bytes(garbage)
    with pytest.raises(LogError, match=r"damaged: .*Keep the file"):
        open_log(log_file)
    assert log_file.read_bytes() == garbage


def test_a_torn_page_is_seen(log_file):
    """Half of a page is new and half is old, as after a power cut on a card that lies."""
    fill_log(log_file, 60)
    content = bytearray(log_file.read_bytes())
    page = int.from_bytes(content[16:18])
    pages = len(content) // page
    seen = 0
    for number in range(1, pages):
        torn = bytearray(content)
        torn[number * page : number * page + page // 2] = bytes(page // 2)
        log_file.write_bytes(torn)
        with pytest.raises(LogError, match="damaged"):
            open_log(log_file)
        seen += 1
    assert seen > 5


def test_a_changed_byte_of_an_event_is_seen(log_file):
    fill_log(log_file, 5)
    content = log_file.read_bytes()
    assert content.count(b"badge:3.1") == 1
    log_file.write_bytes(content.replace(b"badge:3.1", b"badge:4.1"))
    with pytest.raises(LogError, match="breaks at seq 4"):
        open_log(log_file)


def test_a_change_among_the_newest_thousand_is_seen_whatever_lies_before(log_file, monkeypatch):
    monkeypatch.setattr(log_integrity, "TAIL_CHECKED", 4)
    fill_log(log_file, 9)
    content = log_file.read_bytes()
    log_file.write_bytes(content.replace(b"badge:7.1", b"badge:8.1"))
    with pytest.raises(LogError, match="breaks at seq 8"):
        open_log(log_file)
    log_file.write_bytes(content.replace(b"badge:2.1", b"badge:8.1"))
    open_log(log_file).close()  # too old for the look at the tail; `muster log verify` finds it
    reader = LogReader(log_file, TERMINAL)
    with pytest.raises(LogError, match="breaks at seq 3"):
        list(reader.verify())
    reader.close()


def test_a_damaged_log_is_not_held(log_file):
    log_file.write_bytes(b"garbage" * 1000)
    with pytest.raises(LogError):
        open_log(log_file)
    log_file.unlink()
    open_log(log_file).close()


def tear_pages(log_file):
    """The file with each page half empty in turn, the first one left whole."""
    content = log_file.read_bytes()
    page = int.from_bytes(content[16:18])
    for number in range(1, len(content) // page):
        torn = bytearray(content)
        torn[number * page : number * page + page // 2] = bytes(page // 2)
        log_file.write_bytes(torn)
        yield


def test_every_torn_page_is_found_by_verifying_however_large_the_log_is(log_file, monkeypatch):
    monkeypatch.setattr(log_integrity, "CHECKED_WHOLE_BYTES", 0)
    fill_log(log_file, 60)
    found = 0
    for _ in tear_pages(log_file):
        with pytest.raises(LogError):
            kept(log_file)
        found += 1
    assert found > 5


def test_a_large_log_is_not_read_to_its_end_before_the_first_reading(log_file, monkeypatch):
    """Else a million events would keep people waiting at every start."""
    monkeypatch.setattr(log_integrity, "CHECKED_WHOLE_BYTES", 0)
    monkeypatch.setattr(log_integrity, "check_pages", lambda *_: pytest.fail("the whole file was read"))
    fill_log(log_file, 5)
    open_log(log_file).close()


def test_a_small_log_is_checked_page_by_page_before_the_first_reading(log_file, monkeypatch):
    checked = []
    monkeypatch.setattr(log_integrity, "check_pages", lambda _, path: checked.append(path))
    open_log(log_file).close()
    assert checked == [log_file]


def test_a_torn_page_that_is_met_in_use_marks_the_log_for_salvage(log_file):
    log = open_log(log_file)
    signed = Credential(Method.CARD, "keyed:a", Assurance.HIGH, 7)
    log.append(msgspec.structs.replace(check_in(), credential=signed))
    log._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = log._connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tap'").fetchone()
    with log_file.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    log._connection.execute("PRAGMA shrink_memory")
    with pytest.raises(LogDamagedError, match="malformed"):
        log.highest_tap("keyed:a")
    assert log_integrity.suspect_mark(log_file).exists()
    log.close()
