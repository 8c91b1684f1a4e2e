"""Torn logs: wherever the file is torn, what could be read is there once, and what is missing is named."""

import errno
import shutil
import sqlite3

import msgspec
import pytest

from foundation.errors import LogError
from foundation.trouble import Trouble
from sync.contract import event_places, events
from sync.contract.events import Assurance, Credential, Method
from sync.line.delivery import Delivery, Verdict
from sync.log import integrity as log_integrity
from sync.log.pages import rows_in_database
from sync.log.reader import LogReader
from sync.log.salvage import open_or_salvage, salvage
from sync.log.writer import hold
from tests.english import in_english
from tests.sync.model_log import ModelLog, ack_of
from tests.sync.samples import NINE_MS, STAMP, TERMINAL, check_in, open_log
from tests.sync.small_disk import fill as fill_disk

PAGE = 4096


def fill(log_file, *lengths):
    """One epoch after another, each of so many check-ins; their names."""
    names = []
    for length in lengths:
        log = open_log(log_file)
        for volunteer in range(1, length + 1):
            log.append(check_in(volunteer))
        log.close()
        names.append(log.epoch)
    return names


def places_of(log_file):
    """Everything in the log by (epoch, seq), after the chain was seen to hold."""
    reader = LogReader(log_file, TERMINAL)
    try:
        list(reader.verify())
        rows = reader._connection.execute("SELECT epoch, seq, bytes FROM event JOIN epoch USING (ordinal)")
        return {(epoch, seq): encoded for epoch, seq, encoded in rows}
    finally:
        reader.close()


def reopen(log_file):
    """As the next engine does: the log and what was salvaged."""
    log, salvaged = open_or_salvage(log_file, TERMINAL, STAMP, "muster/test")
    log.append(check_in(999))
    log.close()
    return log, salvaged


def is_named(salvaged, epoch, seq):
    """Whether the words tell that this place is missing."""
    if salvaged.kept == 0:
        return "everything" in in_english(salvaged.trouble)
    return any(
        span.last is None or (span.epoch == epoch and span.first <= seq <= span.last)
        for span in salvaged.lost
    )


def check(log_file, before, readable):
    """Open a torn log: what is readable is there once, the rest is named, the torn file is kept."""
    torn = log_file.read_bytes()
    log, salvaged = reopen(log_file)
    after = places_of(log_file)
    assert {place: after.get(place) for place in readable} == readable
    assert after.keys() - before.keys() == {(log.epoch, 1), (log.epoch, 2)}
    missing = before.keys() - after.keys()
    if salvaged is None:
        assert not missing
        return None
    assert all(is_named(salvaged, *place) for place in missing), in_english(salvaged.trouble)
    assert salvaged.set_aside.read_bytes() == torn
    assert salvaged.kept == len(after) - 2
    return salvaged


def readable_rows(content):
    """What can still be read in the pages, by the plainest search."""
    found = {}
    for row in rows_in_database(content):
        place = event_places.header_of(row.encoded)
        found[place.epoch, place.seq] = row.encoded
    return found


@pytest.fixture
def whole(tmp_path):
    """A closed log of three epochs, and everything in it."""
    log_file = tmp_path / "whole.db"
    fill(log_file, 40, 0, 90)
    return log_file, places_of(log_file)


