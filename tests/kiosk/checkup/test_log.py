"""A real log, looked at beside whoever writes it: whole, torn, changed, missing."""

import sqlite3
from dataclasses import replace

import pytest

from foundation.trouble import Trouble
from kiosk.checkup.check import Mark
from kiosk.checkup.log import judge_log, look_at_log
from sync.log.integrity import mark_suspect
from tests.kiosk.checkup.said import codes
from tests.sync.samples import NINE_MS, TERMINAL, check_in, open_log

DAY_MS = 86_400_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def log(path):
    opened = open_log(path)
    for volunteer in range(1, 6):
        opened.append(check_in(volunteer, NINE_MS + volunteer))
    yield opened
    opened.close()


def judged(path):
    return judge_log(look_at_log(path, TERMINAL), NINE_MS)


def test_a_log_in_use_is_read_beside_its_writer(path, log):
    seen = look_at_log(path, TERMINAL)
    assert (seen.events, seen.newest_ms) == (log.seq, NINE_MS + 5)
    assert judge_log(seen, NINE_MS).mark is Mark.GOOD
    log.append(check_in(6))
    assert look_at_log(path, TERMINAL).events == log.seq


def test_a_second_epoch_counts_too(path, log):
    before = log.seq
    log.close()
    again = open_log(path)
    seen = look_at_log(path, TERMINAL)
    assert seen.events == before + again.seq
    again.close()


def test_an_event_that_was_changed_breaks_the_chain(path, log):
    log.close()
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER event_is_never_changed")
        database.execute("UPDATE event SET bytes = CAST(bytes AS TEXT) || ' ' WHERE seq = 3")
    database.close()
    assert codes(judged(path)) == {"log_end_broken": "broken"}


def test_another_terminals_log_is_not_this_ones(path, log):
    log.close()
    assert judge_log(look_at_log(path, "gate-2"), NINE_MS).mark is Mark.BROKEN


def test_a_torn_page_is_told_and_nothing_is_written_beside_the_log(path, log):
    log.close()
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    beside = set(path.parent.iterdir())
    assert judged(path).mark is Mark.BROKEN
    assert {one.name for one in set(path.parent.iterdir()) - beside} <= {"log.db-shm", "log.db-wal"}


def test_a_file_that_is_no_log_is_told(path):
    path.write_text("no log at all")
    assert codes(judged(path)) == {"log_damaged": "broken"}


def test_no_log_yet_is_no_damage(path):
    assert codes(judged(path)) == {"log_not_there": "look"}


def test_a_log_that_waits_to_be_salvaged_is_told(path, log):
    mark_suspect(path)
    assert codes(judged(path)) == {"log_to_salvage": "look"}


def test_what_waits_to_be_sent_is_told_and_after_a_day_complained_of(path, log):
    seen = look_at_log(path, TERMINAL)
    waiting = replace(seen, unsent=2, oldest_unsent_ms=NINE_MS)
    assert judge_log(waiting, NINE_MS + DAY_MS).said.arguments["unsent"] == "2"
    late = judge_log(waiting, NINE_MS + DAY_MS + 1)
    assert codes(late) == {"events_wait_long": "look"}
    assert codes(judge_log(replace(waiting, unsent=0), NINE_MS + 9 * DAY_MS)) == {}


def test_what_the_engine_says_of_its_log_is_passed_on(path, log):
    seen = replace(look_at_log(path, TERMINAL), troubles=(Trouble.of("disk_full"),))
    assert codes(judge_log(seen, NINE_MS)) == {"disk_full": "look"}
