import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading

import pytest

from kiosk.local_api.messages import VERSION, ClientHello, ScreenSize, Typed
from kiosk.screens.display import TERMINAL_KEEPS_OUR_ORDER, TERMINAL_ORDERS_ITSELF
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.patience import PATIENCE_S

SCREEN = "from kiosk.screens.monitor.at_the_terminal import run_screens as run; run(Path(sys.argv[1]), None)"
MONITOR = (
    "from muster.console import main; "
    "main(['monitor', '--config', str(Path(sys.argv[1]).with_name('kiosk.toml'))], 'muster')"
)


def _folders() -> list[str]:
    """Where the program finds modules: as this process, and as whoever set its environment wished."""
    return [*os.environ.get("PYTHONPATH", "").split(os.pathsep), *sys.path]


class Terminal:
    """A program in a pseudo-terminal of 100 by 30, as `muster screen` finds itself on tty1 or over SSH."""

    def __init__(self, program: str, socket: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.program = subprocess.Popen(
            [sys.executable, "-c", f"import sys; from pathlib import Path; {program}", socket],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(_folders())},
        )
        os.close(slave)
        self._output = bytearray()
        self._read_to = 0
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                received = os.read(self._master, 65536)
            except OSError:  # the program has closed its terminal
                return
            with self._arrived:
                self._output += received
                self._arrived.notify_all()

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def wait_for(self, text: str) -> None:
        """Wait until a text has been written since the last one that was waited for."""
        with self._arrived:
            assert self._arrived.wait_for(
                lambda: self._output.find(text.encode(), self._read_to) >= 0, PATIENCE_S
            ), self._output.decode()
            self._read_to = self._output.find(text.encode(), self._read_to) + len(text.encode())

    def end(self) -> tuple[int, str]:
        """The exit code and all that was written."""
        code = self.program.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code, self._output.decode()

    def close(self) -> None:
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        self._reader.join(PATIENCE_S)
        os.close(self._master)


@pytest.fixture
def run(tmp_path):
    terminals = []

    def start(program: str) -> Terminal:
        terminals.append(Terminal(program, str(tmp_path / "kiosk.sock")))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def next_but_size(engine):
    """What the screen says next, besides how many cells it has: that it may say once or twice."""
    while isinstance(said := engine.heard.get(timeout=PATIENCE_S), ScreenSize):
        pass
    return said


def test_digits_typed_at_a_real_terminal_reach_the_engine(engine, run):
    terminal = run(SCREEN)
    terminal.wait_for("8 here · all sent")
    assert next_but_size(engine) == ClientHello(VERSION, "screen")
    terminal.type(b"471")
    terminal.type(b"\x7f")  # Backspace
    terminal.type(b"1\r")
    assert next_but_size(engine) == Typed("471")
    terminal.type(b"\x11")  # Ctrl+Q
    code, output = terminal.end()
    assert code == 0
    assert output.startswith(TERMINAL_KEEPS_OUR_ORDER)
    assert output.rstrip().endswith(TERMINAL_ORDERS_ITSELF)
    assert "\x1b[?1049l" in output, "the terminal's own page is shown again"


def test_stopping_the_service_leaves_the_terminal_as_it_was(engine, run):
    terminal = run(SCREEN)
    terminal.wait_for("8 here · all sent")
    terminal.program.send_signal(signal.SIGTERM)
    code, output = terminal.end()
    assert code == 0
    assert "\x1b[?1049l" in output


def test_the_staffs_view_runs_and_quits_in_a_real_terminal(engine, run, tmp_path):
    TerminalFolder(tmp_path)
    terminal = run(MONITOR)
    terminal.wait_for("Last readings")
    terminal.type(b"q")
    assert terminal.end()[0] == 0
