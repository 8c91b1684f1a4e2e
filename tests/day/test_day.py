"""That generated days come out exactly: a short one always, one of 400 volunteers among the slow tests."""

import contextlib
import sqlite3
import subprocess
import sys
from collections import Counter

import pytest

from muster.demo.day import How
from sync.contract import events
from sync.contract.events import CheckIn, CheckOut, Manual, Method
from tests.day.generated import MISTAKES, generate

SHORT_WITHIN_S, LONG_WITHIN_S = 900, 3600


def play(folder, volunteers, seed, within_s, *more):
    """Play a day in a process of its own, for the centre's database belongs to a process; what it printed."""
    options = ["--volunteers", str(volunteers), "--seed", str(seed)]
    played = subprocess.run(
        [sys.executable, "-m", "tests.day", str(folder), *options, *more],
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-6000:] + played.stderr[-6000:]
    assert played.stdout.rstrip().endswith("expected = settled")
    assert methods_at_the_centre(folder) == set(Method)


def methods_at_the_centre(folder):
    """How people presented themselves, as the events say that the centre holds."""
    with contextlib.closing(sqlite3.connect(folder / "site" / "centre" / "centre.sqlite3")) as database:
        stored = [events.decode(raw) for (raw,) in database.execute("SELECT raw FROM settlement_event")]
    methods = {one.credential.method for one in stored if isinstance(one, CheckIn | CheckOut)}
    return methods | {Method.MANUAL for one in stored if isinstance(one, Manual)}


@pytest.mark.timeout(SHORT_WITHIN_S)
def test_a_day_with_power_cuts_a_wrong_clock_and_every_mistake_comes_out_exactly(tmp_path):
    play(tmp_path, 25, 1, SHORT_WITHIN_S)


@pytest.mark.timeout(SHORT_WITHIN_S)
@pytest.mark.long
def test_a_day_with_an_hour_in_1970_comes_out_exactly(tmp_path):
    play(tmp_path, 25, 2, SHORT_WITHIN_S, "--woke-up-in", "1970")


@pytest.mark.slow
@pytest.mark.timeout(LONG_WITHIN_S)
def test_a_day_of_400_volunteers_comes_out_exactly(tmp_path):
    play(tmp_path, 400, 400, LONG_WITHIN_S)


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_kind_of_credential_and_every_mistake_occurs(seed):
    day = generate(volunteers=400, mistakes_percent=5, seed=seed)
    assert {step.how for step in day.step} == {
        How.CAMERA,
        How.SCANNER,
        How.WEDGE,
        How.TAG,
        How.ID_CARD,
        How.CARD,
        How.NUMBER_PAD,
        How.KEYPAD,
        How.TEXT,
        How.STAFF,
    }
    assert len({step.at for step in day.step}) == len(day.step)
    assert len({expected.who for expected in day.expected}) == 400
    mistakes = Counter((step.outcome, step.reason) for step in day.step if step.reason)
    assert {reason for _, reason in mistakes} == {
        "debounce",
        "wrong_code",
        "code_used",
        "replayed_tap",
        "expired_badge",
        "expired_phone",
        "forged_badge",
        "revoked_credential",
        "unknown_credential",
    }
    assert mistakes.total() >= len(MISTAKES)
    assert sum(expected.seconds == 0 for expected in day.expected) >= 6


def test_a_seed_always_draws_the_same_day():
    assert generate(60, 5, 3) == generate(60, 5, 3)
    assert generate(60, 5, 3) != generate(60, 5, 4)
