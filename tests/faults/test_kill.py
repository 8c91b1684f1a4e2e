"""`kill -9` at every point between a reading and its light."""

import random
import signal

import pytest

from tests.faults.shown import Shown, start_victim
from tests.sync.patience import PATIENCE_S

POINTS = ("before_commit", "after_commit_before_feedback", "during_purge")


def kill_in_rounds(log_file, point, rounds, chance):
    """One engine after another, each killed at the point after some readings; then one that lives."""
    shown, first = Shown(), 0
    for _ in range(rounds):
        count = chance.randrange(8, 20)
        with start_victim(log_file, point, chance.randrange(2, 8), first, count) as victim:
            for line in victim.stdout:
                shown.take(line)
            assert victim.wait(PATIENCE_S) == -signal.SIGKILL
        first += count
        shown.check_against(log_file)
    with start_victim(log_file, "nowhere", 0, first, 10) as survivor:
        for line in survivor.stdout:
            shown.take(line)
        assert survivor.wait(PATIENCE_S) == 0
    shown.check_against(log_file)
    return shown


@pytest.mark.parametrize("point", POINTS)
def test_everything_that_was_shown_is_there_once_after_kill_9(log_file, point):
    shown = kill_in_rounds(log_file, point, 3, random.Random(point))
    assert len(shown.epochs) == 4
    assert len(shown.accepted) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_everything_that_was_shown_is_there_after_many_kills(log_file, point):
    kill_in_rounds(log_file, point, 160, random.Random(f"many {point}"))
