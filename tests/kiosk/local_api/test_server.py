import contextlib
import os
import queue
import resource
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from foundation.errors import SettingsError
from kiosk.local_api import server as server_module
from kiosk.local_api.messages import (
    MAX_LINE_BYTES,
    VERSION,
    ClientHello,
    Decided,
    LinkReport,
    OtherVersion,
    Outcome,
    Snapshot,
    Status,
    Typed,
    decode_from_engine,
    encode,
)
from kiosk.local_api.server import MOST_CLIENTS, LocalServer
from tests.sync.patience import PATIENCE_S, until

STATUS = Status(0, "synced", LinkReport(connected=True, unsent=0), [], [], 1, 1)
SNAPSHOT = Snapshot(VERSION, "gate-1", "East Gate", "Guides", "Asia/Shanghai", "en", False, 1, 0, [], STATUS)
HELLO = encode(ClientHello(VERSION, "screen"))


def decided(at_ms: int = 5) -> Decided:
    return Decided(at_ms, "camera", "badge", Outcome.ACCEPTED_IN, name="李明")


class Client:
    """One end of a real socket."""

    def __init__(self, path, first: bytes = HELLO) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        with contextlib.suppress(ConnectionError):  # the server may have hung up already
            self.say(first)

    def say(self, line: bytes) -> None:
        self._socket.sendall(line)

    def hear(self):
        return decode_from_engine(self._lines.readline())

    def is_dropped(self) -> bool:
        """Whether the server ended the conversation, after whatever it still had to say."""
        with contextlib.suppress(ConnectionError):
            while self._lines.readline():
                pass
        return True

    def is_let_in(self) -> bool:
        """Whether it is answered; else it was dropped."""
        with contextlib.suppress(ConnectionError):
            return bool(self._lines.readline())
        return False

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "kiosk.sock"


@pytest.fixture
def taken():
    return queue.SimpleQueue()


@pytest.fixture
def left():
    return queue.SimpleQueue()


@pytest.fixture(autouse=True)
def patient_server(monkeypatch):
    """On a busy machine a client of a test may need long to say hello."""
    monkeypatch.setattr(server_module, "_HELLO_WITHIN_S", PATIENCE_S)


@pytest.fixture
def server(path, taken, left):
    server = LocalServer(path, lambda: SNAPSHOT, lambda message, _: taken.put(message), left.put)
    yield server
    server.close()


@pytest.fixture
def connect(server, path):
    clients = []

    def begin(first: bytes = HELLO) -> Client:
        clients.append(Client(path, first))
        return clients[-1]

    yield begin
    for client in clients:
        client.close()


def test_a_client_hears_the_snapshot_first_and_then_what_happens(server, connect):
    client = connect()
    assert client.hear() == SNAPSHOT
    server.publish(decided())
    server.publish(STATUS)
    assert [client.hear(), client.hear()] == [decided(), STATUS]


def test_every_client_hears_everything(server, connect):
    clients = [connect() for _ in range(5)]
    assert [client.hear() for client in clients] == [SNAPSHOT] * 5
    for at_ms in range(20):
        server.publish(decided(at_ms))
    for client in clients:
        assert [client.hear().at_ms for _ in range(20)] == list(range(20))


def test_who_has_not_said_hello_hears_nothing(server, connect):
    greeted, silent = connect(), connect(b"")
    greeted.hear()
    server.publish(decided())
    greeted.hear()
    silent.say(HELLO)
    assert silent.hear() == SNAPSHOT


def test_what_a_client_says_is_handed_over_in_order(connect, taken):
    client = connect()
    for digits in ("1", "22", "333"):
        client.say(encode(Typed(digits)))
    client.say(encode(LinkReport(connected=False, unsent=3)))
    said = [taken.get(timeout=PATIENCE_S) for _ in range(4)]
    assert said == [Typed("1"), Typed("22"), Typed("333"), LinkReport(connected=False, unsent=3)]


