"""Every fault that a terminal must survive, each as one round on a stage of its own.

A round ends wherever the fault left the terminal; `play` then lets the next life of it begin and counts.
"""

import random
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.log.reader import LogReader
from tests.faults.losing_disk import losing_disk
from tests.faults.people import EVERYBODY
from tests.faults.stage import Life, Stage
from tests.sync.patience import until
from tests.sync.samples import TERMINAL
from tests.sync.small_disk import fill, small_disk

_DAY_MS = 86_400_000
_YEAR_MS = 365 * _DAY_MS
_STRACE = ("strace", "--follow-forks", "--seccomp-bpf", "--quiet=all", "--output=/dev/null")
_RECORDED = {"accepted_in", "accepted_out"}


@dataclass(frozen=True)
class Played:
    """What a round came to: how many acceptances were shown, how many of them are in the log, start-up."""

    shown: int
    lost: int
    start_up_ms: int


def play(name: str, seed: int, folder: Path) -> Played:
    """One round of a point: what the seed makes of the fault, and then a life that must be an ordinary one.

    Raises AssertionError when the terminal doesn't start in time, takes nobody, or when its log is broken.
    """
    stage = Stage(folder, random.Random(f"{name} {seed}"))
    try:
        with POINTS[name].disk(stage):
            POINTS[name].fault(stage)
            survive(stage)
            missing = stage.shown.missing_from(stage.log_file)
    finally:
        stage.close()
    return Played(len(stage.shown.accepted), len(missing), stage.start_up_ms)


def survive(stage: Stage) -> None:
    """The next life starts in time, takes everybody and ends when it is told to."""
    life = stage.life()
    life.starts_in_time()
    for _ in range(3):
        outcome = life.present()
        assert outcome in _RECORDED, f"somebody was told {outcome!r}"
    assert life.end() == 0


# kill -9 ----------------------------------------------------------------------------------------------------


def _killed_at(point: str) -> Callable[[Stage], None]:
    def fault(stage: Stage) -> None:
        life = stage.life(point, stage.chance.randrange(1, 15))
        life.starts_in_time()
        _present_until_dead(life, 20)

    return fault


def _killed_in_a_purge(stage: Stage) -> None:
    life = stage.life("during_purge", stage.chance.randrange(1, 12))
    life.starts_in_time()
    for _ in range(30):
        if not (life.present() and life.obey("purge 10000\n")):
            break
    life.was_killed()


def _killed_in_a_roster_swap(point: str) -> Callable[[Stage], None]:
    """New rosters come while people do; the file that the terminal began with is long gone."""

    def fault(stage: Stage) -> None:
        life = stage.life()
        life.starts_in_time()
        assert life.end() == 0
        assert not stage.roster_file.exists()
        life = stage.life(point, stage.chance.randrange(2, 5))
        life.starts_in_time()
        for version in range(EVERYBODY.version + 1, EVERYBODY.version + 6):
            if not (life.present() and life.obey(f"roster {version}\n")):
                break
        life.was_killed()

    return fault


def _killed_in_a_wipe(stage: Stage) -> None:
    """Keys and a roster were just brought; whatever is there is gone after the next life has begun."""
    life = stage.life("during_wipe", stage.chance.randrange(1, 14))
    life.starts_in_time()
    _present(life, stage.chance.randrange(1, 8))
    stage.bring_files()
    assert not life.obey("wipe\n")
    life.was_killed()
    life = stage.life()
    life.starts_in_time()
    if life.present() in _RECORDED:  # it died before it was noted: the centre says it at each greeting
        assert life.obey("wipe\n")
    assert stage.secrets() == []
    assert life.present() == "refused"
    assert life.end() == 0
    stage.enrol_anew()


def _killed_anywhere(stage: Stage) -> None:
    for _ in range(2):
        life = stage.life()
        life.kill_after(stage.chance.random() * 1.5)
        if life.starts():
            _present_until_dead(life, 100_000)
        else:
            life.was_killed()


def _present_until_dead(life: Life, most: int) -> None:
    assert any(not life.present() for _ in range(most)), "nothing happened to it"
    life.was_killed()


# The disk ---------------------------------------------------------------------------------------------------


