"""Preparing a centre: by real processes, each with a directory of its own."""

import json
import stat
import subprocess
import sys

import pytest

from tests.sync.patience import PATIENCE_S

PREPARE = """
import sys
from pathlib import Path
from foundation.errors import MusterError
from settlement.setup import start
try:
    settings = start(Path(sys.argv[1]))
except MusterError as error:
    sys.exit(str(error))
from settlement.centre import open_centre
centre = open_centre(settings)
print(centre.store, centre.generation, centre.key.public.key_id)
"""


@pytest.fixture
def configure(tmp_path):
    def write(text="", directory=None):
        config = tmp_path / "settlement.toml"
        config.write_text(f"directory = {json.dumps(str(directory or tmp_path / 'centre'))}\n{text}")
        return config

    return write


def prepare(config):
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(process):
    printed, complaint = process.communicate(timeout=PATIENCE_S)
    return process.returncode, printed.strip().rpartition("\n")[2], complaint.strip()


def test_started_three_times_at_once_it_is_one_centre_and_stays_it(own_centre):
    config = own_centre.config
    first = [outcome(process) for process in [prepare(config) for _ in range(3)]]
    assert {code for code, _, _ in first} == {0}, first
    assert len({printed for _, printed, _ in first}) == 1
    assert outcome(prepare(config))[1] == first[0][1]
    for secret in ("secret", "signing.pem"):
        assert stat.S_IMODE((own_centre.folder / secret).stat().st_mode) == 0o600


def test_only_the_centres_account_may_look_into_its_directory(configure, tmp_path):
    assert outcome(prepare(configure()))[0] == 0
    assert stat.S_IMODE((tmp_path / "centre").stat().st_mode) == 0o700


def test_a_demos_database_never_becomes_a_live_one(configure):
    assert outcome(prepare(configure("realm = 'demo'")))[0] == 0
    code, _, complaint = outcome(prepare(configure("realm = 'live'")))
    assert code == 1
    assert "belongs to a demo centre" in complaint


def test_rules_that_were_used_are_not_changed_under_the_same_version(own_centre):
    outcome(prepare(own_centre.configure("[rules]\nversion = 1\ndebounce_s = 60")))
    code, _, complaint = outcome(prepare(own_centre.configure("[rules]\nversion = 1\ndebounce_s = 90")))
    assert code == 1
    assert "Raise `version`" in complaint
    assert outcome(prepare(own_centre.configure("[rules]\nversion = 2\ndebounce_s = 90")))[0] == 0
    assert own_centre.rows("SELECT version FROM settlement_ruleversion ORDER BY 1") == [(1,), (2,)]


def test_a_directory_that_cannot_be_made_is_named(configure, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    code, _, complaint = outcome(prepare(configure(directory=taken / "centre")))
    assert code == 1
    assert str(taken / "centre") in complaint
    assert "may use the file that is named" in complaint


def test_a_file_that_is_no_database_is_named(configure, tmp_path):
    (tmp_path / "centre").mkdir()
    (tmp_path / "centre" / "centre.sqlite3").write_bytes(b"no database at all" * 100)
    code, _, complaint = outcome(prepare(configure()))
    assert code == 1
    assert "database can't be used: file is not a database" in complaint
    assert "Check `database`" in complaint
