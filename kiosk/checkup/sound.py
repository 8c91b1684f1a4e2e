"""By what each answer is heard: a loudspeaker that plays a test, a buzzer, the screen's bell, or nothing."""

import time
from dataclasses import dataclass

from drivers.rhythms import Signal
from drivers.settings import SoundPlayer, SoundSettings
from drivers.sound.children import Children
from drivers.sound.programs import VOICE, Programs, programs_of
from drivers.sound.tones import tone
from kiosk.checkup.check import Check, Finding, Said, Subject, found, good, to_look_at, unjudged
from kiosk.settings import KioskSettings
from kiosk.troubles import CheckTrouble

_WITHIN_S = 3.0
_LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class SoundSeen:
    """What the settings want, what is installed, and why the test was not played (`failure`)."""

    wanted: SoundSettings
    has_buzzer: bool
    programs: Programs | None
    failure: str = ""


def look_at_sound(settings: KioskSettings) -> SoundSeen:
    """Play the tone of a check-in, where anything plays; takes as long as that, or 3 s."""
    programs = programs_of(settings.sound)
    failure = _played(programs, settings.sound.volume) if programs else ""
    return SoundSeen(settings.sound, settings.feedback.buzzer is not None, programs, failure)


def judge_sound(seen: SoundSeen) -> Check:
    """Pure. A terminal that makes no sound still shows everything, but not to people who can't see it."""
    findings: list[Finding] = []
    if seen.failure:
        findings.append(to_look_at(CheckTrouble.SOUND_NOT_PLAYED, why=seen.failure))
    if seen.programs is None and seen.wanted.player in (SoundPlayer.APLAY, SoundPlayer.PAPLAY):
        findings.append(to_look_at(CheckTrouble.PLAYER_MISSING, program=seen.wanted.player))
    if seen.programs and seen.wanted.speak and not seen.programs.voice:
        findings.append(to_look_at(CheckTrouble.VOICE_MISSING, program=VOICE))
    if findings:
        return found(Subject.SOUND, *findings)
    if seen.programs:
        said = Said.SOUND_SPOKEN if seen.programs.voice else Said.SOUND_PLAYED
        return good(Subject.SOUND, said, program=seen.programs.player)
    if seen.has_buzzer:
        return good(Subject.SOUND, Said.SOUND_OF_BUZZER)
    return unjudged(Subject.SOUND, Said.SOUND_OF_BELL if seen.wanted.bell else Said.SOUND_NONE)


def _played(programs: Programs, volume: int) -> str:
    try:
        children = Children((programs.play,), tone(Signal.ACCEPTED_IN, volume))
    except OSError as error:
        return str(error)
    give_up_at = time.monotonic() + _WITHIN_S
    while not children.have_ended and time.monotonic() < give_up_at:
        time.sleep(_LOOK_EVERY_S)
    in_time = children.have_ended
    children.kill()
    failure = children.failure() if in_time else f"{programs.player} did not end"
    children.close()
    return failure
