import queue

import pytest

from foundation.errors import SettingsError
from kiosk.local_api import client as local_client
from kiosk.local_api.client import EngineGone, Heard, LocalClient
from kiosk.local_api.messages import (
    MAX_LINE_BYTES,
    VERSION,
    ClientHello,
    Decided,
    LinkReport,
    Outcome,
    Snapshot,
    Status,
    Typed,
    encode,
)
from kiosk.local_api.server import LocalServer
from kiosk.local_api.simulated_engine import SimulatedEngine, read_recording
from tests.english import in_english
from tests.sync.patience import PATIENCE_S

STATUS = Status(0, "synced", LinkReport(connected=True, unsent=0), [], [], 1, 1)
SNAPSHOT = Snapshot(VERSION, "gate-1", "East Gate", "Guides", "Asia/Shanghai", "en", False, 1, 0, [], STATUS)
DECIDED = Decided(5, "camera", "badge", Outcome.ACCEPTED_IN, name="李明")


@pytest.fixture
def engine(tmp_path):
    engine = SimulatedEngine(tmp_path / "kiosk.sock", SNAPSHOT)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def heard():
    return queue.SimpleQueue()


@pytest.fixture
def connect(tmp_path, heard):
    clients = []

    def start(silence_ms=1000 * PATIENCE_S) -> LocalClient:
        client = LocalClient(tmp_path / "kiosk.sock", "test", heard.put, silence_ms=silence_ms)
        clients.append(client)
        client.start()
        return client

    yield start
    for client in clients:
        client.close()


def next_of(kind: type, heard: "queue.SimpleQueue[Heard]") -> Heard:
    while not isinstance(message := heard.get(timeout=PATIENCE_S), kind):
        pass
    return message


def test_it_says_hello_and_hears_the_snapshot(engine, heard, connect):
    connect()
    assert engine.heard.get(timeout=PATIENCE_S) == ClientHello(VERSION, "test")
    assert heard.get(timeout=PATIENCE_S) == SNAPSHOT


def test_it_hears_what_happens_in_order(engine, heard, connect):
    connect()
    next_of(Snapshot, heard)
    engine.say(DECIDED)
    engine.say(STATUS)
    assert [heard.get(timeout=PATIENCE_S), heard.get(timeout=PATIENCE_S)] == [DECIDED, STATUS]


def test_a_message_that_arrives_in_pieces_is_heard_once_and_whole(engine, heard, connect):
    connect()
    next_of(Snapshot, heard)
    line = encode(DECIDED)
    for place in range(len(line)):
        engine.say_bytes(line[place : place + 1])
    assert heard.get(timeout=PATIENCE_S) == DECIDED


def test_it_hands_a_message_to_the_engine(engine, heard, connect):
    client = connect()
    next_of(Snapshot, heard)
    assert client.send(Typed("123456"))
    engine.heard.get(timeout=PATIENCE_S)
    assert engine.heard.get(timeout=PATIENCE_S) == Typed("123456")


def test_without_an_engine_it_says_so_once_and_sends_nothing(heard, connect):
    client = connect()
    gone = heard.get(timeout=PATIENCE_S)
    assert isinstance(gone, EngineGone)
    assert "systemctl start muster-kiosk" in in_english(gone.why)
    assert not client.send(Typed("1"))
    with pytest.raises(queue.Empty):
        heard.get(timeout=1)


def test_it_finds_an_engine_that_starts_later(tmp_path, heard, connect):
    connect()
    next_of(EngineGone, heard)
    late = SimulatedEngine(tmp_path / "kiosk.sock", SNAPSHOT)
    late.start()
    assert next_of(Snapshot, heard) == SNAPSHOT
    late.stop()


def test_it_says_that_the_engine_went_and_comes_back(engine, heard, connect):
    client = connect()
    next_of(Snapshot, heard)
    engine.stop()
    assert isinstance(heard.get(timeout=PATIENCE_S), EngineGone)
    assert not client.send(Typed("1"))
    engine.start()
    assert heard.get(timeout=PATIENCE_S) == SNAPSHOT
    engine.stop()
    assert isinstance(heard.get(timeout=PATIENCE_S), EngineGone)


def test_a_silent_engine_counts_as_gone(engine, heard, connect):
    connect(silence_ms=100)
    next_of(Snapshot, heard)
    assert "silent" in in_english(next_of(EngineGone, heard).why)


def test_a_line_that_is_no_message_ends_the_conversation_with_the_reason(engine, heard, connect):
    connect()
    next_of(Snapshot, heard)
    engine.say_bytes(b"\xff{broken\n")
    assert "not understood" in in_english(next_of(EngineGone, heard).why)
    next_of(Snapshot, heard)


def test_a_line_without_end_is_not_kept(engine, heard, connect):
    connect()
    next_of(Snapshot, heard)
    engine.say_bytes(b"x" * (MAX_LINE_BYTES + 100_000))
    assert str(MAX_LINE_BYTES) in in_english(next_of(EngineGone, heard).why)


def test_an_engine_of_another_version_is_told_with_both_and_what_to_do(tmp_path, heard, connect, monkeypatch):
    server = LocalServer(tmp_path / "kiosk.sock", lambda: SNAPSHOT, print, print)
    monkeypatch.setattr(local_client, "VERSION", VERSION + 1)
    connect()
    why = in_english(heard.get(timeout=PATIENCE_S).why)
    assert why.startswith(f"The engine speaks version {VERSION} of the local messages, not {VERSION + 1}.")
    assert why.endswith("Run the same version of Muster at both ends.")
    server.close()


def test_a_path_that_is_too_long_is_explained(tmp_path, heard):
    client = LocalClient(tmp_path / ("x" * 200), "test", heard.put)
    client.start()
    assert "too long" in in_english(next_of(EngineGone, heard).why)
    client.close()


def test_closing_ends_the_conversation_and_the_thread(engine, heard, connect):
    client = connect()
    next_of(Snapshot, heard)
    client.close()
    assert not client.send(Typed("1"))
    assert heard.empty()


def test_a_client_that_never_started_can_be_closed(tmp_path, heard):
    LocalClient(tmp_path / "kiosk.sock", "test", heard.put).close()


def test_a_message_of_a_newer_engine_is_passed_over(engine, heard, connect):
    connect()
    next_of(Snapshot, heard)
    engine.say_bytes(b'{"type":"weather","rain":true}\n')
    engine.say(SNAPSHOT.status)
    assert heard.get(timeout=PATIENCE_S) == SNAPSHOT.status


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read: .*No such file.*Record it anew from an engine's socket"),
        (b"no message\n", "can't be read: .*Record it anew"),
        (b"", "does not begin with a snapshot. Record the conversation from its first line"),
        (encode(DECIDED), "does not begin with a snapshot"),
    ],
)
def test_what_is_no_recorded_conversation_is_told(tmp_path, content, told):
    if content is not None:
        (tmp_path / "recording").write_bytes(content)
    with pytest.raises(SettingsError, match=told):
        read_recording(tmp_path / "recording")
