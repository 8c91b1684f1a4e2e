"""Run a command beside a PostgreSQL of its own, which is gone afterwards.

    python tests/postgresql.py pytest tests/settlement

Makes a cluster in a temporary folder with Debian's binaries, reachable through a Unix socket in that folder
only. As root it runs as the user `postgres`, because PostgreSQL refuses root. The command finds the server in
MUSTER_TEST_POSTGRESQL (a URL without a database) and a settings file that uses it in MUSTER_SETTLEMENT.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

SERVER_VARIABLE = "MUSTER_TEST_POSTGRESQL"
_SUPERUSER = "muster"
# What is lost in a power cut does not matter here; what a transaction promises does.
_HASTE = ("-c", "fsync=off", "-c", "full_page_writes=off")


def main(command: list[str]) -> int:
    """Run the command; returns its exit status."""
    if not command:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory(prefix="muster-postgresql-") as folder, server(Path(folder)) as url:
        settings = Path(folder) / "settlement.toml"
        centre = Path(folder) / "centre"
        settings.write_text(
            f"directory = {json.dumps(str(centre))}\ndatabase = {json.dumps(url + 'muster')}\n",
            encoding="utf-8",
        )
        environment = {**os.environ, SERVER_VARIABLE: url, "MUSTER_SETTLEMENT": str(settings)}
        return subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of a running server, without a database's name at its end."""
    with _running(
        folder, "initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
        f"--username={_SUPERUSER}",
    ) as url:  # fmt: skip
        yield url


@contextmanager
def standby(folder: Path, primary: str) -> Iterator[str]:
    """The same of a server that follows another one, whose URL is given, asynchronously."""
    with _running(
        folder, "pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        f"--dbname={primary}postgres",
    ) as url:  # fmt: skip
        yield url


@contextmanager
def _running(folder: Path, maker: str, *how: str) -> Iterator[str]:
    """A server on what a command of PostgreSQL's makes."""
    programs = binaries()
    owner = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    folder.chmod(0o755)
    data, sockets = folder / "data", folder / "socket"
    for place in (data, sockets):
        place.mkdir(mode=0o700)
        if owner:
            shutil.chown(place, owner, owner)

    def command(name: str, *arguments: str) -> list[str]:
        return [str(programs / name), *arguments]

    made = subprocess.run(
        command(maker, *how, f"--pgdata={data}"),
        user=owner, cwd=data, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        sys.exit(f"PostgreSQL's cluster could not be made:\n{made.stderr}")
    log = (folder / "postgresql.log").open("w", encoding="utf-8")
    started = subprocess.Popen(
        command("postgres", "-D", str(data), "-k", str(sockets), "-c", "listen_addresses=", *_HASTE),
        user=owner, cwd=data, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        ready = command("pg_isready", "--quiet", f"--host={sockets}", f"--username={_SUPERUSER}")
        while subprocess.run(ready, check=False).returncode:
            if started.poll() is not None:
                sys.exit(f"PostgreSQL did not start:\n{(folder / 'postgresql.log').read_text()}")
        yield f"postgresql://{_SUPERUSER}@{quote(str(sockets), safe='')}/"
    finally:
        started.send_signal(signal.SIGINT)  # the fast way down: connections are cut
        started.wait()
        log.close()


def binaries() -> Path:
    """The folder of the newest PostgreSQL that is installed; Debian keeps it out of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = shutil.which("initdb")
    if not installed and not found:
        sys.exit("PostgreSQL's server is not installed: apt-get install postgresql")
    return installed[-1].parent if installed else Path(str(found)).parent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
