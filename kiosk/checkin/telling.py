"""Whom an answer is told besides the screens: buzzer and lights, loudspeaker, readers of lines, the journal.

None of them is waited for: the engine tells them in its turn.
"""

import structlog

from drivers.feedback import Feedback, open_outputs
from drivers.rhythms import Signal
from drivers.sound.loudspeaker import Loudspeaker
from drivers.sound.programs import programs_of
from foundation.errors import SettingsError
from foundation.words import Words
from kiosk.checkin.answer_line import answer_line, spoken_word
from kiosk.checkin.journal import journal_line
from kiosk.local_api.answer_lines import AnswerLines, answers_socket_beside
from kiosk.local_api.messages import Decided, Outcome
from kiosk.settings import KioskFiles
from sync.contract.events import Method

_logger = structlog.get_logger()


class Telling:
    """Tells the answers of one terminal, as its settings say."""

    def __init__(self, files: KioskFiles) -> None:
        """Open what there is; what can't be opened is told in the log, and no terminal stops for it."""
        settings = files.settings
        self._feedback = Feedback(open_outputs(settings.feedback))
        programs = programs_of(settings.sound)
        self._loudspeaker = Loudspeaker(programs) if programs else None
        self._may_ring = settings.sound.bell and settings.feedback.buzzer is None
        self._lines = _lines_at(files)
        player = programs.player if programs else ""
        _logger.info("sound", player=player, speaks=bool(programs and programs.voice), bell=self.rings)

    @property
    def rings(self) -> bool:
        """Whether the screen's terminal is to ring, because nothing else sounds."""
        return self._may_ring and (self._loudspeaker is None or bool(self._loudspeaker.failure))

    def show(self, outcome: Outcome) -> None:
        """Light and sound, as soon as it is decided."""
        signal = Signal(outcome)
        self._feedback.show(signal)
        if self._loudspeaker:
            self._loudspeaker.show(signal)

    def announced(self, decided: Decided, language: str, zone: str = "UTC", activity: str = "") -> None:
        """The word and the line, once everybody may know who it was; `language` is the site's."""
        _logger.info("answered", **journal_line(decided))
        stands_here = decided.method != Method.MANUAL and not decided.from_afar
        if self._loudspeaker and self._loudspeaker.speaks and stands_here:
            words = Words(decided.language or language)
            self._loudspeaker.say(spoken_word(decided, words), words.language)
        if self._lines and self._lines.has_readers:
            self._lines.tell(answer_line(decided, Words(language), zone, activity))

    def stop(self) -> None:
        """Silence and darkness."""
        self._feedback.stop()
        if self._loudspeaker:
            self._loudspeaker.stop()
        if self._lines:
            self._lines.close()


def _lines_at(files: KioskFiles) -> AnswerLines | None:
    try:
        return AnswerLines(answers_socket_beside(files.socket))
    except SettingsError as error:
        _logger.warning("answers_not_served", error=error.trouble)
        return None
