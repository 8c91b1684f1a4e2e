"""Who was served by what a camera shows, so that the same showing serves nobody a second time."""

from drivers.reading import Reading, Secret
from kiosk.credentials.identify import Identified
from kiosk.local_api.messages import Decided, Outcome

_MOST_CODES = 500
_SERVED = {Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN, Outcome.ALREADY_OUT}


class Served:
    """Remembers whose codes cameras showed, and that they were served. Used in the engine's turn alone.

    A code that was refused is not remembered: whoever shows it again, once it is in order, is served.
    """

    def __init__(self) -> None:
        self._volunteers: dict[Secret, str] = {}

    def note(self, reading: Reading, decided: Decided) -> None:
        """Remember what was decided on something presented."""
        self._volunteers.pop(reading.payload, None)
        if reading.by_sight and decided.outcome in _SERVED:
            self._remember(reading.payload, decided.volunteer)

    def goes_on(self, reading: Reading, shown: Identified) -> bool:
        """Whether somebody who was served shows their next code at the place of the one before."""
        before = self._volunteers.get(reading.in_place_of) if reading.in_place_of else None
        if not before or shown.reason or shown.volunteer != before:
            return False
        self._remember(reading.payload, before)
        return True

    def away_ms(self, reading: Reading) -> int | None:
        """For how long a code that served was out of sight; None for any other."""
        return reading.away_ms if reading.payload in self._volunteers else None

    def _remember(self, payload: Secret, volunteer: str) -> None:
        self._volunteers[payload] = volunteer
        if len(self._volunteers) > _MOST_CODES:
            del self._volunteers[next(iter(self._volunteers))]