def test_a_message_may_come_in_pieces(connect, taken):
    client = connect()
    line = encode(Typed("482913"))
    for place in range(len(line)):
        client.say(line[place : place + 1])
    assert taken.get(timeout=PATIENCE_S) == Typed("482913")


@pytest.mark.parametrize(
    "junk",
    [
        b"junk\n",
        b"\xff\xfe\n",
        b'{"type":"typed","digits":"\xff"}\n',
        b'{"type":"typed","digits":5}\n',
        b'{"type":"snapshot"}\n',
        b'{"x":' + b"[" * 100_000 + b"\n",
        b"x" * (MAX_LINE_BYTES + 1),
    ],
    ids=["text", "bytes", "no UTF-8", "wrong type", "not a client's", "nested", "endless"],
)
def test_a_client_that_talks_junk_is_dropped_and_the_others_go_on(server, connect, taken, junk):
    good, bad = connect(), connect()
    good.hear()
    bad.hear()
    with contextlib.suppress(ConnectionError):
        bad.say(junk)
    assert bad.is_dropped()
    server.publish(decided())
    assert good.hear() == decided()
    assert taken.empty()


def test_a_client_of_another_version_is_told_which_one_is_spoken_and_dropped(server, connect, taken):
    other = connect(encode(ClientHello(VERSION + 1, "screen")) + encode(Typed("482913")))
    assert other.hear() == OtherVersion(VERSION)
    assert other._lines.readline() == b""
    assert taken.empty()
    assert connect().hear() == SNAPSHOT


def test_nothing_is_taken_before_the_hello(connect, taken):
    assert connect(encode(Typed("482913"))).is_dropped()
    assert taken.empty()


def test_it_tells_who_went_away(connect, left):
    client = connect(encode(ClientHello(VERSION, "uplink")))
    client.hear()
    client.close()
    assert left.get(timeout=PATIENCE_S) == "uplink"


def test_a_client_that_does_not_read_is_dropped_and_nobody_waits_for_it(server, connect):
    lazy, busy = connect(), connect()
    lazy.hear()
    busy.hear()
    large = Decided(0, "camera", "badge", Outcome.ACCEPTED_IN, name="x" * 10_000)
    for _ in range(400):
        server.publish(large)
        assert busy.hear() == large
    assert lazy.is_dropped()
    server.publish(decided())
    assert busy.hear() == decided()


def test_closing_ends_every_conversation_and_removes_the_socket(path, connect, server):
    greeted, silent = connect(), connect(b"")
    greeted.hear()
    server.close()
    assert greeted.is_dropped()
    assert silent.is_dropped()
    assert not path.exists()


def test_closing_ends_the_thread_that_waits_for_clients(path):
    before = set(threading.enumerate())
    server = LocalServer(path, lambda: SNAPSHOT, print, print)
    (waiting,) = set(threading.enumerate()) - before
    server.close()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()


def test_a_socket_that_a_killed_engine_left_is_replaced(path, server, connect):
    again = LocalServer(path, lambda: SNAPSHOT, print, print)
    client = Client(path)
    assert client.hear() == SNAPSHOT
    client.close()
    again.close()


def test_a_path_that_can_not_be_made_is_told_with_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match=r"local socket .* can't be made.*at most 107 characters"):
        LocalServer(tmp_path / ("x" * 120), lambda: SNAPSHOT, print, print)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="can't be made"):
        LocalServer(tmp_path / "file" / "kiosk.sock", lambda: SNAPSHOT, print, print)


def test_only_owner_and_group_may_connect(path, server):
    assert path.stat().st_mode & 0o777 == 0o660


STRANGER = """
import os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(120)
os.setgroups([int(gid) for gid in sys.argv[2:]])
os.setgid(int(sys.argv[1]))
os.setuid(65534)
connection.connect("kiosk.sock")
try:
    connection.sendall(sys.stdin.buffer.read())
    sys.stdout.buffer.write(connection.recv(65536).partition(b"\\n")[0])
except ConnectionError:
    pass
"""


