"""Preparing a centre: by real processes, each with a directory of its own."""

import json
import shutil
import stat
import subprocess
import sys

import pytest

from sync.contract.signing import SigningKey
from tests.settlement.own_centre import ACCOUNT, SERVER
from tests.sync.patience import PATIENCE_S

PREPARE = """
import sys
from pathlib import Path
from foundation.errors import MusterError
from settlement.setup import start
try:
    settings = start(Path(sys.argv[1]), new_keys="--new-keys" in sys.argv)
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


def prepare(config, *more):
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE, str(config), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


ANY_KEY = SigningKey.from_seed(b"k" * 32)
KEYS = ("signing.pem", "pseudonym.key")
on_a_server = pytest.mark.skipif(SERVER is None, reason="a database in a file is of one machine")


@pytest.fixture
def second_machine(own_centre, tmp_path_factory):
    """Another machine's folder, with settings that name the same database."""
    folder = tmp_path_factory.mktemp("second")
    config = folder / "settlement.toml"
    ours = own_centre.config.read_text()
    config.write_text(ours.replace(json.dumps(str(own_centre.folder)), json.dumps(str(folder))))
    return config


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


def test_what_the_first_process_signs_the_next_one_believes(own_centre):
    sign = "from django.core.signing import Signer\nprint(Signer().sign('log-in'))"
    first = own_centre.run(sign).splitlines()[-1]
    assert own_centre.run(sign).splitlines()[-1] == first


def test_rules_that_were_used_are_not_changed_under_the_same_version(own_centre):
    outcome(prepare(own_centre.configure("[rules]\nversion = 1\ndebounce_s = 60")))
    code, _, complaint = outcome(prepare(own_centre.configure("[rules]\nversion = 1\ndebounce_s = 90")))
    assert code == 1
    assert "Raise `version`" in complaint
    assert outcome(prepare(own_centre.configure("[rules]\nversion = 2\ndebounce_s = 90")))[0] == 0


def test_rules_hold_once_somebody_puts_them_in_force(own_centre):
    outcome(prepare(own_centre.configure("[rules]\nversion = 1")))
    own_centre.run(ACCOUNT)
    own_centre.configure("[rules]\nversion = 2\ndebounce_s = 90")
    said = "SELECT version_id, since, reason FROM settlement_rulechange ORDER BY id"
    assert outcome(prepare(own_centre.config))[0] == 0
    assert own_centre.rows(said) == [(1, None, "")]
    done = own_centre.command("rules", "apply", "--from", "2026-03-07", "--reason", "the board decided")
    assert done.returncode == 0, done.stderr
    assert "Version 2 holds from 2026-03-07 on." in done.stdout
    assert [(number, str(since), why) for number, since, why in own_centre.rows(said)][1:] == [
        (2, "2026-03-07", "the board decided")
    ]
    assert "the board decided" in own_centre.command("rules", "versions").stdout
    own_centre.configure("[rules]\nversion = 2\ndebounce_s = 91")
    assert "Raise `version`" in outcome(prepare(own_centre.config))[2]


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


@on_a_server
def test_two_machines_start_at_once_on_one_empty_database(own_centre, second_machine):
    own_centre.folder.joinpath("signing.pem").write_bytes(ANY_KEY.pem())
    own_centre.folder.joinpath("pseudonym.key").write_text("ab" * 32)
    for name in KEYS:
        shutil.copy(own_centre.folder / name, second_machine.parent)
    started = [prepare(config) for config in (own_centre.config, second_machine) for _ in range(2)]
    ended = [outcome(process) for process in started]
    assert {code for code, _, _ in ended} == {0}, ended
    assert len({printed for _, printed, _ in ended}) == 1


@on_a_server
def test_a_second_machine_makes_no_keys_of_its_own(own_centre, second_machine):
    _, first, _ = outcome(prepare(own_centre.config))
    for missing in KEYS:
        code, _, complaint = outcome(prepare(second_machine))
        assert code == 1
        assert f"{second_machine.parent / missing} is missing here" in complaint
        assert "Copy it from the machine" in complaint
        assert not (second_machine.parent / missing).exists()
        shutil.copy(own_centre.folder / missing, second_machine.parent)
    assert outcome(prepare(second_machine))[:2] == (0, first)


@pytest.mark.parametrize("name", KEYS)
def test_another_key_than_the_databases_stops_the_start_and_is_named(own_centre, name):
    outcome(prepare(own_centre.config))
    kept = (own_centre.folder / name).read_bytes()
    other = ANY_KEY.pem() if name == "signing.pem" else b"cd" * 32
    (own_centre.folder / name).write_bytes(other)
    code, _, complaint = outcome(prepare(own_centre.config))
    assert code == 1
    assert f"{own_centre.folder / name} holds another key" in complaint
    (own_centre.folder / name).write_bytes(kept)
    assert outcome(prepare(own_centre.config))[0] == 0


def test_lost_keys_are_made_anew_only_when_asked_for(own_centre):
    _, first, _ = outcome(prepare(own_centre.config))
    (own_centre.folder / "signing.pem").unlink()
    assert outcome(prepare(own_centre.config))[0] == 1
    code, second, _ = outcome(prepare(own_centre.config, "--new-keys"))
    assert (code, second.split()[0]) == (0, first.split()[0])
    assert second != first
    assert outcome(prepare(own_centre.config))[1] == second


def test_a_database_that_knows_no_keys_yet_takes_those_of_this_machine(own_centre):
    forget = "from settlement.models import Store\nStore.objects.update(signing_key='', pseudonym_key='')"
    own_centre.run(forget)
    known = "SELECT length(signing_key), length(pseudonym_key) FROM settlement_store"
    assert own_centre.rows(known) == [(0, 0)]
    assert outcome(prepare(own_centre.config))[0] == 0
    assert own_centre.rows(known) == [(64, 64)]
