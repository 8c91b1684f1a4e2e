"""PgBouncer in transaction mode before a server, and the centre's pages behind it.

Pages are asked for all the time. Whatever happens behind or to the pool, they answer again by themselves.
"""

import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.nemesis.databases import OWNER, PostgresServer, own_folder
from tests.nemesis.line import Line
from tests.nemesis.packages import program
from tests.nemesis.template import SESSION, centre_settings
from tests.sync.live_broker import free_port
from tests.sync.patience import until

PAGES = ("/", "/api/board.json", "/notice/", "/rules")
_SETTINGS = """\
[databases]
centre = host={server} user=muster
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {here}
auth_type = any
pool_mode = transaction
default_pool_size = 10
query_wait_timeout = 10
server_connect_timeout = 3
server_login_retry = 1
"""


class Pooled:
    """A server and a pool before it; `url` is how listener and settler get there, `pages` is the pool."""

    def __init__(self, server: PostgresServer, folder: Path, *, everything: bool) -> None:
        self._program = program("pgbouncer", "pgbouncer")
        folder.mkdir()
        self.server = server.another(folder / "server")
        self._place = folder / "pool"
        own_folder(self._place)
        socket = self.server.folder / "socket"
        (folder / "pgbouncer.ini").write_text(_SETTINGS.format(server=socket, here=self._place))
        self._command = [self._program, "-q", str(folder / "pgbouncer.ini")]
        self._log = folder / "pgbouncer.log"
        self._pool: subprocess.Popen[bytes] | None = None
        self.pages = f"postgresql://muster@{quote(str(self._place), safe='')}:6432/centre"
        self.url = self.pages if everything else self.server.url

    @classmethod
    def of_pages(cls, server: PostgresServer, folder: Path) -> "Pooled":
        """Only the pages go through it."""
        return cls(server, folder, everything=False)

    @classmethod
    def of_everything(cls, server: PostgresServer, folder: Path) -> "Pooled":
        """Listener, settler and commands go through it as well."""
        return cls(server, folder, everything=True)

    def start(self) -> None:
        self.server.start()
        self.start_pool()

    def start_pool(self) -> None:
        with self._log.open("ab") as log:
            self._pool = subprocess.Popen(self._command, user=OWNER, stdout=log, stderr=log)
        self.until_it_answers()

    def until_it_answers(self) -> None:
        """Until somebody is served through the pool, which remembers for a second that it failed."""
        until(self._answers)

    def kill_pool(self) -> None:
        """Signal 9."""
        assert self._pool
        self._pool.send_signal(signal.SIGKILL)
        self._pool.wait()
        self._pool = None
        for left in self._place.iterdir():
            left.unlink()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.pages) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        if self._pool:
            self.kill_pool()
        self.server.stop()


class Pages:
    """`muster web` of a line, on the pool."""

    def __init__(self, line: Line) -> None:
        assert isinstance(line.database, Pooled)
        self._line, self._port = line, free_port()
        settings = line.folder / "web.toml"
        settings.write_text(
            centre_settings(line.centre, line.database.pages, line.broker.port)
            + f'[web]\nport = {self._port}\n[accounts]\nsecond_factor_from = "nobody"\n'
        )
        self._log_in = {"Cookie": f"sessionid={(line.centre / SESSION).read_text()}"}
        line.begin_with("web", settings)
        self.answered = self.failed = 0

    def until_all_answer(self) -> None:
        """Until each of them is a page, and no error."""
        for page in PAGES:
            until(lambda page=page: self._answers(page))

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Two people look at them all the time; what they see while the database is away is no matter."""
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                for page in PAGES:
                    if self._answers(page):
                        self.answered += 1
                    else:
                        self.failed += 1
                time.sleep(0.05)

        people = [threading.Thread(target=look) for _ in range(2)]
        for person in people:
            person.start()
        try:
            yield
        finally:
            over.set()
            for person in people:
                person.join()

    def _answers(self, page: str) -> bool:
        assert self._line.process("web").is_alive(), self._line.process("web").said()
        try:
            asked = urllib.request.Request(f"http://127.0.0.1:{self._port}{page}", headers=self._log_in)
            with urllib.request.urlopen(asked, timeout=60) as answer:
                # Whoever is not logged in gets the page that asks for it.
                return bool(answer.read()) and answer.status == 200 and answer.url.endswith(page)
        except OSError:  # of which HTTPError is one
            return False
