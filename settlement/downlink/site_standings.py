"""Where each volunteer of one site stands, folded from what all its terminals recorded lately. Pure.

It is what terminals decide by until they know better; hours come from the rules alone. Terminals fold their
own log in its order (`kiosk/presence/standings.py`); here several clocks meet, so corrected time orders all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from settlement.evidence.corrections import correct, event_id_of
from sync.contract.events import Correction
from sync.contract.presence import Movement, is_in_after

Attendance = Movement | Correction


@dataclass(frozen=True, slots=True)
class LastSeen:
    """A volunteer's newest accepted event: where and when (corrected UTC), and the check-in that is open."""

    terminal: str
    activity: str
    at_ms: int
    since_ms: int | None


@dataclass(frozen=True, slots=True)
class _Entry:
    at_ms: int
    event: Attendance


@dataclass(slots=True)
class SiteStandings:
    """The newest events of one site; they may be taken in any order, whichever terminal they came from."""

    _entries: dict[int, list[_Entry]] = field(default_factory=dict)
    _last: dict[int, LastSeen] = field(default_factory=dict)
    _moved: set[int] = field(default_factory=set)

    def take(self, volunteer: int, event: Attendance, at_ms: int) -> None:
        """Take an event of the volunteer that happened at `at_ms` (corrected UTC)."""
        self._entries.setdefault(volunteer, []).append(_Entry(at_ms, event))
        self._moved.add(volunteer)

    def forget(self, is_past: Callable[[str, int], bool]) -> None:
        """Forget what says no longer where anybody is.

        `is_past` tells it of an activity and a moment (UTC milliseconds) at which somebody was seen for it.
        What is newer than something that still counts stays beside it.
        """
        for volunteer, entries in list(self._entries.items()):
            current = (entry.at_ms for entry in entries if not is_past(entry.event.activity, entry.at_ms))
            oldest_ms = min(current, default=None)
            kept = [entry for entry in entries if oldest_ms is not None and entry.at_ms >= oldest_ms]
            if len(kept) == len(entries):
                continue
            self._moved.add(volunteer)
            if kept:
                self._entries[volunteer] = kept
            else:
                del self._entries[volunteer]

    def renew(self) -> set[int]:
        """Take all that came into account; returns the volunteers who stand elsewhere than before."""
        changed = set()
        for volunteer in self._moved:
            found = _last_of(volunteer, self._entries.get(volunteer, []))
            if found == self._last.get(volunteer):
                continue
            changed.add(volunteer)
            if found:
                self._last[volunteer] = found
            else:
                del self._last[volunteer]
        self._moved.clear()
        return changed

    def last_seen(self, volunteer: int) -> LastSeen | None:
        """Where the volunteer stood at the last `renew`; None for who wasn't seen here lately."""
        return self._last.get(volunteer)

    def __iter__(self) -> Iterator[int]:
        """Everybody who was seen lately."""
        return iter(self._last)


def _last_of(volunteer: int, entries: list[_Entry]) -> LastSeen | None:
    entries.sort(key=lambda entry: (entry.at_ms, entry.event.terminal, entry.event.seq))
    cancelled = correct((volunteer, entry.event) for entry in entries).cancelled
    last: LastSeen | None = None
    for entry in entries:
        event = entry.event
        if isinstance(event, Correction) or event_id_of(event) in cancelled:
            continue
        was_in = last is not None and last.since_ms is not None
        since_ms = entry.at_ms if is_in_after(event, was_in=was_in) else None
        last = LastSeen(event.terminal, event.activity, entry.at_ms, since_ms)
    return last
