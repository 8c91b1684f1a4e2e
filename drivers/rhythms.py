"""What is told without a picture, and by which rhythm: one table for buzzer, lights and loudspeaker; pure.

Blue and vermilion are told apart by colour-blind people (Okabe and Ito), the rhythms by people who see
neither. Nothing flashes more than three times a second (WCAG 2.3.1).
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LIGHT_MS = 1_500
"""How long a light stays on."""
_BELL_EVERY_MS = 350
_FLASH_MS = 250  # on, and as long off: two flashes a second


class Signal(StrEnum):
    """What there is to tell: the outcomes that the screen shows, of which hardware knows nothing more."""

    ACCEPTED_IN = "accepted_in"
    ACCEPTED_OUT = "accepted_out"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    CODE_SENT = "code_sent"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One signal: milliseconds of sound and silence in turn, and which lights are on or flash meanwhile.

    `hertz` is how high it sounds where a loudspeaker plays it; a buzzer has a pitch of its own.
    """

    beeps: tuple[int, ...]
    hertz: int = 880
    blue: bool = False
    vermilion: bool = False
    flashing: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What is on for so many milliseconds."""

    milliseconds: int
    sound: bool
    blue: bool
    vermilion: bool


PATTERNS: Mapping[Signal, Pattern] = {
    Signal.ACCEPTED_IN: Pattern((200,), 1047, blue=True),
    Signal.ACCEPTED_OUT: Pattern((100, 100, 100), 1047, blue=True),
    Signal.ALREADY_IN: Pattern((50, 100, 200), 784, blue=True, vermilion=True),
    Signal.ALREADY_OUT: Pattern((200, 100, 50), 784, blue=True, vermilion=True),
    Signal.CODE_SENT: Pattern((50, 100, 50), 784, blue=True, vermilion=True),
    Signal.REFUSED: Pattern((200, 150, 200, 150, 200), 440, vermilion=True),
    Signal.UNREADABLE: Pattern((50,), 440, vermilion=True),
    Signal.NOT_RECORDED: Pattern((1_000,), 440, vermilion=True, flashing=True),
}


def moments(pattern: Pattern) -> list[Moment]:
    """The pattern as a timeline, from its first sound until the lights go out."""
    sound_ends = [sum(pattern.beeps[: place + 1]) for place in range(len(pattern.beeps))]
    flash_ends = list(range(_FLASH_MS, LIGHT_MS, _FLASH_MS)) if pattern.flashing else []
    borders = sorted({0, *sound_ends, *flash_ends, LIGHT_MS})
    timeline = []
    for start, end in itertools.pairwise(borders):
        beeps_over = sum(sound_end <= start for sound_end in sound_ends)
        sound = beeps_over < len(sound_ends) and beeps_over % 2 == 0
        lit = not (pattern.flashing and start // _FLASH_MS % 2)
        timeline.append(Moment(end - start, sound, lit and pattern.blue, lit and pattern.vermilion))
    return timeline


def bells(signal: Signal) -> list[int]:
    """For what can only ring: after how many milliseconds each of the signal's beeps begins.

    The pauses are longer, because a bell takes its time.
    """
    beeps = len(PATTERNS[signal].beeps) // 2 + 1
    return [place * _BELL_EVERY_MS for place in range(beeps)]
