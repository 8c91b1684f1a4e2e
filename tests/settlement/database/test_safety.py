"""What could be lost after it was acknowledged or decided: refused at the start, or told."""

import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from settlement.database.safety import is_weak
from tests.settlement.own_centre import SERVER
from tests.sync.patience import until

on_a_server = pytest.mark.skipif(SERVER is None, reason="only a server answers before it has stored")
in_a_file = pytest.mark.skipif(SERVER is not None, reason="where a server keeps its database is not told")
BESIDE = "on the same disk as the database"
ASYNCHRONOUS = "standby follows asynchronously"


@pytest.fixture
def another_disk(tmp_path):
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@in_a_file
@pytest.mark.parametrize("command", ["prepare", "archive"])
def test_an_archive_on_the_databases_disk_is_told(own_centre, command):
    own_centre.configure('archive_folder = "kept/archive"\n')
    done = own_centre.command("centre", command)
    assert done.returncode == 0, done.stderr
    assert f"{own_centre.folder / 'kept' / 'archive'} lies {BESIDE}" in done.stdout
    assert "`archive_folder`" in done.stdout


@in_a_file
def test_an_archive_on_another_disk_is_as_it_should_be(own_centre, another_disk):
    own_centre.configure(f'archive_folder = "{another_disk}/archive"\n')
    assert BESIDE not in own_centre.command("centre", "prepare").stdout


@in_a_file
def test_of_a_demo_nothing_needs_to_last(own_centre):
    own_centre.configure('realm = "demo"\n')
    assert BESIDE not in own_centre.command("centre", "prepare").stdout


@pytest.mark.parametrize(
    ("commit", "standbys", "weak"),
    [
        ("off", "", True),
        ("off", "b", True),
        ("local", "b", True),
        ("local", "", False),
        ("on", "", False),
        ("on", "b", False),
        ("remote_write", "b", False),
        ("remote_apply", "b", False),
    ],
)
def test_a_commit_must_be_on_the_disk_and_at_the_standby_that_is_waited_for(commit, standbys, weak):
    assert is_weak(commit, standbys) is weak


@on_a_server
@pytest.mark.parametrize("command", [("listen",), ("web",), ("centre", "prepare")])
def test_a_server_that_answers_before_it_stored_is_refused(own_centre, command):
    own_centre.set_for_all("synchronous_commit", "off")
    done = own_centre.command(*command)
    assert done.returncode == 1
    assert "synchronous_commit = off" in done.stderr
    assert "Set synchronous_commit = on" in done.stderr


@on_a_server
def test_a_standby_that_is_not_waited_for_is_told(own_centre, tmp_path):
    assert ASYNCHRONOUS not in own_centre.command("centre", "prepare").stdout
    follower = subprocess.Popen(
        ["pg_receivewal", "--no-loop", "--directory", str(tmp_path), "--dbname", SERVER + "postgres"]
    )
    try:
        until(lambda: replicas() == ["async"])
        done = own_centre.command("centre", "prepare")
    finally:
        follower.terminate()
        follower.wait()
    assert done.returncode == 0, done.stderr
    assert ASYNCHRONOUS in done.stdout


def replicas():
    with psycopg.connect(SERVER + "postgres") as connection:
        return [
            state for (state,) in connection.execute("SELECT DISTINCT sync_state FROM pg_stat_replication")
        ]
