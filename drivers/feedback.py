"""Light and sound beside the screen: what became of a scan, told by rhythm as well as by colour.

Blue and vermilion are told apart by colour-blind people (Okabe and Ito), the rhythms by people who see
neither. Nothing flashes more than three times a second (WCAG 2.3.1).
"""

import itertools
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import gpiozero
import structlog

from drivers.settings import FeedbackSettings

_log = structlog.get_logger()

LIGHT_MS = 1_500
"""How long a light stays on."""
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
    """One signal: milliseconds of sound and silence in turn, and which lights are on or flash meanwhile."""

    beeps: tuple[int, ...]
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
    Signal.ACCEPTED_IN: Pattern((200,), blue=True),
    Signal.ACCEPTED_OUT: Pattern((100, 100, 100), blue=True),
    Signal.ALREADY_IN: Pattern((50, 100, 200), blue=True, vermilion=True),
    Signal.ALREADY_OUT: Pattern((200, 100, 50), blue=True, vermilion=True),
    Signal.CODE_SENT: Pattern((50, 100, 50), blue=True, vermilion=True),
    Signal.REFUSED: Pattern((200, 150, 200, 150, 200), vermilion=True),
    Signal.UNREADABLE: Pattern((50,), vermilion=True),
    Signal.NOT_RECORDED: Pattern((1_000,), vermilion=True, flashing=True),
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


class Outputs(Protocol):
    """Where a signal is played."""

    def set(self, *, sound: bool, blue: bool, vermilion: bool) -> None:
        """Switch each on or off."""

    def close(self) -> None:
        """Switch everything off and give it back."""


class NoOutputs:
    """A terminal without buzzer and lights; the screen tells everything too."""

    def set(self, *, sound: bool, blue: bool, vermilion: bool) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class GpioOutputs:
    """Buzzer and lights on GPIO lines, through whatever gpiozero finds on this machine."""

    def __init__(self, settings: FeedbackSettings) -> None:
        self._open: list[Any] = []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", gpiozero.exc.PinFactoryFallback
                )  # it tries one library after another
                self._sound = self._line(settings.buzzer, active_high=settings.active_high)
                self._blue = self._line(settings.blue, active_high=settings.active_high)
                self._vermilion = self._line(settings.vermilion, active_high=settings.active_high)
        except BaseException:
            self.close()
            raise

    def set(self, *, sound: bool, blue: bool, vermilion: bool) -> None:
        """Switch the lines that are connected."""
        for line, on in ((self._sound, sound), (self._blue, blue), (self._vermilion, vermilion)):
            if line is not None:
                line.value = on

    def close(self) -> None:
        """Switch the lines off and give them back."""
        while self._open:
            self._open.pop().close()

    def _line(self, number: int | None, *, active_high: bool) -> Any:  # noqa: ANN401 - gpiozero ships no types
        if number is None:
            return None
        line = gpiozero.DigitalOutputDevice(number, active_high=active_high)
        self._open.append(line)
        return line


def open_outputs(settings: FeedbackSettings) -> Outputs:
    """The outputs that the settings name, or none where this machine has no GPIO; never raises."""
    if settings.buzzer is None and settings.blue is None and settings.vermilion is None:
        return NoOutputs()
    try:
        return GpioOutputs(settings)
    except Exception as error:  # noqa: BLE001 - each GPIO library has errors of its own; none may stop a terminal
        _log.warning("feedback_silent", error=type(error).__name__)
        return NoOutputs()


class Feedback:
    """Plays signals on a thread of its own; the latest wins, and whoever calls `show` never waits."""

    def __init__(self, outputs: Outputs, patterns: Mapping[Signal, Pattern] = PATTERNS) -> None:
        self._outputs = outputs
        self._patterns = patterns
        self._wanted: Signal | None = None
        self._ending = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="feedback", daemon=True)
        self._thread.start()

    def show(self, signal: Signal) -> None:
        """Play `signal` now, in place of what is playing."""
        with self._changed:
            self._wanted = signal
            self._changed.notify()

    def stop(self) -> None:
        """End the thread; everything is off afterwards."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (signal := self._next()) is not None:
                self._play(moments(self._patterns[signal]))
        except Exception as error:  # noqa: BLE001 - a GPIO line that fails leaves the screen to tell everything
            _log.warning("feedback_failed", error=type(error).__name__)
        finally:
            self._outputs.close()

    def _next(self) -> Signal | None:
        with self._changed:
            self._changed.wait_for(self._is_interrupted)
            signal, self._wanted = self._wanted, None
            return None if self._ending else signal

    def _play(self, timeline: list[Moment]) -> None:
        for moment in timeline:
            self._outputs.set(sound=moment.sound, blue=moment.blue, vermilion=moment.vermilion)
            with self._changed:
                if self._changed.wait_for(self._is_interrupted, moment.milliseconds / 1000):
                    break
        self._outputs.set(sound=False, blue=False, vermilion=False)

    def _is_interrupted(self) -> bool:
        return self._ending or self._wanted is not None
