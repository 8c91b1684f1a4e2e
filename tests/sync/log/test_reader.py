import sqlite3

import pytest

from foundation.errors import LogError
from sync.contract import chain, event_places
from sync.log.reader import LogReader
from tests.sync.samples import NINE_MS, TERMINAL, check_in, open_log


@pytest.fixture
def reader(log, log_file):
    reader = LogReader(log_file, TERMINAL)
    yield reader
    reader.close()


def append(log, count):
    return [log.append(check_in(volunteer, NINE_MS + volunteer)) for volunteer in range(1, count + 1)]


def plant(log_file, statement):
    """Change the file as somebody who first took the guards away."""
    connection = sqlite3.connect(log_file)
    with connection:
        connection.execute("DROP TRIGGER event_is_never_changed")
        connection.execute("DROP TRIGGER event_is_never_deleted")
        connection.execute(statement)
    connection.close()


def test_there_must_be_a_log(tmp_path):
    with pytest.raises(LogError, match=r"no readable log at .*Start the engine first"):
        LogReader(tmp_path / "log.db", TERMINAL)
    assert not (tmp_path / "log.db").exists()


def test_it_can_not_write(reader):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM epoch")


def test_it_sees_what_the_engine_writes_at_once(log, reader):
    for seq in (2, 3, 4):
        log.append(check_in())
        assert reader.heads()[0].head == seq


def test_it_names_every_epoch_in_the_order_of_opening(log_file):
    opened = []
    for count in (3, 0, 5):
        log = open_log(log_file)
        append(log, count)
        opened.append((log.epoch, 1, count + 1))
        log.close()
    reader = LogReader(log_file, TERMINAL)
    assert [(head.epoch, head.oldest, head.head) for head in reader.heads()] == opened
    assert all(head.hash == reader.hash_at(head.epoch, head.head).hex() for head in reader.heads())
    reader.close()


def test_the_hash_before_the_first_event_is_the_epochs_own(log, reader):
    assert reader.hash_at(log.epoch, 0) == chain.genesis(TERMINAL, log.epoch)


def test_there_is_no_hash_where_there_is_no_event(log, reader):
    assert reader.hash_at(log.epoch, 2) is None
    assert reader.hash_at("00" * 16, 1) is None


def test_a_stretch_links_what_came_before_to_what_comes_after(log, reader):
    append(log, 9)
    stretch = reader.stretch(log.epoch, 4, 3, 1_000_000)
    assert (stretch.first, stretch.last) == (5, 7)
    assert stretch.previous == reader.hash_at(log.epoch, 4)
    assert chain.links(stretch.previous, stretch.events)[-1] == reader.hash_at(log.epoch, 7)
    assert [event_places.header_of(encoded).seq for encoded in stretch.events] == [5, 6, 7]


def test_a_stretch_ends_before_it_has_too_many_bytes(log, reader):
    append(log, 9)
    sizes = [len(encoded) for encoded in reader.stretch(log.epoch, 1, 9, 1_000_000).events]
    assert reader.stretch(log.epoch, 1, 9, sum(sizes[:4])).last == 5
    assert reader.stretch(log.epoch, 1, 9, sum(sizes[:4]) - 1).last == 4


def test_a_stretch_holds_at_least_one_event(log, reader):
    append(log, 2)
    assert reader.stretch(log.epoch, 1, 9, 1).last == 2


def test_there_is_no_stretch_behind_the_end(log, reader):
    assert reader.stretch(log.epoch, 1, 9, 1_000) is None
    assert reader.stretch(log.epoch, 7, 9, 1_000) is None
    assert reader.stretch("00" * 16, 0, 9, 1_000) is None


def test_it_knows_when_an_event_happened(log, reader):
    append(log, 3)
    assert reader.wall_ms_of(log.epoch, 3) == NINE_MS + 2
    assert reader.wall_ms_of(log.epoch, 9) is None


def test_it_verifies_the_whole_chain(log_file):
    for count in (3, 4):
        log = open_log(log_file)
        append(log, count)
        log.close()
    reader = LogReader(log_file, TERMINAL)
    assert [end.seq for end in reader.verify()] == [4, 5]
    reader.close()


@pytest.mark.parametrize(
    ("planted", "place"),
    [
        ("UPDATE event SET bytes = replace(bytes, 'badge:2.1', 'badge:9.1') WHERE seq = 3", 3),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 4", 4),
        ("DELETE FROM event WHERE seq = 3", 3),
        ("UPDATE event SET seq = 99 WHERE seq = 6", 6),
    ],
    ids=["bytes", "hash", "deleted", "moved"],
)
def test_it_finds_a_planted_change(log, log_file, reader, planted, place):
    append(log, 5)
    plant(log_file, planted)
    with pytest.raises(LogError, match=f"breaks at seq {place}"):
        list(reader.verify())


def test_it_finds_a_change_in_an_older_epoch(log_file):
    for _ in range(3):
        log = open_log(log_file)
        append(log, 2)
        log.close()
    plant(log_file, "UPDATE event SET hash = zeroblob(32) WHERE ordinal = 2 AND seq = 2")
    reader = LogReader(log_file, TERMINAL)
    with pytest.raises(LogError, match="breaks at seq 2"):
        list(reader.verify())
    reader.close()


def test_behind_archived_events_it_verifies_what_is_kept(log, log_file, reader):
    append(log, 5)
    plant(log_file, "DELETE FROM event WHERE seq < 4")
    assert reader.heads()[0].oldest == 4
    assert [end.seq for end in reader.verify()] == [6]
    assert reader.stretch(log.epoch, 4, 9, 9_999).first == 5
