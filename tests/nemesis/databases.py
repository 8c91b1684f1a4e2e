"""The centre's database of a round: a file, or a PostgreSQL server of its own; both can be put back."""

import contextlib
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg

from tests.nemesis.death import kill_with_children, tell_family
from tests.postgresql import binaries
from tests.sync.patience import until

OWNER = "postgres" if os.geteuid() == 0 else None


class Database(Protocol):
    """What a line needs of it. Those of one file or server can do what faults want of them beside."""

    url: str

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Restorable(Database, Protocol):
    """A database that can be copied, put back and held."""

    def copy(self, place: Path) -> None:
        """A backup, taken while everything runs."""

    def put_back(self, place: Path) -> None:
        """Restore a backup; nobody may be connected."""

    def locked(self) -> "contextmanager[None]": ...


class SqliteFile:
    """The centre's own file."""

    def __init__(self, centre: Path) -> None:
        self.url = ""
        self.file = centre / "centre.sqlite3"

    def start(self) -> None:
        """A file needs no server."""

    def stop(self) -> None:
        """A file needs no server."""

    def copy(self, place: Path) -> None:
        with closing(sqlite3.connect(self.file)) as here, closing(sqlite3.connect(place)) as there:
            here.backup(there)

    def put_back(self, place: Path) -> None:
        for old in self.file.parent.glob(f"{self.file.name}*"):
            old.unlink()
        shutil.copyfile(place, self.file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with closing(sqlite3.connect(self.file, isolation_level=None, timeout=60)) as holding:
            holding.execute("BEGIN EXCLUSIVE")
            yield
            holding.execute("ROLLBACK")


class PostgresServer:
    """A server on a copy of a prepared cluster, with everything that makes a COMMIT durable."""

    options: tuple[str, ...] = ()
    """More of PostgreSQL's settings, as NAME=VALUE."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = folder
        self.binaries = binaries
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://muster@{quote(str(folder / 'socket'), safe='')}/centre"

    @classmethod
    def make(cls, folder: Path) -> "PostgresServer":
        """A new cluster, with an empty database."""
        made = cls(folder, binaries())
        folder.mkdir()
        folder.chmod(0o755)
        for name in ("data", "socket"):
            own_folder(folder / name)
        made.command("initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
                     "--username=muster", f"--pgdata={folder / 'data'}")  # fmt: skip
        made.start()
        made.on_server("CREATE DATABASE centre")
        return made

    def another(self, folder: Path) -> "PostgresServer":
        """A server on a copy of this cluster, which must be stopped."""
        shutil.copytree(self.folder, folder, copy_function=shutil.copy2, ignore=_no_sockets)
        if OWNER:
            owner = pwd.getpwnam(OWNER)
            for path in folder.rglob("*"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
        return PostgresServer(folder, self.binaries)

    def command(self, name: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, to its end."""
        done = subprocess.run(
            [str(self.binaries / name), *arguments],
            user=OWNER, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        more = [word for option in self.options for word in ("-c", option)]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k",
                 str(self.folder / "socket"), "-c", "listen_addresses=", "-c", "max_connections=60", *more],
                user=OWNER, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        until(self._answers)

    def _answers(self) -> bool:
        try:
            self.on_server("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()
            self._server = None

    def kill(self) -> None:
        """Signal 9 for the server and everything it started."""
        assert self._server
        kill_with_children(self._server.pid)
        self._server.wait()
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._server = None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the server and everything it started."""
        assert self._server
        tell_family(self._server.pid, number)

    def copy(self, place: Path) -> None:
        self._tool("pg_dump", "--format=custom", f"--file={place}", f"--dbname={self.url}")

    def put_back(self, place: Path) -> None:
        self.on_server("DROP DATABASE centre WITH (FORCE)")
        self.on_server("CREATE DATABASE centre")
        self._tool("pg_restore", f"--dbname={self.url}", str(place))

    def _tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries / name), *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @contextmanager
    def locked(self) -> Iterator[None]:
        with psycopg.connect(self.url) as holding:
            _lock(holding, "settlement_event", "settlement_chain")
            yield
            holding.rollback()

    def cut_connections(self) -> None:
        """End every connection to the centre's database."""
        self.on_server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'centre'")

    def on_server(self, command: str) -> None:
        """A command beside the centre's database."""
        with psycopg.connect(self.url.replace("/centre", "/postgres"), autocommit=True) as connection:
            connection.execute(command)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """What the centre's database answers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query).fetchall()


def own_folder(folder: Path) -> None:
    """A new folder that is PostgreSQL's alone."""
    folder.mkdir(mode=0o700)
    if OWNER:
        shutil.chown(folder, OWNER, OWNER)


def _lock(holding: psycopg.Connection, *tables: str) -> None:
    """Where somebody who works with them deadlocks with this, it is this that gives way and tries again."""
    while True:
        with contextlib.suppress(psycopg.errors.DeadlockDetected):
            holding.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            return
        holding.rollback()


def _no_sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".s.") or name in {"postmaster.pid", "server.log"}]
