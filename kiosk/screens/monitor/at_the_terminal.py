"""The staff's view on the volunteers' own display: a key opens it, a log-in keeps it, it leaves by itself.

Volunteers come first: while nobody is logged in, whoever presents something gets the volunteers' screen back
at once, with the answer. There is no way from here to a shell.
"""

import time
from pathlib import Path

from textual import work

from kiosk.local_api.client import Heard
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.screens.display import display
from kiosk.screens.engine_app import run
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.volunteer import VolunteerScreen
from kiosk.screens.volunteers.strip import in_short, is_for_the_screen

LEAVES_AFTER_S = 60
"""How long the view stays without a log-in: reference and PIN are typed in that time, a second time too."""
_LOOKS_EVERY_S = 0.5
_GOOD = frozenset({Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT})


class StaffAtTheTerminal(Monitor):
    """Asks for the log-in at once; `answer` is what a volunteer was told who came instead."""

    def __init__(self, socket: Path, language: str | None = None) -> None:
        super().__init__(socket, language)
        self.answer: Decided | None = None
        self._asked = self._answered = False
        self._nobody_since_s = time.monotonic()

    def on_mount(self) -> None:
        """Look now and then whether anybody is still at it; Textual calls the page's `on_mount` too."""
        self.set_interval(_LOOKS_EVERY_S, self._leave_when_nobody_is_here)

    def hear(self, heard: Heard) -> None:
        """Draw the page; ask for the log-in once the engine has answered; let nobody's answer be missed."""
        super().hear(heard)
        match heard:
            case Snapshot() if not self._asked:
                self._asked = True
                self._log_in()
            case Decided() if is_for_the_screen(heard):
                self._tell_of(heard)

    @work
    async def _log_in(self) -> None:
        await self._staff.log_in()
        self._answered = True
        self._draw()

    def _tell_of(self, decided: Decided) -> None:
        if not self._staff.name:
            self.answer = decided
            self.exit()
            return
        words = self._words()
        said = display(in_short(decided, words), words.direction)
        self.notify(said, severity="information" if decided.outcome in _GOOD else "warning", markup=False)

    def _leave_when_nobody_is_here(self) -> None:
        now_s = time.monotonic()
        if self._staff.name:
            self._nobody_since_s = now_s
            return
        has_left = self._answered and len(self.screen_stack) == 1
        if has_left or now_s - self._nobody_since_s >= LEAVES_AFTER_S:
            self.exit()


def run_screens(socket: Path, language: str | None) -> None:
    """Show volunteers their screen, and staff theirs when they ask for it, until the service is stopped."""
    answer: Decided | None = None
    while True:
        volunteers = VolunteerScreen(socket, language, answer=answer)
        if run(volunteers) or not volunteers.staff_wanted:
            return
        staff = StaffAtTheTerminal(socket, language)
        if run(staff):
            return
        answer = staff.answer
