"""A centre of a test's own, for tests that start processes: its settings file and its database.

The database is a file, or a new one on the server that MUSTER_TEST_POSTGRESQL names (tests/postgresql.py).
"""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg

from tests.settlement.made_tables import SERVER, make_on_server, tables_in_a_file
from tests.sync.patience import PATIENCE_S

_HERE = str(Path(__file__).parent)
_PRELUDE = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from settlement.setup import start
settings = start(Path({config!r}))
"""

IN_PLAIN = 'ca_file = ""\ncertificate_file = ""\nkey_file = ""\n'
"""Lines of [broker] for a broker that knows nobody by certificates."""

ACCOUNT = """
from actors import actor
actor("zhao")
"""
"""Somebody with an account, whom `command` acts as."""

ONE_HOUR = """
from paper_terminal import NOON_MS, PaperTerminal
from settlement.centre import open_centre
from settlement.ingest.ingest import ingest
from settlement.models import Activity, PhaseChange, Site, Volunteer
from settlement.settling.settler import settle_dirty
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
PhaseChange.objects.create(activity=activity, phase="executing", from_ms=0)
Volunteer.objects.create(number=1001, display_name="Mei")
terminal = PaperTerminal()
terminal.enrol(site)
terminal.check_in(wall_ms=NOON_MS)
terminal.check_out(wall_ms=NOON_MS + 3_600_000)
ingest(terminal.batch_topic, terminal.batch(), NOON_MS + 7_200_000, centre=open_centre(settings))
settle_dirty(NOON_MS + 86_400_000)
"""
"""A centre with one site, one terminal, one volunteer and one settled hour, not yet reviewed."""


class OwnCentre:
    def __init__(self, folder, *, has_tables=False):
        self.folder = folder
        if has_tables and not SERVER:
            shutil.copyfile(tables_in_a_file(), folder / "centre.sqlite3")
        self.config = folder / "settlement.toml"
        self._database = f"muster_{secrets.token_hex(8)}"
        if SERVER and has_tables:
            make_on_server(self._database)
        elif SERVER:
            self._on_server(f"CREATE DATABASE {self._database}")
        self.configure()

    def configure(self, text=""):
        database = f"database = {json.dumps(SERVER + self._database)}\n" if SERVER else ""
        self.config.write_text(f"directory = {json.dumps(str(self.folder))}\n{database}{text}")
        return self.config

    def rows(self, query):
        """What the database answers, seen from outside."""
        if SERVER:
            with psycopg.connect(SERVER + self._database) as connection:
                return connection.execute(query).fetchall()
        file = f"file:{self.folder}/centre.sqlite3?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as database:
            return database.execute(query).fetchall()

    def dump(self):
        """Every row of every table of ours, as text."""
        listed = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if SERVER
            else "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        tables = sorted(name for (name,) in self.rows(listed) if name.startswith("settlement_"))
        return {name: sorted(map(repr, self.rows(f"SELECT * FROM {name}"))) for name in tables}

    def start(self, script, **options):
        """Start a Python script that begins where the centre is prepared; `settings` are its settings."""
        prelude = _PRELUDE.format(here=_HERE, config=str(self.config))
        return subprocess.Popen([sys.executable, "-c", prelude + script], **options)

    def run(self, script):
        """Run such a script to its end; returns what it printed."""
        process = self.start(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        printed, complaint = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, complaint
        return printed

    def run_unprepared(self, script):
        """Run such a script to its end where nothing is prepared yet; returns what it printed."""
        ran = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=PATIENCE_S,
            env={**os.environ, "MUSTER_SETTLEMENT": str(self.config),
                 "DJANGO_SETTINGS_MODULE": "settlement.django_settings"},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def command(self, *words):
        """Run `muster` with the words of a command and this centre's settings, to its end."""
        given = [sys.executable, "-m", "muster", *words, "--config", str(self.config)]
        acts = {**os.environ, "MUSTER_AS": "zhao"}
        return subprocess.run(
            given, capture_output=True, text=True, check=False, timeout=PATIENCE_S, env=acts
        )

    @property
    def url(self):
        """Where the database is. PostgreSQL only."""
        return SERVER + self._database

    def connect(self):
        """A connection of the test's own. PostgreSQL only."""
        return psycopg.connect(SERVER + self._database)

    def others(self):
        """How many connections there are beside the one that asks. PostgreSQL only."""
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        return self.rows(f"{counted}pg_backend_pid()")[0][0]

    def cut_connections(self):
        """End every connection to this centre's database; answers how many there were. PostgreSQL only."""
        with psycopg.connect(f"{SERVER}postgres", autocommit=True) as connection:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self._database,)
            )
            return len(cut.fetchall())

    def set_for_all(self, name, value):
        """Let a setting hold for every new connection to this centre's database. PostgreSQL only."""
        self._on_server(f"ALTER DATABASE {self._database} SET {name} = {value}")

    def drop(self):
        if SERVER:
            self._on_server(f"DROP DATABASE {self._database} WITH (FORCE)")

    @staticmethod
    def _on_server(command):
        with psycopg.connect(f"{SERVER}postgres", autocommit=True) as connection:
            connection.execute(command)
