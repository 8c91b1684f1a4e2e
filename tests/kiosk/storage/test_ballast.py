"""A real small disk that runs full: the reserve, the alarm, the sentence for staff, and the way back."""

import pytest

from foundation.errors import LogError
from kiosk.storage.ballast import Ballast
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import Alarm
from sync.log.reader import LogReader
from tests.english import in_english
from tests.kiosk.samples import HandClock
from tests.sync.samples import TERMINAL, check_in
from tests.sync.small_disk import fill, small_disk

BALLAST = 256 * 1024


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as folder:
        yield folder


def open_keeper(disk):
    return LogKeeper(disk / "log.db", TERMINAL, HandClock(), "muster/test", ballast_bytes=BALLAST)


@pytest.fixture
def keeper(disk):
    keeper = open_keeper(disk)
    keeper.look()
    yield keeper
    keeper.log.close()


def alarms(disk):
    reader = LogReader(disk / "log.db", TERMINAL)
    list(reader.verify())
    (head,) = reader.heads()
    logged = map(events.decode, reader.stretch(head.epoch, 0, 9_999, 10**7).events)
    found = [event.code for event in logged if isinstance(event, Alarm)]
    reader.close()
    return found


def append_for_ever(log):
    while True:
        log.append(check_in())


def ballast_in(disk):
    path = disk / "log.db.ballast"
    return path.stat().st_blocks * 512 if path.exists() else 0


def test_the_room_is_really_taken(keeper, disk):
    assert ballast_in(disk) == BALLAST
    assert (keeper.troubles, alarms(disk)) == ([], [])


def test_a_full_disk_releases_it_tells_everybody_and_goes_on_recording(keeper, disk):
    fill(disk, leave_bytes=0)
    keeper.look()
    assert ballast_in(disk) == 0
    assert "last reserve" in in_english(*keeper.troubles)
    for volunteer in range(1, 10):
        keeper.log.append(check_in(volunteer))
    assert alarms(disk) == ["disk_full"]


def test_nobody_is_turned_away_while_the_disk_runs_full_between_two_looks(keeper, disk):
    fill(disk, leave_bytes=0)
    before = keeper.log.seq
    for volunteer in range(1, 15):
        keeper.log.append(check_in(volunteer))
    assert (keeper.log.seq - before, ballast_in(disk)) == (14, 0)
    keeper.look()
    keeper.look()
    assert alarms(disk) == ["disk_full"]
    assert "last reserve" in in_english(*keeper.troubles)


def test_when_the_reserve_is_used_up_it_refuses_and_has_lost_nothing(keeper, disk):
    fill(disk, leave_bytes=0)
    keeper.look()
    with pytest.raises(LogError, match="Not recorded"):
        append_for_ever(keeper.log)
    recorded = keeper.log.seq
    assert recorded > 10
    reader = LogReader(disk / "log.db", TERMINAL)
    assert [end.seq for end in reader.verify()] == [recorded]
    reader.close()


def test_with_space_again_it_is_made_anew_and_the_sentence_goes(keeper, disk):
    filler = fill(disk, leave_bytes=0)
    keeper.look()
    filler.unlink()
    keeper.look()
    assert (ballast_in(disk), keeper.troubles) == (BALLAST, [])


def test_an_engine_that_starts_on_a_full_disk_starts(disk):
    first = open_keeper(disk)
    first.look()
    first.log.close()
    fill(disk, leave_bytes=0)
    second = open_keeper(disk)
    assert "last reserve" in in_english(*second.troubles)
    assert second.log.append(check_in()).seq == 3
    second.log.close()


def test_a_disk_at_the_edge_does_not_go_back_and_forth(disk):
    ballast = Ballast(disk / "ballast", BALLAST)
    ballast.look()
    fill(disk, leave_bytes=0)
    assert ballast.look()
    # What it gave back is free now, and no reason to take it again.
    assert [ballast.look() for _ in range(3)] == [False] * 3
    assert ballast.released


def test_without_room_for_it_none_is_made(disk):
    fill(disk, leave_bytes=BALLAST)
    ballast = Ballast(disk / "ballast", BALLAST)
    ballast.look()
    assert not (disk / "ballast").exists()


def test_a_size_of_nothing_keeps_none(disk):
    ballast = Ballast(disk / "ballast", 0)
    assert not ballast.look()
    assert not list(disk.iterdir())
