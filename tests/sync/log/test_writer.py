import sqlite3
import threading

import msgspec
import pytest

import sync.log.writer
from foundation.errors import LogError, MessageError
from sync.contract import chain, events
from sync.contract.events import (
    Assurance,
    CheckIn,
    ClockState,
    ClockTrust,
    Credential,
    EpochEnd,
    EpochStart,
    Method,
    Refused,
)
from sync.log import schema as log_schema
from sync.log.reader import LogReader
from sync.log.writer import Log
from tests.sync.samples import BOOT, CLOCK, NINE_MS, STAMP, TERMINAL, check_in, open_log


def rows(path, query="SELECT seq, kind, wall_ms, bytes, hash FROM event ORDER BY ordinal, seq"):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def write_directly(path, statement):
    """As somebody with the file and a database tool would."""
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.execute(statement)
    finally:
        connection.close()


def test_its_first_event_opens_an_epoch(log, log_file):
    ((seq, kind, wall_ms, encoded, digest),) = rows(log_file)
    start = events.decode(encoded)
    assert (seq, kind, wall_ms) == (1, "epoch_start", NINE_MS)
    assert isinstance(start, EpochStart)
    assert (start.epoch, start.boot, start.previous, start.software) == (log.epoch, BOOT, None, "muster/test")
    assert digest == chain.link(chain.genesis(TERMINAL, log.epoch), encoded)


def test_what_a_reader_that_stayed_made_of_the_write_ahead_log_is_given_back(log, log_file):
    wal = log_file.with_name("log.db-wal")
    staying = sqlite3.connect(log_file, isolation_level=None)
    staying.execute("BEGIN")
    staying.execute("SELECT count(*) FROM event").fetchone()
    while wal.stat().st_size <= log_schema.WAL_KEPT_BYTES:
        log.append(check_in())
    staying.close()
    grown = wal.stat().st_size
    for _ in range(1_200):  # beyond the checkpoint that SQLite makes every 1,000 pages
        log.append(check_in())
        if wal.stat().st_size < grown:
            break
    assert wal.stat().st_size <= log_schema.WAL_KEPT_BYTES


def test_it_gives_every_event_the_next_number(log, log_file):
    placed = [log.append(check_in(volunteer)) for volunteer in range(1, 6)]
    assert [event.seq for event in placed] == [2, 3, 4, 5, 6]
    assert {event.epoch for event in placed} == {log.epoch}
    assert [row[0] for row in rows(log_file)] == [1, 2, 3, 4, 5, 6]
    assert log.seq == 6


def test_what_it_returns_is_what_it_stored(log, log_file):
    placed = log.append(check_in())
    assert events.decode(rows(log_file)[-1][3]) == placed


def test_it_writes_its_own_terminal_into_every_event(log):
    assert log.append(msgspec.structs.replace(check_in(), terminal="another")).terminal == TERMINAL


def test_the_stored_hashes_are_the_chain_of_the_stored_bytes(log, log_file):
    for volunteer in range(1, 4):
        log.append(check_in(volunteer))
    stored = rows(log_file)
    links = chain.links(chain.genesis(TERMINAL, log.epoch), [row[3] for row in stored])
    assert [row[4] for row in stored] == links


def test_an_event_is_on_the_disk_before_it_is_returned(log, log_file):
    """Another connection sees it at once, and the file was synchronised."""
    log.append(check_in())
    assert len(rows(log_file)) == 2
    assert log._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert log._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_each_opening_draws_an_epoch_that_names_the_one_before(log_file):
    first = open_log(log_file)
    first.append(check_in())
    first.close()
    second = open_log(log_file)
    second.close()
    stored = rows(log_file)
    start = events.decode(stored[-1][3])
    assert first.epoch != second.epoch
    assert start.previous == EpochEnd(first.epoch, 2, stored[1][4].hex())
    assert start.seq == 1


def test_a_second_writer_is_refused_and_the_first_goes_on(log, log_file):
    with pytest.raises(LogError, match="Another engine already writes"):
        open_log(log_file)
    assert log.append(check_in()).seq == 2


def test_it_can_be_opened_again_after_it_was_closed(log_file):
    open_log(log_file).close()
    again = open_log(log_file)
    assert again.append(check_in()).seq == 2
    again.close()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET bytes = x'00'",
        "UPDATE event SET wall_ms = 0 WHERE seq = 2",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = 2",
    ],
)
def test_no_event_is_ever_changed_or_deleted(log, log_file, tampering):
    log.append(check_in())
    before = rows(log_file)
    with pytest.raises(sqlite3.IntegrityError, match="an event is"):
        write_directly(log_file, tampering)
    assert rows(log_file) == before


def test_the_log_itself_can_not_replace_an_event(log, log_file):
    log.append(check_in())
    before = rows(log_file)
    with pytest.raises(sqlite3.IntegrityError, match="an event is deleted only after"):
        log._connection.execute("INSERT OR REPLACE INTO event VALUES (1, 2, 'x', 0, x'00', x'00', x'00')")
    assert rows(log_file) == before


