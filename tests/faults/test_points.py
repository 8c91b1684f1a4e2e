"""The short form of `make faults`: a few rounds of every point; and that the judging of them can fail."""

import subprocess
import sys

import pytest

from tests.faults.points import POINTS, play
from tests.faults.shown import Shown
from tests.sync.samples import check_in, open_log

MORE_CHANCE = [name for name, point in POINTS.items() if point.rounds >= 40]


@pytest.mark.parametrize(
    ("point", "seed"), [*((name, 1) for name in POINTS), *((name, 2) for name in MORE_CHANCE)]
)
def test_everything_that_was_shown_is_there_once(point, seed, tmp_path):
    played = play(point, seed, tmp_path)
    assert played.lost == 0
    assert played.shown >= 3


def test_there_are_500_rounds_in_all():
    assert sum(point.rounds for point in POINTS.values()) == 500


def test_what_was_shown_and_is_not_in_the_log_is_lost(log_file):
    log, shown = open_log(log_file), Shown()
    for number in (1, 2):
        placed = log.append(check_in(number, wall_ms=number))
        shown.take(f"accepted_in {log.epoch} {placed.seq} 1")
    log.close()
    assert shown.missing_from(log_file) == [(log.epoch, 3)]  # it says 2 where 1 was shown
    shown.take(f"accepted_in {log.epoch} 4 1")
    assert shown.missing_from(log_file) == [(log.epoch, 3), (log.epoch, 4)]


def test_one_presentation_that_was_accepted_twice_is_noticed(log_file):
    log = open_log(log_file)
    for _ in range(2):
        log.append(check_in())
    log.close()
    with pytest.raises(AssertionError, match="accepted twice"):
        Shown().missing_from(log_file)


def test_the_table_tells_a_round_and_its_seed():
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--point", "kill -9 before commit", "--seed", "7"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[0].startswith("kill -9 before commit: seeds 7 to 7")
    assert told[-1].startswith("1 rounds: shown ")
    assert told[-1].endswith("lost 0, failed 0")
