"""By what answers are heard, and a test tone that a real program plays."""

import pytest

from drivers.settings import SoundPlayer, SoundSettings
from drivers.sound.programs import Programs
from kiosk.checkup import sound
from kiosk.checkup.check import Mark
from kiosk.checkup.sound import SoundSeen, judge_sound
from tests.kiosk.checkup.said import codes

APLAY = Programs(SoundPlayer.APLAY, ("/usr/bin/aplay",))
SPEAKING = Programs(SoundPlayer.APLAY, ("/usr/bin/aplay",), "/usr/bin/espeak-ng")


@pytest.mark.parametrize(
    ("wanted", "has_buzzer", "programs", "mark", "said"),
    [
        (SoundSettings(), False, APLAY, Mark.GOOD, "sound_played"),
        (SoundSettings(speak=True), False, SPEAKING, Mark.GOOD, "sound_spoken"),
        (SoundSettings(), True, None, Mark.GOOD, "sound_of_buzzer"),
        (SoundSettings(), False, None, Mark.OPEN, "sound_of_bell"),
        (SoundSettings(bell=False), False, None, Mark.OPEN, "sound_none"),
    ],
)
def test_it_says_by_what_answers_are_heard(wanted, has_buzzer, programs, mark, said):
    check = judge_sound(SoundSeen(wanted, has_buzzer, programs))
    assert (check.mark, check.said.code) == (mark, said)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (SoundSeen(SoundSettings(player=SoundPlayer.PAPLAY), False, None), {"player_missing": "look"}),
        (SoundSeen(SoundSettings(speak=True), False, APLAY), {"voice_missing": "look"}),
        (SoundSeen(SoundSettings(), False, APLAY, "no card"), {"sound_not_played": "look"}),
    ],
)
def test_it_says_what_keeps_answers_from_being_heard(seen, told):
    assert codes(judge_sound(seen)) == told


@pytest.mark.parametrize(
    ("script", "failure"),
    [("cat > /dev/null", ""), ("echo no card >&2; exit 1", "no card"), ("sleep 3600", "aplay did not end")],
)
def test_the_test_tone_is_played_really(tmp_path, monkeypatch, script, failure):
    monkeypatch.setattr(sound, "_WITHIN_S", 0.3 if failure.endswith("end") else 60)
    player = tmp_path / "aplay"
    player.write_text(f"#!/bin/sh\n{script}\n")
    player.chmod(0o700)
    assert sound._played(Programs(SoundPlayer.APLAY, (str(player),)), 50) == failure
