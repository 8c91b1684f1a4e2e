"""Runs commands of `muster` against the test's database, with a clock and a folder of its own."""

import msgspec
import pytest
from click.testing import CliRunner

from foundation.clock import SharedClock
from tests.settlement.actors import actor


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch, evening_ms):
    """The centre's folder; its clock stands at eleven in the evening of 2026-03-07 (Shanghai)."""
    SharedClock.create(tmp_path / "clock", evening_ms)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path), shared_clock="clock")
    monkeypatch.setenv("MUSTER_SETTLEMENT", "")
    return tmp_path


@pytest.fixture
def muster(db, folder, monkeypatch):
    """Runs `muster …` and returns what it printed, having compared the exit status."""
    from muster.console import main

    for name in ("Zhao", "Qian", "1001"):
        actor(name)
    monkeypatch.setenv("MUSTER_AS", "zhao")

    def run(*words, status=0, typed=None):
        asked = [*map(str, words), "--config", str(folder / "settlement.toml")]
        done = CliRunner().invoke(main, asked, input=typed)
        assert done.exit_code == status, done.output
        return done.output if status else done.stdout

    return run
