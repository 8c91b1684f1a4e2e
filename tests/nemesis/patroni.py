"""Two PostgreSQL servers of which Patroni makes one the primary, by a lease that etcd keeps.

Everything runs from the round's folder, with Debian's packages `patroni` and `etcd-server`; no service of the
system is touched.
"""

import base64
import json
import os
import signal
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path

import psycopg

from tests.nemesis.clusters import url_of
from tests.nemesis.databases import OWNER, PostgresServer, own_folder
from tests.nemesis.death import kill_with_children
from tests.nemesis.packages import program
from tests.sync.live_broker import free_port
from tests.sync.patience import until

_RULES = {
    "ttl": 20,
    "loop_wait": 3,
    "retry_timeout": 5,
    "synchronous_mode": True,
    "postgresql": {"use_pg_rewind": True, "parameters": {"synchronous_commit": "remote_apply"}},
}


class Node:
    """One server and the Patroni that starts it."""

    def __init__(self, folder: Path, binaries: Path, etcd: int) -> None:
        self.folder, self.port = folder, free_port()
        address, name = f"127.0.0.1:{self.port}", folder.name
        self._rest = f"127.0.0.1:{free_port()}"
        own_folder(folder / "patroni")
        settings = {
            "scope": "centre",
            "name": name,
            "restapi": {"listen": self._rest, "connect_address": self._rest},
            "etcd3": {"host": f"127.0.0.1:{etcd}"},
            "postgresql": {
                "listen": address,
                "connect_address": address,
                "data_dir": str(folder / "data"),
                "bin_dir": str(binaries),
                "pgpass": str(folder / "patroni" / "pgpass"),
                "authentication": {
                    "superuser": {"username": "muster"},
                    "replication": {"username": "muster"},
                },
                "parameters": {"unix_socket_directories": str(folder / "socket")},
            },
        }
        self._settings = folder / "patroni.yml"
        self._settings.write_text(json.dumps(settings))
        self._patroni: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once: what it becomes is between Patroni and etcd."""
        self._patroni = _begin(self.folder, "patroni", program("patroni", "patroni"), str(self._settings))

    def is_waited_for(self) -> bool:
        """Whether Patroni calls it the synchronous standby."""
        return _is_ok(f"http://{self._rest}/sync")

    def stop(self) -> None:
        if self._patroni:
            self._patroni.send_signal(signal.SIGTERM)
            self._patroni.wait()
            self._patroni = None

    def kill(self) -> None:
        """Signal 9 for Patroni, the server and all that it started."""
        assert self._patroni
        os.kill(self._patroni.pid, signal.SIGSTOP)  # so that it does not start the server again
        lock = self.folder / "data" / "postmaster.pid"
        kill_with_children(int(lock.read_text().split()[0]))
        kill_with_children(self._patroni.pid)
        self._patroni.wait()
        lock.unlink()
        self._patroni = None


class PatroniPair:
    """Both nodes, and etcd."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        program("patroni", "patroni")
        self._etcd_program = program("etcd", "etcd-server")
        self._folder, self._port = folder, free_port()
        folder.mkdir()
        server.another(folder / "a")
        own_folder(folder / "b")  # what is in there Patroni makes itself
        own_folder(folder / "b" / "socket")
        own_folder(folder / "etcd")
        self._etcd: subprocess.Popen[bytes] | None = None
        self._nodes = [Node(folder / name, server.binaries, self._port) for name in ("a", "b")]
        self.url = url_of(*(f"127.0.0.1:{node.port}" for node in self._nodes))

    def start(self) -> None:
        own, peers = f"http://127.0.0.1:{self._port}", f"http://127.0.0.1:{free_port()}"
        self._etcd = _begin(
            self._folder, "etcd", self._etcd_program, "--name=etcd", f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={own}", f"--advertise-client-urls={own}", f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=etcd={peers}",
        )  # fmt: skip
        until(lambda: self._put("/service/centre/config", json.dumps(_RULES)))
        self._nodes[0].start()  # the one with the database
        self.until_primary()
        self._nodes[1].start()
        self.until_followed()

    def stop(self) -> None:
        for node in self._nodes[::-1]:
            node.stop()
        if self._etcd:
            self._etcd.kill()
            self._etcd.wait()

    def until_primary(self) -> Node:
        """Wait until there is one that can be written to."""
        node = until(self._primary)
        assert node
        return node

    def _primary(self) -> Node | None:
        try:
            with closing(psycopg.connect(self.url)) as connection:
                port = connection.info.port
        except psycopg.OperationalError:
            return None
        return next(node for node in self._nodes if node.port == port)

    def until_followed(self) -> None:
        """Until Patroni itself calls one of them a standby with all that was committed.

        The server says so a moment earlier; whoever dies in between is succeeded by nobody.
        """
        until(lambda: any(node.is_waited_for() for node in self._nodes))

    def _put(self, key: str, value: str) -> bool:
        said = {"key": _base64(key), "value": _base64(value)}
        url = f"http://127.0.0.1:{self._port}/v3/kv/put"
        return _is_ok(urllib.request.Request(url, json.dumps(said).encode()))


def _begin(folder: Path, name: str, *command: str) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, user=OWNER, cwd=folder, stdout=log, stderr=log, process_group=0)


def _is_ok(asked: str | urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:  # of which HTTPError is one
        return False


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
