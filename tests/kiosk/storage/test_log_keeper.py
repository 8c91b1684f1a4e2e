"""What the engine does for its log between readings: the centre's word, and what may leave."""

import threading

import msgspec
import pytest

from foundation.clock import SharedClock
from kiosk.storage import log_keeper
from kiosk.storage.log_keeper import LogKeeper
from sync.log import integrity as log_integrity
from sync.log.reader import LogReader
from tests.sync.endless_look import make_endless
from tests.sync.model_log import ModelLog, ack_of
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS, TERMINAL, check_in

DAY_MS = 86_400_000


@pytest.fixture
def clock(tmp_path):
    return SharedClock.create(tmp_path / "clock", NINE_MS)


@pytest.fixture
def keeper(tmp_path, clock):
    keeper = LogKeeper(tmp_path / "log.db", TERMINAL, clock, "muster/test")
    for volunteer in range(1, 10):
        keeper.log.append(check_in(volunteer, NINE_MS))
    yield keeper
    keeper.log.close()


def kept(keeper):
    """The kept range of the only epoch, after the chain was seen to hold."""
    reader = LogReader(keeper.log.path, TERMINAL)
    list(reader.verify())
    (head,) = reader.heads()
    reader.close()
    return head.oldest, head.head


def hear(keeper, **changes):
    """The centre says that it holds the first eight events, and has archived the first seven."""
    ack = msgspec.structs.replace(
        ack_of(ModelLog(1), 0, 1),
        epoch=keeper.log.epoch,
        contiguous=8,
        hash=keeper.log.hash_at(keeper.log.epoch, 8).hex(),
        archived=7,
    )
    keeper.acknowledged(msgspec.structs.replace(ack, **changes))


def test_what_is_archived_leaves_after_the_days_of_the_settings(keeper, clock):
    hear(keeper)
    clock.move_to(NINE_MS + 35 * DAY_MS)
    keeper.purge_a_little()
    assert kept(keeper) == (1, 10)
    keeper._purge_due_s = 0
    clock.move_to(NINE_MS + 35 * DAY_MS + 1)
    keeper.purge_a_little()
    assert kept(keeper) == (7, 10)


@pytest.mark.parametrize(
    "lie", [{"hash": "ab" * 32}, {"archived": 9}, {"epoch": "ab" * 16}, {"contiguous": 11}]
)
def test_a_word_that_does_not_fit_this_log_is_not_believed(keeper, clock, lie):
    hear(keeper, **lie)
    clock.move_to(NINE_MS + 99 * DAY_MS)
    keeper.purge_a_little()
    assert kept(keeper) == (1, 10)


def test_nothing_leaves_under_a_clock_that_nobody_vouches_for(keeper, clock):
    hear(keeper)
    clock.set_wrong(NINE_MS + 99 * DAY_MS)
    keeper.purge_a_little()
    assert kept(keeper) == (1, 10)


def test_a_little_at_a_time_until_nothing_is_left_and_then_not_at_each_look(keeper, clock, monkeypatch):
    monkeypatch.setattr("sync.log.writer.PURGED_AT_ONCE", 4)
    monkeypatch.setattr(log_keeper, "PURGED_AT_ONCE", 4)
    hear(keeper)
    clock.move_to(NINE_MS + 99 * DAY_MS)
    oldest = []
    for _ in range(3):
        keeper.purge_a_little()
        oldest.append(kept(keeper)[0])
    assert oldest == [5, 7, 7]
    hear(keeper, archived=8)
    keeper.purge_a_little()
    assert kept(keeper) == (7, 10)


def test_now_and_then_it_notes_which_blocks_hold_which_dates(keeper):
    for _ in range(500):
        keeper.log.append(check_in())
    keeper.purge_a_little()
    noted = keeper.log._connection.execute("SELECT block FROM dated").fetchall()
    assert noted == [(0,)]


def test_an_acknowledgement_is_passed_over_when_the_log_cant_be_read(keeper, clock):
    ack = msgspec.structs.replace(ack_of(ModelLog(1), 0, 1), epoch=keeper.log.epoch, contiguous=8)
    keeper.log._connection.execute("ALTER TABLE event RENAME TO torn")
    keeper.acknowledged(ack)
    keeper.log._connection.execute("ALTER TABLE torn RENAME TO event")
    clock.move_to(NINE_MS + 40 * DAY_MS)
    keeper.purge_a_little()
    assert kept(keeper) == (1, 10)


def test_whoever_still_looks_at_a_large_log_is_stopped_when_it_is_closed(keeper, monkeypatch):
    monkeypatch.setattr(log_integrity, "CHECKED_WHOLE_BYTES", 0)
    looking = make_endless(monkeypatch)
    keeper.begin()
    assert looking.wait(PATIENCE_S)
    keeper.close()
    assert "log-check" not in {thread.name for thread in threading.enumerate()}
