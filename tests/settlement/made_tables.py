"""A database that holds today's tables and nothing else, made once and copied for whoever needs one.

Migrations take ten seconds of a CPU; each worker needs tables, as does each test that starts processes.
What was made in a file is kept in `build/tables`, under a name that changes with the sources. On a server
it is a template.
"""

import fcntl
import functools
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from tests.sync.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("MUSTER_TEST_POSTGRESQL")
TEMPLATE = "muster_tables"
"""The database on the server that others are copies of; nobody may be connected to it."""

_MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
"""
_ANY_LOCK = 4_711


def tables_in_a_file() -> Path:
    """The file of such a database; to be copied, never opened."""
    kept = ROOT / "build" / "tables"
    file = kept / f"{_digest()}.sqlite3"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever else wants it waits until it is made
        if not file.exists():
            for old in kept.glob("*.sqlite3"):
                old.unlink()
            with tempfile.TemporaryDirectory() as folder:
                _migrate(Path(folder), "")
                made = Path(folder) / "centre.sqlite3"
                with closing(sqlite3.connect(made)) as database:
                    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                part = kept / "part"
                part.write_bytes(made.read_bytes())
                part.rename(file)
    return file


def make_on_server(name: str) -> None:
    """Make a database of that name with the tables on the server. PostgreSQL only."""
    with psycopg.connect(f"{SERVER}postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ANY_LOCK,))
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone()
        if not known:
            making = f"{TEMPLATE}_unfinished"
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            with tempfile.TemporaryDirectory() as folder:
                _migrate(Path(folder), f"database = {json.dumps(f'{SERVER}{making}')}\n")
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(making), sql.Identifier(TEMPLATE)
                )
            )
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )


def empty_again() -> None:
    """Let the test process's own database hold the tables and nothing else, as at the beginning."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        for beside in ("-wal", "-shm"):
            Path(f"{name}{beside}").unlink(missing_ok=True)
        shutil.copyfile(tables_in_a_file(), name)
    else:
        with psycopg.connect(f"{SERVER}postgres", autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        make_on_server(name)


def _migrate(folder: Path, more: str) -> None:
    config = folder / "settlement.toml"
    config.write_text(f"directory = {json.dumps(str(folder))}\n{more}", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", _MIGRATE], capture_output=True, text=True, check=False, timeout=PATIENCE_S,
        env={**os.environ, "MUSTER_SETTLEMENT": str(config),
             "DJANGO_SETTINGS_MODULE": "settlement.django_settings"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@functools.cache
def _digest() -> str:
    """Of all that could make other tables; migrations import nothing else of ours."""
    versions = (sys.version, sqlite3.sqlite_version, version("django"), version("django-allauth"))
    seen = hashlib.sha256(repr(versions).encode())
    centre = ROOT / "settlement"
    for file in (centre / "django_settings.py", *sorted((centre / "migrations").glob("*.py"))):
        seen.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.hexdigest()[:24]