def test_only_what_the_centre_archived_can_be_deleted(log, log_file):
    for volunteer in range(1, 6):
        log.append(check_in(volunteer))
    write_directly(log_file, "UPDATE epoch SET archived = 3")
    with pytest.raises(sqlite3.IntegrityError):
        write_directly(log_file, "DELETE FROM event WHERE seq <= 4")
    write_directly(log_file, "DELETE FROM event WHERE seq <= 3")
    assert [row[0] for row in rows(log_file)] == [4, 5, 6]


def test_a_log_whose_archived_events_were_deleted_opens_again(log_file):
    first = open_log(log_file)
    for volunteer in range(1, 6):
        first.append(check_in(volunteer))
    first.close()
    write_directly(log_file, "UPDATE epoch SET archived = 3")
    write_directly(log_file, "DELETE FROM event WHERE seq <= 3")
    second = open_log(log_file)
    assert events.decode(rows(log_file)[-1][3]).previous.seq == 6
    second.close()


def test_an_event_that_is_too_large_is_refused_and_leaves_no_gap(log):
    with pytest.raises(MessageError, match="exceeds 2048"):
        log.append(msgspec.structs.replace(check_in(), activity="x" * 3000))
    assert log.append(check_in()).seq == 2


def test_it_finds_events_by_their_own_date_in_the_order_of_the_log(log):
    wall_times = [NINE_MS + 1, NINE_MS + 50, NINE_MS - 7, NINE_MS + 20]
    for wall_ms in wall_times:
        log.append(check_in(1, wall_ms))
    found = [events.decode(encoded).wall_ms for encoded in log.since(NINE_MS + 1)]
    assert found == [NINE_MS + 1, NINE_MS + 50, NINE_MS + 20]


def test_a_wrong_date_hides_no_event_behind_it(log_file):
    first = open_log(log_file)
    first.append(check_in(1, NINE_MS))
    first.close()
    unset = Log(log_file, TERMINAL, msgspec.structs.replace(STAMP, wall_ms=0), "muster/test")
    found = [events.decode(encoded) for encoded in unset.since(NINE_MS)]
    unset.close()
    assert [(event.epoch, event.seq) for event in found] == [(first.epoch, 1), (first.epoch, 2)]


def test_opening_notes_which_blocks_hold_which_dates(log_file):
    log = open_log(log_file)
    for _ in range(600):
        log.append(check_in())
    log.close()
    assert rows(log_file, "SELECT count(*) FROM dated") == [(0,)]
    open_log(log_file).close()
    assert rows(log_file, "SELECT block FROM dated") == [(0,), (1,), (2,)]


OTHER_BOOT = "d4" * 16
RTC = ClockTrust(ClockState.RTC)


def refs_of(found) -> list[str]:
    return [event.credential.ref for event in map(events.decode, found) if isinstance(event, CheckIn)]


def logged_at(log, volunteer, boot, mono_ms, wall_ms, clock=CLOCK):
    moment = {"boot": boot, "mono_ms": mono_ms, "wall_ms": wall_ms, "clock": clock}
    log.append(msgspec.structs.replace(check_in(volunteer), **moment))


def test_what_nothing_proves_to_be_older_than_a_moment_is_found_whatever_it_is_dated(log):
    logged_at(log, 1, OTHER_BOOT, 10, NINE_MS + 9_000_000, RTC)
    logged_at(log, 2, OTHER_BOOT, 20, NINE_MS - 1)
    logged_at(log, 3, OTHER_BOOT, 30, 0, RTC)
    logged_at(log, 4, BOOT, 100, NINE_MS - 5_000)
    logged_at(log, 5, BOOT, 200, NINE_MS - 4_000)
    logged_at(log, 6, BOOT, 300, NINE_MS + 1)
    assert refs_of(log.maybe_since(BOOT, 100, NINE_MS, 99)) == [f"badge:{who}.1" for who in (3, 4, 5, 6)]
    assert refs_of(log.maybe_since(BOOT, 201, NINE_MS, 99)) == ["badge:6.1"]
    assert refs_of(log.maybe_since(BOOT, 0, NINE_MS - 1, 99)) == [f"badge:{who}.1" for who in range(1, 7)]
    assert refs_of(log.maybe_since(BOOT, 0, NINE_MS, 2)) == ["badge:5.1", "badge:6.1"]


def test_appending_works_from_another_thread(log):
    thread = threading.Thread(target=log.append, args=(check_in(),))
    thread.start()
    thread.join()
    assert log.seq == 2


def test_its_folder_must_exist(tmp_path):
    with pytest.raises(LogError, match=r"can't be opened.*Check that the folder exists"):
        open_log(tmp_path / "nowhere" / "log.db")


def test_a_log_of_a_newer_version_is_left_alone(log_file):
    open_log(log_file).close()
    write_directly(log_file, f"PRAGMA user_version = {log_schema.VERSION + 1}")
    before = log_file.read_bytes()
    with pytest.raises(
        LogError, match=rf"newer Muster \(schema {log_schema.VERSION + 1}\).*Update this terminal"
    ):
        open_log(log_file)
    assert log_file.read_bytes() == before


