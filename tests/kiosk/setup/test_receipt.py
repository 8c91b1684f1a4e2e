"""`muster receipt` at a terminal, with a log that a real engine wrote."""

import pytest
from click.testing import CliRunner

from kiosk.storage.log_keeper import stamp_now
from muster.console import main
from sync.contract.events import Correction
from sync.contract.receipt import Receipt
from tests.kiosk.running_engine import RunningEngine
from tests.kiosk.samples import HOUR_MS, reading, token
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import NINE_MS, TERMINAL


@pytest.fixture
def terminal(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "state").mkdir()
    return folder


@pytest.fixture
def ask(terminal):
    def run(code, status):
        done = CliRunner().invoke(main, ["receipt", code, "--config", str(terminal.settings)])
        assert done.exit_code == status, done.output
        return done.output

    return run


def test_the_code_of_a_check_out_is_found_in_the_log_and_so_is_that_it_was_taken_back(terminal, ask):
    engine = RunningEngine(terminal.folder / "state").start()
    engine.present(reading(token(1)))
    code = engine.present(reading(token(1), wall_ms=NINE_MS + HOUR_MS)).receipt.code
    assert "Genuine: this terminal's log holds the check-out" in ask(code.lower(), 0)
    assert "guides-east" in ask(code, 0)
    assert "No check-out in this terminal's log" in ask(Receipt(1, 1).code, 1)
    assert "a sign is wrong" in ask(code[:-1] + ("2" if code[-1] != "2" else "3"), 1)
    left = engine.logged()[-1]
    engine.log.append(
        Correction(
            **stamp_now(engine.clock).moment(TERMINAL),
            credential=left.credential,
            activity=left.activity,
            cancelled_epoch=left.epoch,
            cancelled_seq=left.seq,
            reason="by mistake",
        )
    )
    assert "Taken back at the terminal" in ask(code, 0)
    engine.stop()


def test_without_the_key_it_says_as_whom_to_run_it(terminal, ask):
    (terminal.folder / "pseudonym.key").unlink()
    assert "Run this as root" in ask(Receipt(1, 1).code, 1)
