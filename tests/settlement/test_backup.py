"""A backup of a centre: taken while others write, whole or not there, and a centre again once put back."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.settlement.own_centre import ONE_HOUR, SERVER

IDENTITY = """
from settlement.centre import open_centre
from settlement.models import Event
centre = open_centre(settings)
print(centre.store, centre.key.public.key_id, Event.objects.count())
"""
WRITE_FOR_EVER = """
import itertools
from settlement.models import Site
for number in itertools.count():
    Site.objects.create(code=f"a{number}", name="A", zone="UTC")
    Site.objects.create(code=f"b{number}", name="B", zone="UTC")
    if number == 20:
        print("committed", flush=True)
"""
WORK_ON = """
from settlement.models import Site
Site.objects.create(code="south", name="South gate", zone="UTC")
"""
HANDBOOK = Path(__file__).parents[2] / "docs" / "operations.md"
SHIMS = {
    "systemctl": "exit 0",
    "runuser": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    "chown": "",
    "chgrp": "",
    "muster": 'exec "$PYTHON" -m muster "$@" --config "$CONFIG"',
}
"""For what a test must not touch: services and accounts of the machine."""
in_a_file = pytest.mark.skipif(bool(SERVER), reason="a database on a server is not in the backup")


@pytest.fixture
def disk(tmp_path_factory):
    """Where backups go."""
    return tmp_path_factory.mktemp("disk")


def the_only(folder):
    (found,) = folder.iterdir()
    return found


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@in_a_file
def test_put_back_it_is_the_same_centre(own_centre, disk):
    own_centre.run(ONE_HOUR)
    before = own_centre.run(IDENTITY)
    (own_centre.folder / "broker").chmod(0o2750)
    done = own_centre.command("centre", "backup", str(disk))
    assert done.returncode == 0, done.stderr
    backup = the_only(disk)
    assert str(backup) in done.stdout
    assert "The archive is not in it" in done.stdout
    kept = own_centre.config.read_bytes()
    shutil.rmtree(own_centre.folder)
    shutil.copytree(backup / "directory", own_centre.folder)
    assert own_centre.config.read_bytes() == kept
    assert own_centre.run(IDENTITY) == before
    assert mode(own_centre.folder / "broker") == 0o2750


def by_the_handbook(heading, own_centre, disk, tools):
    """Run the first block under a heading, with folders of the test's own."""
    block = HANDBOOK.read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    commands = re.search(r"^```sh centre\n(.*?)^```$", block, re.MULTILINE | re.DOTALL)[1]
    for theirs, ours in (
        ("/var/lib/muster-settlement", str(own_centre.folder)),
        ("/var/backups/muster", str(disk)),
        ("-o muster-settlement -g muster ", ""),
    ):
        commands = commands.replace(theirs, ours)
    tools.mkdir(exist_ok=True)
    for name, script in SHIMS.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    surroundings = {
        "PATH": f"{tools}:{os.environ['PATH']}", "PYTHON": sys.executable, "CONFIG": str(own_centre.config)
    }  # fmt: skip
    done = subprocess.run(
        ["sh", "-eu"],
        input=commands,
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@in_a_file
def test_the_handbook_backs_up_and_restores(own_centre, disk, tmp_path_factory):
    own_centre.run(ONE_HOUR)
    before, tools = own_centre.run(IDENTITY), tmp_path_factory.mktemp("tools")
    by_the_handbook("Backup", own_centre, disk, tools)
    own_centre.run(WORK_ON)
    assert own_centre.rows("SELECT count(*) FROM settlement_site") == [(2,)]
    by_the_handbook("Restore", own_centre, disk, tools)
    assert own_centre.rows("SELECT code FROM settlement_site") == [("north",)]
    assert own_centre.run(IDENTITY) == before
    assert (own_centre.folder / "before-restore" / "centre.sqlite3").exists()


@in_a_file
def test_what_is_secret_stays_secret(own_centre, disk):
    own_centre.command("centre", "prepare")
    own_centre.command("centre", "backup", str(disk))
    backup = the_only(disk)
    assert mode(backup) == 0o700
    secret = ("signing.pem", "pseudonym.key", "secret", "authority/authority.key", "authority/centre.key")
    for name in secret:
        copy, original = backup / "directory" / name, own_centre.folder / name
        assert mode(copy) == 0o600
        assert copy.read_bytes() == original.read_bytes()
    assert {path.name for path in (backup / "directory" / "broker").iterdir()} == {
        "broker.key", "broker.pem", "ca.pem", "revoked.pem",
    }  # fmt: skip


@in_a_file
@pytest.mark.long
def test_it_is_of_one_moment_while_others_write(own_centre, disk):
    own_centre.command("centre", "prepare")
    writer = own_centre.start(WRITE_FOR_EVER, stdout=-1, text=True)
    try:
        assert writer.stdout.readline() == "committed\n"
        for _ in range(3):
            assert own_centre.command("centre", "backup", str(disk)).returncode == 0
            with closing(sqlite3.connect(the_only(disk) / "directory" / "centre.sqlite3")) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                sites = [code for (code,) in copy.execute("SELECT code FROM settlement_site ORDER BY rowid")]
            # What was committed before may still lie beside the database's file; what came later is
            # there up to one moment, without a gap.
            assert len(sites) >= 42
            assert sites == [f"{'ab'[place % 2]}{place // 2}" for place in range(len(sites))]
            shutil.rmtree(the_only(disk))
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


@in_a_file
def test_what_is_half_copied_is_not_there(own_centre, disk):
    own_centre.command("centre", "prepare")
    (own_centre.folder / "signing.pem").unlink()
    done = own_centre.command("centre", "backup", str(disk))
    assert done.returncode == 1
    assert f"{own_centre.folder / 'signing.pem'}: No such file" in done.stderr
    assert list(disk.iterdir()) == []


@in_a_file
def test_a_torn_database_is_no_backup(own_centre, disk):
    own_centre.command("centre", "prepare")
    database = own_centre.folder / "centre.sqlite3"
    with database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 2)
    done = own_centre.command("centre", "backup", str(disk))
    assert done.returncode == 1
    assert "database can't be used" in done.stderr
    assert list(disk.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(own_centre, disk):
    done = own_centre.command("centre", "backup", str(disk / "not-mounted"))
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_a_database_on_a_server_is_told_and_the_keys_are_copied(own_centre, disk):
    own_centre.command("centre", "prepare")
    own_centre.config.write_text(
        f'directory = "{own_centre.folder}"\ndatabase = "postgresql://muster:hidden@localhost/muster"\n'
    )
    done = own_centre.command("centre", "backup", str(disk))
    assert done.returncode == 0, done.stderr
    assert "pg_dump --format=custom" in done.stdout
    assert "hidden" not in done.stdout + done.stderr
    assert (the_only(disk) / "directory" / "signing.pem").exists()
    assert not (the_only(disk) / "directory" / "centre.sqlite3").exists()


@in_a_file
@pytest.mark.long
def test_it_alters_no_table_of_a_version_that_is_newer_or_older(own_centre, disk):
    own_centre.command("centre", "prepare")
    with closing(sqlite3.connect(own_centre.folder / "centre.sqlite3")) as database:
        database.execute("DELETE FROM django_migrations WHERE name = '0017_enrolment'")
        database.commit()
    assert own_centre.command("centre", "backup", str(disk)).returncode == 0
    assert own_centre.rows("SELECT count(*) FROM django_migrations WHERE name = '0017_enrolment'") == [(0,)]
