"""What the screens of a show say: each terminal's state, and everything that was ever shown as accepted."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from kiosk.local_api.client import Heard, LocalClient
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.screens.terminal_state import TerminalState
from muster.demo.show.tally import Person, Record, Shown
from sync.contract.events import Direction

_ACCEPTED = {Outcome.ACCEPTED_IN: Direction.IN, Outcome.ACCEPTED_OUT: Direction.OUT}


class Watched:
    """One terminal's screens: the volunteers' shows each answer, the staff's the last readings."""

    def __init__(self, terminal: str, socket: Path, changed: Callable[[Heard], None]) -> None:
        """`changed` is called in the client's own thread."""
        self.state = TerminalState()
        self.shown: set[Shown] = set()
        self.presented: Counter[Person] = Counter()
        self._terminal = terminal
        self._changed = changed
        self._heard = threading.Condition()
        self._answers: list[Decided] = []
        self._client = LocalClient(socket, "show", self._hear)
        self._client.start()

    def close(self) -> None:
        """Look no longer."""
        self._client.close()

    def wait_for(self, fits: Callable[[TerminalState], bool], within_s: float) -> bool:
        """Whether the terminal comes to be like this in time."""
        with self._heard:
            return self._heard.wait_for(lambda: fits(self.state), within_s)

    def present(self, volunteer: int, scan: Callable[[], None], within_s: float) -> Outcome | None:
        """Let somebody scan, and wait for the answer that is about them; None when there is none in time."""
        with self._heard:
            self._answers.clear()
            if volunteer:
                self.presented[Person(self._terminal, volunteer)] += 1
        scan()
        with self._heard:
            self._heard.wait_for(lambda: self._answer(volunteer) is not None, within_s)
            answer = self._answer(volunteer)
        return answer.outcome if answer else None

    def seen(self) -> set[Shown]:
        """All that was shown as accepted so far."""
        with self._heard:
            return set(self.shown)

    def unanswered(self) -> Counter[Person]:
        """How often somebody presented something and no screen has told what became of it."""
        with self._heard:
            answered = Counter(Person(self._terminal, one.record.volunteer) for one in self.shown)
            return self.presented - answered

    def _answer(self, volunteer: int) -> Decided | None:
        wanted = str(volunteer) if volunteer else ""
        return next((one for one in self._answers if one.volunteer == wanted), None)

    def _hear(self, heard: Heard) -> None:
        with self._heard:
            self.state = self.state.after(heard)
            match heard:
                case Decided():
                    self._answers.append(heard)
                    self._note(heard)
                case Snapshot():
                    for one in heard.recent:
                        self._note(one)
            self._heard.notify_all()
        self._changed(heard)

    def _note(self, decided: Decided) -> None:
        direction = _ACCEPTED.get(decided.outcome)
        if direction is not None and decided.seq:
            record = Record(self._terminal, decided.seq, int(decided.volunteer), direction)
            self.shown.add(Shown(record, decided.at_ms))