def test_the_log_of_another_terminal_is_refused(log_file):
    open_log(log_file).close()
    with pytest.raises(LogError, match="damaged"):
        Log(log_file, "gate-2", STAMP, "muster/test")


def test_a_log_that_could_not_be_opened_is_not_held(log_file):
    """The lock goes with the failure: once the file is put right, it opens."""
    open_log(log_file).close()
    write_directly(log_file, "PRAGMA user_version = 99")
    with pytest.raises(LogError):
        open_log(log_file)
    write_directly(log_file, f"PRAGMA user_version = {log_schema.VERSION}")
    open_log(log_file).close()


def test_tables_that_were_never_finished_are_made_anew(log_file, monkeypatch):
    """As when the power goes while the very first start makes them."""
    monkeypatch.setattr(log_schema, "_NEVER_DELETED", "CREATE TRIGGER broken")
    with pytest.raises(LogError):
        open_log(log_file)
    monkeypatch.undo()
    log = open_log(log_file)
    assert log.append(check_in()).seq == 2
    log.close()
    assert len(list(LogReader(log_file, TERMINAL).verify())) == 1


def test_a_log_of_the_first_version_is_brought_up_to_date(log_file):
    first = open_log(log_file)
    first.append(check_in())
    first.close()
    before = rows(log_file)
    previous = rows(log_file, "SELECT previous FROM event")
    for statement in (
        "DROP TABLE dated",
        "CREATE INDEX event_by_date ON event (wall_ms)",
        "DROP INDEX sms_code_by_date",
        "DROP INDEX wrong_code",
        "ALTER TABLE event DROP COLUMN previous",
        "DROP TABLE lost",
        "PRAGMA user_version = 1",
    ):
        write_directly(log_file, statement)
    open_log(log_file).close()
    assert rows(log_file)[:2] == before
    # The first one's predecessor is the genesis, which everybody can compute.
    assert rows(log_file, "SELECT previous FROM event")[1] == previous[1]
    assert rows(log_file, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql <> ''") == [(3,)]
    assert rows(log_file, "PRAGMA user_version") == [(log_schema.VERSION,)]


def tapped(ref, counter, wall_ms=NINE_MS):
    signed = Credential(Method.CARD, ref, Assurance.HIGH, counter)
    return msgspec.structs.replace(check_in(1, wall_ms), credential=signed)


def test_it_keeps_the_highest_counter_of_each_card_that_signs(log):
    assert log.highest_tap("keyed:a") == -1
    for ref, counter in (("keyed:a", 5), ("keyed:b", 1), ("keyed:a", 300), ("keyed:a", 7)):
        log.append(tapped(ref, counter))
    log.append(check_in())
    assert (log.highest_tap("keyed:a"), log.highest_tap("keyed:b")) == (300, 1)


def test_a_counter_is_kept_with_its_event_or_not_at_all(log, monkeypatch):
    log.append(tapped("keyed:a", 5))
    monkeypatch.setattr(chain, "link", lambda head, encoded: None)
    with pytest.raises(LogError):
        log.append(tapped("keyed:a", 6))
    assert log.highest_tap("keyed:a") == 5


def test_a_text_that_looks_like_a_counter_is_none(log, log_file):
    log.append(msgspec.structs.replace(check_in(), activity='"counter":9'))
    log.append(check_in())
    assert rows(log_file, "SELECT count(*) FROM tap") == [(0,)]


def test_it_finds_the_sms_codes_among_many_days_by_an_index(log, log_file):
    def with_code(name, wall_ms):
        code = Credential(Method.SMS_CODE, f"keyed:{name}", Assurance.MEDIUM)
        return msgspec.structs.replace(check_in(1, wall_ms), credential=code)

    for event in (check_in(), with_code("aa", NINE_MS), check_in(2), with_code("bb", NINE_MS - 1)):
        log.append(event)
    assert [events.decode(one).credential.ref for one in log.sms_codes_since(NINE_MS)] == ["keyed:aa"]
    plan = rows(log_file, f"EXPLAIN QUERY PLAN {sync.log.writer._CODES_SINCE.replace('?', '0')}")
    assert "USING INDEX sms_code_by_date" in plan[0][3]


def test_it_finds_the_newest_wrong_codes_by_an_index_whatever_their_date(log, log_file):
    dates = [NINE_MS, 0, NINE_MS + 10**12, 5]
    for wall_ms in dates:
        log.append(refused("wrong_code", wall_ms))
        log.append(refused("code_used", wall_ms))
    assert [events.decode(one).wall_ms for one in log.wrong_codes(3)] == dates[1:]
    plan = rows(log_file, f"EXPLAIN QUERY PLAN {sync.log.writer._WRONG_CODES.replace('?', '3')}")
    assert "USING INDEX wrong_code" in plan[0][3]


def refused(reason, wall_ms):
    return Refused(terminal=TERMINAL, boot=BOOT, mono_ms=1, wall_ms=wall_ms, clock=STAMP.clock, reason=reason)


def test_threads_may_append_at_once(log, log_file):
    threads = [threading.Thread(target=lambda: [log.append(check_in()) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = LogReader(log_file, TERMINAL)
    assert [end.seq for end in reader.verify()] == [81]
    reader.close()