def _power_cut(stage: Stage) -> None:
    disk = stage.disk
    for _ in range(2):
        life = stage.life()
        life.starts_in_time()
        for _ in range(stage.chance.randrange(1, 15)):
            assert life.present() in _RECORDED
        disk.cut_power()
        while life.present() in _RECORDED:
            pass
        life.kill()
        disk.restore_power()
        stage.reboot()


def _refused_by_the_disk(calls: str, error: str) -> Callable[[Stage], None]:
    """System calls of the log fail for a while, whenever that begins: when it is opened, or later."""

    def fault(stage: Stage) -> None:
        first = stage.chance.randrange(1, 60)
        when = f"{first}..{first + stage.chance.randrange(1, 8)}"
        inject = f"--inject={calls}:error={error}:when={when}"
        life = stage.life(under=(*_STRACE, f"--trace={calls}", inject))
        if life.starts():
            outcomes = [life.present() for _ in range(15)]
            assert all(outcomes), "it died of it"
        life.end()

    return fault


def _killed_at_a_system_call(stage: Stage) -> None:
    calls = "pwrite64,fdatasync"
    inject = f"--inject={calls}:signal=SIGKILL:when={stage.chance.randrange(1, 90)}"
    life = stage.life(under=(*_STRACE, f"--trace={calls}", inject))
    if life.starts():
        any(not life.present() for _ in range(40))
    life.kill()


def _full_disk(stage: Stage) -> None:
    life = stage.life()
    life.starts_in_time()
    for _ in range(stage.chance.randrange(1, 10)):
        assert life.present() in _RECORDED
    filler = fill(stage.state, leave_bytes=stage.chance.randrange(0, 65_536))
    outcomes = [life.present() for _ in range(60)]
    assert outcomes[-1] == "not_recorded", "the disk was not full"
    if stage.chance.random() < 0.5:
        life.kill()
        filler.unlink()
    else:
        filler.unlink()
        until(lambda: life.present() in _RECORDED)
        assert life.end() == 0


