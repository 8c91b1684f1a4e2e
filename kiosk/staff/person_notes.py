"""What staff want somebody to read at their next scan: kept encrypted on this terminal, shown once.

A note never stands in the log, and goes to no other terminal and no centre. Nobody's stays for long: shown
ones for a day, so that staff see that it was read, the others for a month.
"""

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from foundation.clock import Clock
from foundation.errors import SettingsError
from kiosk.local_api.messages import Decided, Outcome
from kiosk.storage.encrypted_files import AtRest
from sync.contract.events import Method

MOST_NOTES = 500
_KEPT_AS = "person_notes"
_DAY_MS = 86_400_000
_UNSHOWN_MS = 30 * _DAY_MS
_THEMSELVES = {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN, Outcome.ALREADY_OUT}
"""Whoever is answered so stands there; with a badge that is refused, somebody else may."""

_logger = structlog.get_logger()


class PersonNote(Struct, frozen=True):
    """A note for one volunteer: what it says, who of the staff left it and when (UTC), when it was shown."""

    text: str
    by: str
    left_ms: int
    shown_ms: int | None = None


class PersonNotes:
    """The notes of one terminal; all but `__init__` is called in the engine's turn."""

    def __init__(self, at_rest: AtRest, clock: Clock) -> None:
        self._at_rest = at_rest
        self._clock = clock
        self._notes = self._read()
        self._is_kept = True

    def of(self, volunteer: str) -> PersonNote | None:
        """The note that waits for this volunteer, or that was shown lately."""
        return self._notes.get(volunteer)

    def leave(self, volunteer: str, text: str, by: str) -> bool:
        """Put a note in the place of an earlier one, durably; an empty text only takes that away.

        False where there are too many. Raises SettingsError when it can't be kept; then nothing has changed.
        """
        notes = {who: note for who, note in self._notes.items() if who != volunteer}
        if text:
            notes[volunteer] = PersonNote(text, by, self._clock.wall_ms())
        if len(notes) > MOST_NOTES:
            return False
        self._keep(notes)
        self._notes, self._is_kept = notes, True
        return True

    def added_to(self, decided: Decided) -> Decided:
        """The same with what this volunteer is to read, once; whoever stands there reads it."""
        note = self._notes.get(decided.volunteer)
        is_seen = decided.method != Method.MANUAL and not decided.from_afar and decided.outcome in _THEMSELVES
        if note is None or note.shown_ms is not None or not is_seen:
            return decided
        # Kept by the next beat: a power cut before it lets the note be shown twice, and never not at all.
        self._notes = {**self._notes, decided.volunteer: replace(note, shown_ms=decided.at_ms)}
        self._is_kept = False
        return replace(decided, message=note.text)

    def beat(self) -> None:
        """Keep what was shown, and forget what is over."""
        now_ms = self._clock.wall_ms()
        living = {who: note for who, note in self._notes.items() if not _is_over(note, now_ms)}
        if self._is_kept and len(living) == len(self._notes):
            return
        self._notes, self._is_kept = living, True  # what can't be kept now is not tried four times a second
        try:
            self._keep(living)
        except SettingsError as error:
            _logger.critical("notes_not_kept", error=error.trouble)

    def forget(self) -> None:
        """The terminal was revoked: its files are gone already."""
        self._notes, self._is_kept = {}, True

    def _keep(self, notes: dict[str, PersonNote]) -> None:
        self._at_rest.keep(_KEPT_AS, msgspec.json.encode(notes))

    def _read(self) -> dict[str, PersonNote]:
        try:
            kept = self._at_rest.read(_KEPT_AS)
            return msgspec.json.decode(kept, type=dict[str, PersonNote]) if kept else {}
        except (SettingsError, msgspec.DecodeError) as error:
            _logger.warning("notes_unreadable", error=str(error))
            return {}


def _is_over(note: PersonNote, now_ms: int) -> bool:
    if note.shown_ms is not None:
        return now_ms - note.shown_ms > _DAY_MS
    return now_ms - note.left_ms > _UNSHOWN_MS
