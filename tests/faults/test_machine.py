"""Clocks that jump, disks that fill, logs that come back from the past, a second engine, no device at all."""

import contextlib
import queue
import shutil
import threading

import pytest

from kiosk.configuration import TerminalDirection
from kiosk.decision import Policy
from kiosk.engine import Engine, stamp_now
from kiosk.local_messages import Decided, Outcome
from sync import events
from sync.log import Log
from sync.log_reader import LogReader
from tests.faults.shown import Shown, start_victim
from tests.faults.victim import APART_MS, EVERYBODY, PEOPLE
from tests.kiosk.samples import PSEUDONYM_KEY, HandClock, index_of, reading, token
from tests.kiosk.terminal_files import Listener, TerminalFolder, end
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL
from tests.sync.small_disk import fill, small_disk

YEAR_MS = 365 * 86_400_000


@contextlib.contextmanager
def engine_on(log_file, shown, clock):
    """A running engine; `present(number)` shows a badge at the clock's time and remembers the answer."""
    log = Log(log_file, TERMINAL, stamp_now(clock), "muster/test")
    announced: queue.SimpleQueue[Decided] = queue.SimpleQueue()
    engine = Engine(
        log=log,
        roster=index_of(EVERYBODY),
        pseudonym_key=PSEUDONYM_KEY,
        policy=Policy(TerminalDirection.TOGGLE, 60),
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


@pytest.mark.parametrize("wrong_ms", [NINE_MS + YEAR_MS, NINE_MS - YEAR_MS, 0], ids=["+1y", "-1y", "1970"])
def test_a_wrong_clock_loses_nothing_and_answers_everybody(log_file, wrong_ms):
    shown = Shown()
    for clock in (HandClock(NINE_MS), HandClock(wrong_ms), HandClock(NINE_MS + 3_600_000)):
        with engine_on(log_file, shown, clock) as present:
            answers = [present(number) for number in range(10)]
        # Also what is refused, because the activity was not open then, is in the log with its reason.
        assert all(answer.seq for answer in answers)
    shown.check_against(log_file)
    assert len(shown.accepted) >= 20


@pytest.mark.parametrize("step_ms", [YEAR_MS, -YEAR_MS, -NINE_MS, 3_600_000, -3_600_000])
def test_a_clock_that_is_set_within_a_shift_changes_no_order(log_file, step_ms):
    shown, clock = Shown(), HandClock()
    with engine_on(log_file, shown, clock) as present:
        before = [present(number).seq for number in range(5)]
        clock.now_ms += step_ms
        during = [present(number).seq for number in range(5, 10)]
        clock.now_ms -= step_ms
        after = [present(number) for number in range(10, 15)]
    assert [*before, *during, *(answer.seq for answer in after)] == list(range(2, 17))
    assert {answer.outcome for answer in after} == {Outcome.ACCEPTED_IN}
    shown.check_against(log_file)


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


def test_a_second_engine_on_the_same_log_ends_and_the_first_goes_on(log_file):
    shown = Shown()
    with engine_on(log_file, shown, HandClock()) as present:
        present(0)
        with start_victim(log_file, "nowhere", 0, 1, 5) as second:
            assert second.stdout.read() == ""
            assert second.wait(PATIENCE_S) == 1
        assert present(1).outcome is Outcome.ACCEPTED_IN
    shown.check_against(log_file)
    assert len(shown.epochs) == 1


def places_of(log_file):
    """The bytes at every place of the log."""
    reader = LogReader(log_file, TERMINAL)
    list(reader.verify())
    places = {
        (head.epoch, number): encoded
        for head in reader.heads()
        for number, encoded in enumerate(reader.stretch(head.epoch, 0, 999, 999_999).events, start=1)
    }
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
        fault = listener.status_where(lambda status: status.devices[0].fault).devices[0].fault
        listener.type("482913")
        assert listener.next(Decided).outcome is Outcome.ACCEPTED_IN
    finally:
        listener.close()
        assert end(engine) == 0
    assert "scanner" in fault
    reader = folder.read_log()
    assert [last.seq for last in reader.verify()] == [2]
    reader.close()


def test_a_torn_page_keeps_the_engine_from_going_on_as_if_nothing_were(log_file):
    with engine_on(log_file, Shown(), HandClock()) as present:
        for number in range(30):
            present(number)
    content = bytearray(log_file.read_bytes())
    page = int.from_bytes(content[16:18])
    content[3 * page : 3 * page + page // 2] = bytes(page // 2)
    log_file.write_bytes(content)
    with start_victim(log_file, "nowhere", 0, 30, 5) as victim:
        assert victim.stdout.read() == ""
    assert victim.returncode == 1
    assert log_file.read_bytes() == content