def _torn_page(stage: Stage) -> None:
    """Half of a page is emptied while the terminal is off; what it names as lost is not asked for."""
    life = stage.life()
    life.starts_in_time()
    for _ in range(stage.chance.randrange(5, 60)):
        assert life.present() in _RECORDED
    assert life.end() == 0
    content = bytearray(stage.log_file.read_bytes())
    (page,) = struct.unpack_from(">H", content, 16)
    begin = stage.chance.randrange(len(content) // page) * page + stage.chance.choice((0, page // 2))
    content[begin : begin + page // 2] = bytes(page // 2)
    stage.log_file.write_bytes(content)
    survive(stage)
    reader = LogReader(stage.log_file, TERMINAL)
    for epoch in stage.shown.epochs:
        stage.shown.forget(epoch, reader.lost(epoch))
    reader.close()


def _old_copy(stage: Stage) -> None:
    """The log comes back from a copy: what was shown since is gone from it, and no place is used again."""
    life = stage.life()
    life.starts_in_time()
    _present(life, stage.chance.randrange(0, 8))
    if stage.chance.random() < 0.5:
        assert life.end() == 0
    else:
        life.kill()
    copy = stage.folder / "copy"
    shutil.copytree(stage.state, copy)
    known = len(stage.shown.accepted), len(stage.shown.epochs)
    life = stage.life()
    life.starts_in_time()
    _present(life, stage.chance.randrange(1, 8))
    life.kill()
    shutil.rmtree(stage.state)
    copy.rename(stage.state)
    stage.shown.put_aside(*known)


# The clock --------------------------------------------------------------------------------------------------


def _wrong_clock(off_ms: int | None) -> Callable[[Stage], None]:
    """A boot with a wrong clock between two with a right one; None is 1970."""

    def fault(stage: Stage) -> None:
        for wrong in (False, True, False):
            right_ms = stage.wall_ms
            stage.clock_is_right = not wrong
            if wrong:
                stage.wall_ms = right_ms + off_ms if off_ms is not None else 0
            life = stage.life()
            life.starts_in_time()
            before = stage.wall_ms
            _take_everybody(life, stage.chance.randrange(3, 15))
            life.kill()
            stage.wall_ms = right_ms + (stage.wall_ms - before)
            stage.reboot()

    return fault


def _stepped_clock(stage: Stage) -> None:
    stage.clock_is_right = False
    life = stage.life()
    life.starts_in_time()
    for _ in range(4):
        _take_everybody(life, stage.chance.randrange(1, 6))
        step_ms = stage.chance.choice((60_000, 3_600_000, _DAY_MS, _YEAR_MS, 30 * _YEAR_MS))
        stage.wall_ms += stage.chance.choice((-1, 1)) * step_ms
    assert life.end() == 0


def _take_everybody(life: Life, count: int) -> None:
    """So many people come, and none of them is turned away, nor held for somebody who was there before."""
    outcomes = [life.present() for _ in range(count)]
    assert _RECORDED.issuperset(outcomes), outcomes


def _present(life: Life, count: int) -> None:
    """So many people come, and each is answered from the log, accepted or not."""
    for _ in range(count):
        outcome = life.present()
        assert outcome
        assert outcome != "not_recorded"


# Company and loneliness -------------------------------------------------------------------------------------


def _two_engines(stage: Stage) -> None:
    first = stage.life()
    first.starts_in_time()
    _present(first, stage.chance.randrange(1, 8))
    second = stage.life()
    assert not second.starts()
    assert second.end() == 1
    _present(first, 3)
    if stage.chance.random() < 0.5:
        first.kill()
    else:
        assert first.end() == 0


def _every_device_unplugged(stage: Stage) -> None:
    """The terminal starts with its only device, or without; it comes and goes while people are typed in."""
    if stage.chance.random() < 0.5:
        stage.scanner.unplug()
    life = stage.life()
    life.starts_in_time()
    for _ in range(2):
        _present(life, stage.chance.randrange(1, 5))
        stage.scanner.unplug()
        _present(life, stage.chance.randrange(1, 5))
        stage.scanner.plug_in()
    assert life.scan(stage.scanner), "the device did not return"
    assert life.end() == 0


# All of them ------------------------------------------------------------------------------------------------


@contextmanager
def _ordinary_disk(_: Stage) -> Iterator[None]:
    yield


@contextmanager
def _disk_that_loses_power(stage: Stage) -> Iterator[None]:
    with losing_disk(stage.folder) as stage.disk:
        stage.state.symlink_to(stage.disk.folder)
        yield


@contextmanager
def _disk_of_one_megabyte(stage: Stage) -> Iterator[None]:
    with small_disk(stage.state):
        yield


@dataclass(frozen=True)
class Point:
    """A fault, how many of 500 rounds it gets, and the disk that it needs."""

    rounds: int
    fault: Callable[[Stage], None]
    disk: Callable[[Stage], AbstractContextManager[None]] = _ordinary_disk


POINTS: Mapping[str, Point] = {
    "kill -9 before commit": Point(40, _killed_at("before_commit")),
    "kill -9 after commit before feedback": Point(40, _killed_at("after_commit_before_feedback")),
    "kill -9 during purge": Point(40, _killed_in_a_purge),
    "kill -9 before a roster's rename": Point(15, _killed_in_a_roster_swap("before_rename")),
    "kill -9 after a roster's rename": Point(15, _killed_in_a_roster_swap("after_rename")),
    "kill -9 before a roster is logged": Point(15, _killed_in_a_roster_swap("before_config_applied")),
    "kill -9 during a wipe": Point(15, _killed_in_a_wipe),
    "kill -9 anywhere": Point(35, _killed_anywhere),
    "kill -9 at a system call": Point(35, _killed_at_a_system_call),
    "power cut": Point(45, _power_cut, _disk_that_loses_power),
    "fdatasync fails (EIO)": Point(25, _refused_by_the_disk("fdatasync", "EIO")),
    "write fails (EIO)": Point(20, _refused_by_the_disk("pwrite64", "EIO")),
    "write fails (ENOSPC)": Point(20, _refused_by_the_disk("pwrite64", "ENOSPC")),
    "disk full": Point(20, _full_disk, _disk_of_one_megabyte),
    "torn page": Point(25, _torn_page),
    "clock +1 year": Point(10, _wrong_clock(_YEAR_MS)),
    "clock -1 year": Point(10, _wrong_clock(-_YEAR_MS)),
    "clock 1970": Point(10, _wrong_clock(None)),
    "clock stepped in a shift": Point(20, _stepped_clock),
    "two engines": Point(15, _two_engines),
    "old copy of the log": Point(20, _old_copy),
    "every device unplugged": Point(10, _every_device_unplugged),
}
