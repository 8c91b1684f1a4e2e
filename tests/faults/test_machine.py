"""Clocks that jump, disks that fill, logs that come back from the past, a second engine, no device at all."""

import contextlib
import queue
import shutil
import threading

from foundation.words import Words
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.storage.log_keeper import stamp_now
from sync.contract import events
from sync.contract.events import Alarm
from sync.contract.remote_settings import TerminalDirection
from sync.log.integrity import suspect_mark
from sync.log.reader import LogReader
from sync.log.writer import Log
from tests.english import in_english
from tests.faults.people import EVERYBODY, PEOPLE
from tests.faults.shown import Shown
from tests.faults.stage import APART_MS
from tests.kiosk.samples import PSEUDONYM_KEY, HandClock, index_of, reading, token
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import TERMINAL
from tests.sync.small_disk import fill, small_disk


@contextlib.contextmanager
def engine_on(log_file, shown, clock):
    """A running engine; `present(number)` shows a badge at the clock's time and remembers the answer."""
    log = Log(log_file, TERMINAL, stamp_now(clock), "muster/test")
    announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
    engine = Engine(
        log=log,
        roster=index_of(EVERYBODY),
        pseudonym_key=PSEUDONYM_KEY,
        policy=Policy(TerminalDirection.TOGGLE),
        clock=clock,
        announce=announced.put,
    )
    stop = threading.Event()
    thread = threading.Thread(target=engine.run, args=(stop, lambda: None))
    thread.start()
    shown.take(f"ready {log.epoch}")

    def present(number):
        clock.now_ms += APART_MS
        assert engine.deliver(reading(token(number % PEOPLE + 1), wall_ms=clock.wall_ms()))
        decided = announced.get(timeout=PATIENCE_S)
        shown.take(f"{decided.outcome} {log.epoch} {decided.seq} {decided.volunteer}")
        return decided

    try:
        yield present
    finally:
        stop.set()
        thread.join()
        log.close()


def test_a_full_disk_is_told_to_the_person_and_loses_nothing(tmp_path):
    shown = Shown()
    with small_disk(tmp_path / "disk") as disk:
        with engine_on(disk / "log.db", shown, HandClock()) as present:
            for number in range(10):
                present(number)
            filler = fill(disk, leave_bytes=16_384)
            outcomes = [present(number).outcome for number in range(10, 60)]
            assert outcomes[-1] is Outcome.NOT_RECORDED
            filler.unlink()
            assert present(60).outcome in {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT}
        shown.check_against(disk / "log.db")


def places_of(log_file):
    """The bytes at every place of the log."""
    reader = LogReader(log_file, TERMINAL)
    list(reader.verify())
    rows = reader._connection.execute("SELECT epoch, seq, bytes FROM event JOIN epoch USING (ordinal)")
    places = {(epoch, seq): encoded for epoch, seq, encoded in rows}
    reader.close()
    return places


def test_a_log_restored_from_an_old_copy_uses_no_place_again(log_file, tmp_path):
    shown = Shown()
    with engine_on(log_file, shown, HandClock()) as present:
        present(0)
    shutil.copy(log_file, tmp_path / "copy.db")
    with engine_on(log_file, shown, HandClock()) as present:
        present(1)
    lost = places_of(log_file)
    shutil.copy(tmp_path / "copy.db", log_file)
    with engine_on(log_file, Shown(), HandClock()) as present:
        present(2)
    kept = places_of(log_file)
    assert all(kept[place] == lost[place] for place in kept.keys() & lost.keys())
    # The branch shows: both epochs say that they follow the same one.
    starts = [events.decode(encoded) for (_, seq), encoded in (kept | lost).items() if seq == 1]
    previous = [start.previous.epoch for start in starts if start.previous]
    assert len(previous) == 2
    assert len(set(previous)) == 1


def test_without_any_device_the_terminal_still_takes_what_is_typed(tmp_path):
    folder = TerminalFolder(tmp_path)
    folder.scanner.path.unlink()
    engine = folder.start("engine")
    listener = Listener(folder.folder / "kiosk.sock")
    try:
        trouble = listener.status_where(lambda status: status.devices[0].trouble).devices[0].trouble
        listener.type("482913")
        assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN
    finally:
        listener.close()
        assert end(engine) == 0
    assert "scanner" in in_english(trouble)
    reader = folder.read_log()
    assert [last.seq for last in reader.verify()] == [3]
    reader.close()


def test_a_torn_page_is_salvaged_and_the_terminal_goes_on(tmp_path):
    """What was shown is still there, but for the places that an alarm names; scanning goes on at once."""
    folder = TerminalFolder(tmp_path)
    folder.log_file.parent.mkdir()
    shown = Shown()
    with engine_on(folder.log_file, shown, HandClock()) as present:
        for number in range(60):
            present(number)
    torn = tear(folder.log_file, b"badge:20.1")
    engine = folder.start("engine")
    listener = Listener(folder.folder / "kiosk.sock")
    try:
        (salvaged,) = listener.status_where(lambda status: status.log_troubles).log_troubles
        told = Words("en").what(salvaged)
        listener.type("482913")
        assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN
    finally:
        listener.close()
        assert end(engine) == 0
    (aside,) = folder.log_file.parent.glob("log.db.damaged-*")
    assert aside.read_bytes() == torn
    lost = folder.read_log().lost(shown.epochs[0])
    assert sum(last - first + 1 for first, last in lost) < 20
    assert all(f"{first} to {last}" in told for first, last in lost)
    shown.forget(shown.epochs[0], lost)
    shown.check_against(folder.log_file)
    alarms = [event for event in all_events(folder.log_file) if isinstance(event, Alarm)]
    assert [(alarm.code, alarm.detail) for alarm in alarms] == [("log_salvaged", told[:200])]


def test_a_torn_page_that_is_met_in_use_ends_the_engine_and_the_next_one_salvages(tmp_path):
    folder = TerminalFolder(tmp_path)
    engine = folder.start("engine")
    listener = Listener(folder.folder / "kiosk.sock")
    try:
        listener.next(Snapshot)
        suspect_mark(folder.log_file).touch()  # as the uplink does when it meets one
        assert engine.wait(PATIENCE_S) == 1
        engine = folder.start("engine")
        (salvaged,) = listener.status_where(lambda status: status.log_troubles).log_troubles
        assert "0 events" not in in_english(salvaged)
    finally:
        listener.close()
        assert end(engine) == 0


def tear(log_file, around):
    """Empty half of the page in which this stands; the whole file as it is then."""
    content = bytearray(log_file.read_bytes())
    page = int.from_bytes(content[16:18])
    begin = content.index(around) // page * page
    content[begin : begin + page // 2] = bytes(page // 2)
    log_file.write_bytes(content)
    return bytes(content)


def all_events(log_file):
    """Everything in the log, in its order."""
    return [events.decode(encoded) for encoded in places_of(log_file).values()]
