"""Who was served by what a camera shows, so that the same showing serves nobody a second time."""

from drivers.reading import Reading, Secret
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Decided, Outcome

_MOST_CODES = 500
_TRY_AGAIN_MS = 4_000
"""After so long a refused code that is shown again is decided on anew; after each refusal twice as long."""

_LONGEST_WAIT_MS = 600_000
_SERVED = {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN, Outcome.ALREADY_OUT}


class Served:
    """Remembers whose codes cameras showed, and that they were served. Used in the engine's turn alone.

    A code that was refused serves whoever shows it again, once it is in order; its refusal is told more and
    more rarely, for somebody may only stand there with it.
    """

    def __init__(self) -> None:
        self._volunteers: dict[Secret, str] = {}
        self._refused: dict[Secret, tuple[int, int]] = {}

    def note(self, reading: Reading, decided: Decided) -> None:
        """Remember what was decided on something presented."""
        self._volunteers.pop(reading.payload, None)
        _, waited_ms = self._refused.pop(reading.payload, (0, 0))
        if not reading.by_sight:
            return
        if decided.outcome in _SERVED:
            self._remember(reading.payload, decided.volunteer)
        elif len(self._refused) < _MOST_CODES:
            waits_ms = min(2 * waited_ms if reading.again else _TRY_AGAIN_MS, _LONGEST_WAIT_MS)
            self._refused[reading.payload] = reading.at.mono_ms, waits_ms
        else:
            self._refused.clear()

    def is_old_news(self, reading: Reading) -> bool:
        """Whether a code that is only shown again served already, or was refused too short a while ago."""
        if not reading.again:
            return False
        told_ms, waits_ms = self._refused.get(reading.payload, (0, 0))
        return not waits_ms or reading.at.mono_ms - told_ms < waits_ms

    def goes_on(self, reading: Reading, shown: Identified) -> bool:
        """Whether somebody who was served goes on with another code of theirs, as a telephone's next one."""
        before = (self._volunteers.get(gone) for gone in reading.after)
        if not shown.volunteer or shown.reason or shown.volunteer not in before:
            return False
        self._remember(reading.payload, shown.volunteer)
        return True

    def away_ms(self, reading: Reading) -> int | None:
        """For how long a code that served was out of sight; None for any other."""
        return reading.away_ms if reading.payload in self._volunteers else None

    def _remember(self, payload: Secret, volunteer: str) -> None:
        self._volunteers[payload] = volunteer
        if len(self._volunteers) > _MOST_CODES:
            del self._volunteers[next(iter(self._volunteers))]