def heard_by_stranger(path, gid: int, *supplementary: int) -> bytes:
    """What a process of another account hears; nothing when it was not even connected."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    path.parent.chmod(0o755)
    path.chmod(0o666)
    stranger = subprocess.run(
        [sys.executable, "-c", STRANGER, *map(str, (gid, *supplementary))],
        cwd=path.parent,
        input=HELLO,
        stdout=subprocess.PIPE,
        check=True,
    )
    return stranger.stdout


def test_a_process_of_another_account_and_group_is_refused(path, server, connect, taken):
    assert heard_by_stranger(path, 65534) == b""
    assert heard_by_stranger(path, 65534, 65533, 65532) == b""
    assert connect().hear() == SNAPSHOT


def test_a_process_of_the_sockets_group_is_let_in(path, server):
    assert decode_from_engine(heard_by_stranger(path, os.getgid())) == SNAPSHOT


@pytest.mark.parametrize("others", [[], [65533], range(1000, 1255)], ids=["it alone", "another", "256"])
def test_a_process_that_has_the_group_besides_its_own_is_let_in(path, server, others):
    """As everybody whom `usermod -aG` added to it."""
    assert decode_from_engine(heard_by_stranger(path, 65534, *others, os.getgid())) == SNAPSHOT


def test_whose_groups_are_too_many_to_be_read_is_refused(path, server, connect):
    assert heard_by_stranger(path, 65534, *range(1000, 1256), os.getgid()) == b""
    assert connect().hear() == SNAPSHOT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder to any group")
def test_the_socket_belongs_to_the_group_that_its_folder_passes_on(tmp_path):
    shutil.chown(tmp_path, group="games")
    tmp_path.chmod(0o2755)
    server = LocalServer(tmp_path / "kiosk.sock", lambda: SNAPSHOT, print, print)
    try:
        assert (tmp_path / "kiosk.sock").group() == "games"
    finally:
        server.close()


def test_one_that_says_nothing_is_dropped_and_a_screen_may_be_silent(connect, taken, monkeypatch):
    monkeypatch.setattr(server_module, "_HELLO_WITHIN_S", 0.2)
    screen = connect()
    assert isinstance(screen.hear(), Snapshot)
    assert connect(b"").is_dropped()  # the time in which it says nothing passes for the screen as well
    screen.say(encode(Typed("1")))
    assert taken.get(timeout=PATIENCE_S) == Typed("1")


def test_so_many_are_let_in_and_the_next_one_once_one_has_left(connect):
    first, *others = [connect() for _ in range(MOST_CLIENTS)]
    assert all(isinstance(one.hear(), Snapshot) for one in (first, *others))
    assert connect().is_dropped()
    first.close()
    until(lambda: connect().is_let_in())


def test_without_a_file_to_be_had_it_waits_and_lets_them_in_afterwards(connect, path):
    early = connect()
    assert isinstance(early.hear(), Snapshot)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    waiting = socket.socket(socket.AF_UNIX)
    waiting.settimeout(PATIENCE_S)
    with capture_logs() as logs:
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) - 1, hard))
        try:
            waiting.connect(str(path))
            until(lambda: [one for one in logs if one["event"] == "local_client_not_let_in"])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    waiting.sendall(HELLO)
    with waiting.makefile("rb") as lines:
        assert isinstance(decode_from_engine(lines.readline()), Snapshot)
    waiting.close()


def test_without_a_thread_to_be_had_one_is_turned_away_and_the_next_let_in(connect, monkeypatch):
    start = threading.Thread.start
    left = [1]

    def refused_once(thread):
        if left and "_serve" in str(thread._target):
            left.pop()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused_once)
    assert connect().is_dropped()
    assert connect().is_let_in()
