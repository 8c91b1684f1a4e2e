"""Plays what became of a scan: a tone, then if wanted its name; the next answer ends what still sounds."""

import threading
import time
from collections import deque
from dataclasses import dataclass

import structlog

from drivers.rhythms import Signal
from drivers.sound.children import Children
from drivers.sound.programs import Command, Programs
from drivers.sound.tones import seconds_of, tone

_LOOK_EVERY_S = 0.03
_MORE_FOR_TONE_S = 2.0
_WORD_WITHIN_S = 6.0
_STOPPED_WITHIN_S = 3.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Sound:
    """Programs, what the first of them reads, and after how many seconds they are ended."""

    commands: tuple[Command, ...]
    given: bytes
    within_s: float


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    language: str


class Loudspeaker:
    """Plays on a thread of its own; whoever calls `show` or `say` never waits.

    What fails is told once in the log, until something is heard again; `failure` says it meanwhile.
    """

    def __init__(self, programs: Programs) -> None:
        self.failure = ""
        self._programs = programs
        self._wanted: deque[Signal | _Word] = deque()
        self._interrupted = self._ending = False
        self._stuck: Children | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)
        self._thread.start()

    @property
    def speaks(self) -> bool:
        """Whether there is a program that speaks."""
        return bool(self._programs.voice)

    def show(self, signal: Signal) -> None:
        """Play the tone of `signal` now, in place of whatever sounds."""
        with self._changed:
            self._wanted.clear()
            self._wanted.append(signal)
            self._interrupted = True
            self._changed.notify()

    def say(self, text: str, language: str) -> None:
        """Speak after the tone, where there is a program that speaks."""
        if not self.speaks:
            return
        with self._changed:
            self._wanted.append(_Word(text, language))
            self._changed.notify()

    def stop(self) -> None:
        """End what sounds, and the thread."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(_STOPPED_WITHIN_S)

    def _run(self) -> None:
        for signal in Signal:  # computed once, here, where nobody waits for it
            tone(signal, self._programs.volume)
        while (wanted := self._next()) is not None:
            self._note(self._play(self._sound_of(wanted)))

    def _sound_of(self, wanted: Signal | _Word) -> _Sound:
        programs = self._programs
        if isinstance(wanted, _Word):
            commands = (programs.speak(wanted.language), programs.play)
            return _Sound(commands, wanted.text.encode(), _WORD_WITHIN_S)
        played = tone(wanted, programs.volume)
        return _Sound((programs.play,), played, seconds_of(played) + _MORE_FOR_TONE_S)

    def _next(self) -> Signal | _Word | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ending or self._wanted)
            self._interrupted = False
            return None if self._ending else self._wanted.popleft()

    def _play(self, sound: _Sound) -> str:
        """Why nothing was heard, "" where it was, or something else is to be heard instead."""
        if self._stuck and not self._stuck.have_ended:
            return "the sound card hangs"
        self._stuck = None
        try:
            children = Children(sound.commands, sound.given)
        except OSError as error:
            return str(error)
        give_up_at = time.monotonic() + sound.within_s
        try:
            while not children.have_ended:
                if self._is_cut_short():
                    self._end(children)
                    return self.failure
                if time.monotonic() > give_up_at:
                    self._end(children)
                    return f"{sound.commands[-1][0]} did not end"
            return children.failure()
        finally:
            children.close()

    def _is_cut_short(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._ending or self._interrupted, _LOOK_EVERY_S)

    def _end(self, children: Children) -> None:
        if not children.kill():
            self._stuck = children  # no other is started as long as this one hangs

    def _note(self, failure: str) -> None:
        if failure and not self.failure:
            _log.warning("sound_failed", why=failure)
        elif self.failure and not failure:
            _log.info("sound_back")
        self.failure = failure