def tear(content, page, part):
    """The file with one half of a page empty, or the whole."""
    torn = bytearray(content)
    begin = page * PAGE + (PAGE // 2 if part == "second" else 0)
    end = (page + 1) * PAGE - (PAGE // 2 if part == "first" else 0)
    torn[begin:end] = bytes(end - begin)
    return bytes(torn)


@pytest.mark.parametrize("part", ["first", "second", "whole"])
def test_wherever_a_page_is_torn_nothing_readable_is_lost(whole, log_file, part):
    source, before = whole
    content = source.read_bytes()
    with_loss = 0
    for page in range(len(content) // PAGE):
        for leftover in log_file.parent.glob("log*"):
            leftover.unlink()
        log_file.write_bytes(tear(content, page, part))
        salvaged = check(log_file, before, readable_rows(log_file.read_bytes()))
        with_loss += bool(salvaged and salvaged.kept < len(before))
    assert with_loss > 5


def test_a_file_that_was_cut_short_keeps_what_is_left_of_it(whole, log_file):
    source, before = whole
    content = source.read_bytes()
    for pages in range(1, len(content) // PAGE, 3):
        log_file.write_bytes(content[: pages * PAGE + 100])
        salvaged = check(log_file, before, readable_rows(log_file.read_bytes()))
        assert salvaged


@pytest.mark.parametrize("garbage", [b"no database at all" * 1000, bytes(8192)])
def test_a_file_that_is_no_log_is_set_aside_and_a_new_one_begun(log_file, garbage):
    log_file.write_bytes(garbage)
    log, salvaged = reopen(log_file)
    assert (salvaged.kept, salvaged.set_aside.read_bytes()) == (0, garbage)
    assert places_of(log_file).keys() == {(log.epoch, 1), (log.epoch, 2)}


def leave_unfolded(log_file, count):
    """A log as kill -9 leaves it: everything still in the write-ahead log."""
    log = open_log(log_file)
    for volunteer in range(1, count + 1):
        log.append(check_in(volunteer))
    kept = {path.name: path.read_bytes() for path in log_file.parent.glob("log.db*") if path.is_file()}
    log.close()
    return kept


def put_back(log_file, files):
    for leftover in log_file.parent.glob("log*"):
        leftover.unlink()
    for name, content in files.items():
        log_file.with_name(name).write_bytes(content)


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.8, 0.95])
def test_what_stands_behind_a_torn_frame_of_the_write_ahead_log_is_not_lost_in_silence(log_file, at):
    files = leave_unfolded(log_file, 30)
    del files["log.db-shm"]
    put_back(log_file, files)
    before = places_of(log_file)
    wal = bytearray(files["log.db-wal"])
    frame = 32 + int(len(wal) * at) // (PAGE + 24) * (PAGE + 24)
    wal[frame + 24 : frame + 24 + PAGE // 2] = bytes(PAGE // 2)
    put_back(log_file, files | {"log.db-wal": bytes(wal)})
    log, salvaged = reopen(log_file)
    after = places_of(log_file)
    missing = before.keys() - after.keys()
    assert all(is_named(salvaged, *place) for place in missing)
    assert len(missing) <= 1
    if salvaged:
        assert salvaged.set_aside.with_name(f"{salvaged.set_aside.name}-wal").read_bytes() == wal
    assert places_of(log_file)[log.epoch, 2]


def test_a_whole_write_ahead_log_is_no_reason_to_salvage(log_file):
    files = leave_unfolded(log_file, 30)
    put_back(log_file, files)
    _, salvaged = reopen(log_file)
    assert salvaged is None


def test_a_transaction_that_never_ended_is_no_reason_to_salvage(log_file):
    files = leave_unfolded(log_file, 10)
    frames = len(files["log.db-wal"]) - 32
    del files["log.db-shm"]
    put_back(log_file, files | {"log.db-wal": files["log.db-wal"][: 32 + frames - (PAGE + 24)]})
    _, salvaged = reopen(log_file)
    assert salvaged is None


def test_the_new_epoch_names_the_last_good_place(whole, log_file):
    source, _ = whole
    content = source.read_bytes()
    log_file.write_bytes(tear(content, len(content) // PAGE - 1, "whole"))
    log, _ = reopen(log_file)
    start = events.decode(places_of(log_file)[log.epoch, 1])
    reader = LogReader(log_file, TERMINAL)
    assert reader.hash_at(start.previous.epoch, start.previous.seq).hex() == start.previous.hash
    reader.close()
    kept = [seq for epoch, seq in places_of(log_file) if epoch == start.previous.epoch]
    assert start.previous.seq == max(kept)


def test_the_log_of_another_terminal_is_refused_and_left_alone(log_file):
    fill(log_file, 9)
    content = log_file.read_bytes()
    with pytest.raises(LogError, match="is that of terminal gate-1, this one is gate-2"):
        open_or_salvage(log_file, "gate-2", STAMP, "muster/test")
    assert log_file.read_bytes() == content
    assert not list(log_file.parent.glob("*.damaged-*"))


def test_a_tampered_event_is_lost_by_name_and_the_rest_goes_on(log_file):
    (epoch,) = fill(log_file, 9)
    log_file.write_bytes(log_file.read_bytes().replace(b"badge:7.1", b"badge:8.1"))
    _, salvaged = reopen(log_file)
    assert [in_english(span.term).strip() for span in salvaged.lost] == [f"{epoch[:8]} 8"]
    assert in_english(salvaged.trouble).startswith("The log was torn. 9 events were kept; missing:")
    assert "breaks at seq 8" in in_english(salvaged.reason)


def test_a_second_engine_salvages_nothing(log_file):
    log_file.write_bytes(b"garbage" * 1000)
    with hold(log_file), pytest.raises(LogError, match="Another engine"):
        open_or_salvage(log_file, TERMINAL, STAMP, "muster/test")
    assert log_file.read_bytes() == b"garbage" * 1000


@pytest.mark.parametrize("steps", range(4))
def test_a_salvage_that_was_killed_is_finished_by_the_next_start(whole, log_file, steps):
    """The finished copy stands beside the torn file; the renaming stopped after some steps."""
    source, _ = whole
    content = source.read_bytes()
    log_file.write_bytes(tear(content, 5, "first"))
    readable = readable_rows(log_file.read_bytes())
    salvaged = salvage(log_file, TERMINAL, NINE_MS, "torn")
    pending = log_file.with_name("log.db.salvaged-20261118T010000Z")
    log_file.rename(pending)
    if steps < 1:
        log_file.with_name("log.db-wal").write_bytes(b"of another file")
    if steps < 2:
        salvaged.set_aside.rename(log_file)
    if steps == 3:
        pending.rename(log_file)
    _, again = reopen(log_file)
    assert again is None
    after = places_of(log_file)
    assert readable.items() <= after.items()
    assert len(list(log_file.parent.glob("log.db.damaged-*"))) == 1


def test_a_salvage_that_the_disk_refuses_leaves_everything_where_it_was(disk):
    log_file = disk / "log.db"
    fill(log_file, 50)
    content = tear(log_file.read_bytes(), 3, "whole")
    log_file.write_bytes(content)
    filler = fill_disk(disk, leave_bytes=16_384)
    with pytest.raises(LogError, match=r"Not recorded|can't be salvaged"):
        open_or_salvage(log_file, TERMINAL, STAMP, "muster/test")
    assert log_file.read_bytes() == content
    filler.unlink()
    _, salvaged = reopen(log_file)
    assert salvaged.kept > 40


def test_the_uplink_turns_to_the_new_file_and_delivers_around_what_is_lost(whole, log_file):
    source, _ = whole
    shutil.copy(source, log_file)
    reader = LogReader(log_file, TERMINAL)
    assert not reader.refresh()
    content = source.read_bytes()
    log_file.write_bytes(tear(content, content.index(b"badge:9.1") // PAGE, "whole"))
    _, salvaged = reopen(log_file)
    assert reader.refresh()
    after = places_of(log_file)
    delivery = Delivery(reader)
    delivery.on_connected()
    received = {}
    for _ in range(20):
        stretch = delivery.next_stretch(0)
        if stretch is None:
            break
        for seq, encoded in enumerate(stretch.events, start=stretch.first):
            assert (stretch.epoch, seq) not in received
            received[stretch.epoch, seq] = encoded
        acknowledged = acknowledge(reader, received, stretch.epoch)
        assert delivery.on_ack(acknowledged, 0) in {Verdict.ADVANCED, Verdict.REPEATED}
    assert salvaged.lost
    assert received == after
    assert (delivery.unsent(), delivery.oldest_unsent(), delivery.trouble) == (0, None, None)
    reader.close()


def acknowledge(reader, received, epoch):
    """As the centre: the places without a gap, and the ranges above one."""
    seqs = sorted(seq for held, seq in received if held == epoch)
    contiguous = 0
    while contiguous + 1 in seqs:
        contiguous += 1
    above = [(seq, seq) for seq in seqs if seq > contiguous]
    ack = ack_of(ModelLog(1), 0, 1)
    digest = reader.hash_at(epoch, contiguous)
    return msgspec.structs.replace(
        ack, epoch=epoch, contiguous=contiguous, hash=digest.hex() if digest else "", held=above
    )


def test_a_centre_that_holds_more_than_was_kept_is_believed(log_file):
    (epoch,) = fill(log_file, 30)
    content = log_file.read_bytes()
    connection = sqlite3.connect(log_file)
    (root,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name LIKE '%autoindex_event%'"
    ).fetchone()
    connection.close()
    torn = tear(content, root - 1, "whole")
    newest = torn.rindex(b"badge:30.1") // PAGE
    log_file.write_bytes(tear(torn, newest, "whole"))
    _, salvaged = reopen(log_file)
    assert salvaged.lost[-1].last is None
    reader = LogReader(log_file, TERMINAL)
    delivery = Delivery(reader)
    delivery.on_connected()
    ack = acknowledge(reader, {}, epoch)
    held = msgspec.structs.replace(ack, contiguous=31, hash="ab" * 32)
    assert delivery.on_ack(held, 0) is Verdict.ADVANCED
    assert delivery.trouble is None
    reader.close()


def test_the_counters_of_cards_whose_events_were_purged_are_kept(log_file):
    fill(log_file, 90)
    connection = sqlite3.connect(log_file)
    with connection:
        connection.execute("INSERT INTO tap VALUES ('keyed:ab', 7)")
    connection.close()
    content = log_file.read_bytes()
    log_file.write_bytes(tear(content, content.index(b"badge:9.1") // PAGE, "whole"))
    reopen(log_file)
    connection = sqlite3.connect(log_file)
    assert connection.execute("SELECT * FROM tap").fetchall() == [("keyed:ab", 7)]
    connection.close()


def test_the_counters_of_cards_whose_events_are_there_are_counted_anew(log_file):
    log = open_log(log_file)
    for counter in (3, 9, 4):
        signed = Credential(Method.CARD, "keyed:ab", Assurance.HIGH, counter)
        log.append(msgspec.structs.replace(check_in(), credential=signed))
    log.append(msgspec.structs.replace(check_in(), activity='"counter":9'))
    log.close()
    connection = sqlite3.connect(log_file)
    with connection:
        connection.execute("DROP TABLE tap")
    connection.close()
    log_integrity.suspect_mark(log_file).touch()
    log, _ = open_or_salvage(log_file, TERMINAL, STAMP, "muster/test")
    assert log.highest_tap("keyed:ab") == 9
    log.close()


def test_a_disk_that_fails_meanwhile_is_told_and_the_torn_log_stays(log_file, monkeypatch):
    fill(log_file, 3)
    torn = log_file.read_bytes()

    def fail(*_, **__):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("sync.log.salvage.sync_folder", fail)
    with pytest.raises(LogError, match="can't be salvaged: Input/output error") as refused:
        salvage(log_file, TERMINAL, NINE_MS, Trouble.of("log_damaged"))
    assert "the torn file is where it was" in refused.value.remedy
    assert log_file.read_bytes() == torn
