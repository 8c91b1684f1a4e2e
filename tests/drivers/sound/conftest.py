"""Programs that stand in for players: shell scripts that do what a test says."""

import pytest

from drivers.settings import SoundPlayer
from drivers.sound.loudspeaker import Loudspeaker
from drivers.sound.programs import Programs


@pytest.fixture
def program(tmp_path):
    """Write a program of this name that does `what`; `$0.heard` is where it may put what it read."""

    def write(name, what):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{what}\n")
        path.chmod(0o700)
        return str(path)

    return write


@pytest.fixture
def loudspeaker():
    """A loudspeaker of these programs, stopped at the end."""
    made = []

    def make(play, voice=""):
        made.append(Loudspeaker(Programs(SoundPlayer.APLAY, (play,), voice)))
        return made[-1]

    yield make
    for one in made:
        one.stop()
