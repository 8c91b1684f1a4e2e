"""Buzzer and lights beside the screen: what became of a scan, told by rhythm as well as by colour."""

import threading
import warnings
from collections.abc import Mapping
from typing import Any, Protocol

import gpiozero
import structlog

from drivers.rhythms import PATTERNS, Moment, Pattern, Signal, moments
from drivers.settings import FeedbackSettings

_log = structlog.get_logger()


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
