"""`muster log`: a terminal's log is looked into, carried out in a file, and taken in at the centre."""

import pytest
from click.testing import CliRunner

from settlement.models import Event, Quarantine
from sync.contract.file import Carried, read_carried, write_carried
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import NINE_MS, check_in, open_log


@pytest.fixture
def at_terminal(tmp_path):
    """A terminal's folder with a log of two check-ins, and a runner of `muster log …` there."""
    from muster.console import main

    (tmp_path / "terminal").mkdir()
    folder = TerminalFolder(tmp_path / "terminal")
    folder.log_file.parent.mkdir()
    log = open_log(folder.log_file)
    for number in (1, 2):
        log.append(check_in(number, NINE_MS))
    log.close()

    def run(*words, status=0):
        done = CliRunner().invoke(main, ["log", *map(str, words)])
        assert done.exit_code == status, done.output
        return done.output

    return folder, run


def test_the_chain_of_a_log_is_checked(at_terminal):
    folder, run = at_terminal
    told = run("verify", folder.log_file, "--terminal", folder.name)
    assert ": 3 events, head " in told
    assert told.endswith("the chain holds\n")


def test_a_log_is_written_to_a_file(at_terminal, tmp_path):
    folder, run = at_terminal
    told = run("export", tmp_path / "stick", "--config", folder.settings)
    assert told.startswith("1 batches are in ")
    assert [carried.topic.rpartition("/")[2] for carried in read_carried(tmp_path / "stick")] == ["batch"]


def test_a_file_is_taken_in_and_what_is_spoilt_is_told(muster, terminal, tmp_path):
    muster("centre", "prepare")
    terminal.check_in()
    sealed, file = terminal.batch().decode(), tmp_path / "stick"
    write_carried(file, [Carried(terminal.batch_topic, sealed)])
    assert muster("log", "import", file) == "1 batches are in the database.\n"
    assert Event.objects.count() == 2
    write_carried(file, [Carried(terminal.batch_topic, sealed.replace("deflate", "defiate"))])
    assert "1 batches were refused: auth. They are kept in quarantine." in muster(
        "log", "import", file, status=1
    )
    assert Quarantine.objects.count() == 1
