"""An answer is heard by whatever this terminal has, and nobody who tells it waits."""

import pytest

from kiosk.checkin.telling import Telling
from kiosk.local_api.messages import Decided, Outcome
from kiosk.settings import KioskFiles
from sync.contract.events import Method
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.patience import until
from tests.sync.samples import NINE_MS


@pytest.fixture
def telling(tmp_path, monkeypatch):
    """Tells with these programs installed, and these lines under [sound]."""
    folder = TerminalFolder(tmp_path)
    made = []

    def make(sound="", **programs):
        (tmp_path / "bin").mkdir()
        for name, script in programs.items():
            program = tmp_path / "bin" / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
        settings = folder.settings
        settings.write_text(f"{settings.read_text()}\n[sound]\n{sound}\n")
        made.append(Telling(KioskFiles(settings)))
        return made[-1]

    yield make
    for one in made:
        one.stop()
    folder.scanner.unplug()


def answer(**more):
    return Decided(NINE_MS, "scanner", "badge", Outcome.ACCEPTED_IN, name="李明", **more)


def heard(tmp_path):
    played = tmp_path / "bin" / "aplay.heard"
    return played.read_bytes() if played.exists() else b""


def test_the_screen_rings_where_there_is_nothing_else(telling):
    assert telling('player = "none"').rings


def test_nothing_rings_where_nobody_wants_it(telling):
    assert not telling('player = "none"\nbell = false').rings


def test_it_rings_as_long_as_the_loudspeaker_fails(telling):
    told = telling('player = "aplay"', aplay="exit 1")
    assert not told.rings
    told.show(Outcome.REFUSED)
    until(lambda: told.rings)


def test_the_word_is_spoken_in_the_language_of_whoever_stands_there(telling, tmp_path):
    told = telling('player = "aplay"\nspeak = true', aplay='cat >> "$0.heard"', espeak_ng="cat")
    told.show(Outcome.ACCEPTED_IN)
    told.announced(answer(language="zh-Hans"), "en")
    until(lambda: heard(tmp_path).endswith("签到成功".encode()))


def test_of_those_who_do_not_stand_there_nothing_is_spoken(telling, tmp_path):
    told = telling('player = "aplay"\nspeak = true', aplay='cat >> "$0.heard"', espeak_ng="cat")
    for absent in (answer(from_afar=True), Decided(NINE_MS, "staff", Method.MANUAL, Outcome.ACCEPTED_IN)):
        told.announced(absent, "en")
    told.announced(answer(), "en")
    until(lambda: heard(tmp_path))
    told.announced(answer(), "en")
    until(lambda: heard(tmp_path) == b"Welcome" * 2)
