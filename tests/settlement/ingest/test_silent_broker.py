"""When the listener lets its own machine's broker be started anew."""

import pytest

from settlement.ingest.silent_broker import FILE, SilentBroker
from sync.line.broker_link import Loss

SILENT, AWAY = Loss.SILENT, Loss.UNREACHABLE


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("losses", "asks"),
    [
        ([SILENT] * 3, True),
        ([SILENT] * 2, False),
        ([SILENT, SILENT, AWAY, SILENT], False),
        ([AWAY] * 9, False),
    ],
)
def test_three_attempts_in_a_row_without_an_answer_are_no_busy_moment(folder, losses, asks):
    broker = SilentBroker("127.0.0.1")
    for loss in losses:
        broker.note(loss)
    assert (folder / FILE).exists() is asks


def test_an_answer_between_them_makes_it_begin_anew(folder):
    broker = SilentBroker("localhost")
    for _ in range(3):
        broker.note(SILENT)
        broker.note(SILENT)
        broker.answered()
    assert not (folder / FILE).exists()


def test_it_is_asked_for_again_where_the_new_one_hangs_too(folder):
    broker = SilentBroker("localhost")
    for _ in range(2):
        for _ in range(3):
            broker.note(SILENT)
        (folder / FILE).unlink()


def test_a_broker_elsewhere_is_not_ours_to_start(folder):
    broker = SilentBroker("broker.example.org")
    for _ in range(3):
        broker.note(SILENT)
    assert not (folder / FILE).exists()


def test_outside_of_systemd_nobody_is_asked(monkeypatch, folder):
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    broker = SilentBroker("localhost")
    for _ in range(3):
        broker.note(SILENT)
    assert not list(folder.iterdir())
