"""One line an answer, for whoever reads; nobody who doesn't is waited for."""

import socket
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from kiosk.local_api import answer_lines
from kiosk.local_api.answer_lines import MOST_READERS, AnswerLines, answers_socket_beside, follow_answers
from muster.console import main
from tests.sync.patience import PATIENCE_S, until


class Reader:
    def __init__(self, path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def line(self) -> str:
        return self._lines.readline().decode()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def connect(path):
    """Connect readers, and hang up at the end."""
    made = []

    def connect_one() -> Reader:
        made.append(Reader(path))
        return made[-1]

    yield connect_one
    for reader in made:
        reader.close()


@pytest.fixture
def path(tmp_path):
    return answers_socket_beside(tmp_path / "kiosk.sock")


@pytest.fixture
def lines(path):
    lines = AnswerLines(path)
    yield lines
    lines.close()
    assert not path.exists()


def has(lines, count):
    return until(lambda: len(lines._readers) == count)


def test_every_reader_gets_each_answer_as_one_line(lines, connect):
    readers = [connect(), connect()]
    has(lines, 2)
    lines.tell("欢迎。\n李明\t。")
    lines.tell("Goodbye.")
    assert [reader.line() for reader in readers] == ["欢迎。 李明 。\n"] * 2
    assert [reader.line() for reader in readers] == ["Goodbye.\n"] * 2


def test_its_group_is_that_of_the_folder_and_nobody_else_may_connect(lines, path):
    assert path.name == "kiosk-answers.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert path.stat().st_gid == path.parent.stat().st_gid


def test_whoever_is_not_trusted_reads_nothing(lines, connect, monkeypatch):
    monkeypatch.setattr(answer_lines, "is_trusted", lambda *_: False)
    with capture_logs() as logs:
        assert connect().line() == ""
    assert [entry["event"] for entry in logs] == ["answer_reader_refused"]


def test_a_reader_that_does_not_read_is_dropped_and_the_others_go_on(lines, connect):
    slow, quick = connect(), connect()
    has(lines, 2)
    told = 0
    while len(lines._readers) == 2:
        lines.tell(f"{told} " + "x" * 8000)
        assert quick.line().startswith(f"{told} ")
        told += 1
    lines.tell("still here")
    assert quick.line() == "still here\n"
    assert slow.line().startswith("0 ")


def test_readers_that_went_away_make_room_for_others(lines, connect):
    gone = [connect() for _ in range(MOST_READERS)]
    has(lines, MOST_READERS)
    assert connect().line() == ""
    for reader in gone:
        reader.close()
    reader = connect()
    has(lines, 1)
    lines.tell("Welcome.")
    assert reader.line() == "Welcome.\n"


def test_the_lines_can_be_followed_until_the_engine_ends(lines, path):
    lines_read = follow_answers(path)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(next, lines_read)
        has(lines, 1)
        lines.tell("欢迎。")
        assert first.result(PATIENCE_S) == "欢迎。"
        lines.close()
        assert list(lines_read) == []


@pytest.fixture
def command(tmp_path):
    """`muster answers` at the terminal of this folder."""
    config = tmp_path / "kiosk.toml"
    config.write_text(f'terminal = "gate-1"\ncentre_key = "{"0" * 64}"\nsocket = "kiosk.sock"\n')
    return lambda: CliRunner().invoke(main, ["answers", "--config", str(config)])


def test_the_command_prints_each_line_and_ends_with_the_engine(lines, command):
    with ThreadPoolExecutor() as pool:
        running = pool.submit(command)
        has(lines, 1)
        lines.tell("欢迎。")
        lines.tell("再见。")
        lines.close()
        told = running.result(PATIENCE_S)
    assert (told.exit_code, told.output) == (0, "欢迎。\n再见。\n")


def test_the_command_says_that_no_engine_is_there(command):
    told = command()
    assert told.exit_code == 1
    assert "kiosk-answers.sock" in told.output
