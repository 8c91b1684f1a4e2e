"""Who comes when in the show: made-up people who come and go at their own terminal, from a seed. Pure."""

from collections import deque
from random import Random

from msgspec import Struct

from kiosk.local_api.messages import Outcome
from muster.demo.city.names import made_up
from muster.demo.day import Person

FIRST_NUMBER = 300_001
STRANGERS_CARD = "LIBRARY-778-004"
"""A code that nobody here knows; somebody holds it up now and then."""
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 1.6, 3.4
_STRANGERS = 0.06
_WHO_MAY_COME = 4
"""Of those who came least lately: whoever was here last does not come back at once."""
_STANDS = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN, Outcome.ALREADY_OUT)


class Visit(Struct, frozen=True):
    """Somebody walks up after `pause_s` seconds; `volunteer` 0 shows a card that nobody knows."""

    pause_s: float
    volunteer: int


def people(count: int) -> list[Person]:
    """So many volunteers, the same ones in every show."""
    found = []
    for place in range(count):
        made = made_up(place)
        found.append(Person(FIRST_NUMBER + place, made.name, made.language))
    return found


class Queue:
    """The people of one terminal."""

    def __init__(self, seed: int, numbers: list[int]) -> None:
        """The same seed and numbers come in the same order, as long as everybody is answered."""
        # Not for secrets: so that two shows are alike.
        self._random = Random(seed)  # noqa: S311
        self._waiting = deque(numbers)

    def next(self) -> Visit:
        """Who comes next."""
        pause_s = self._random.uniform(_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S)
        if self._random.random() < _STRANGERS:
            return Visit(pause_s, 0)
        place = self._random.randrange(min(_WHO_MAY_COME, len(self._waiting)))
        return Visit(pause_s, self._waiting[place])

    def done(self, visit: Visit, outcome: Outcome | None) -> None:
        """What the terminal said, None for nothing: whoever got no answer stays in front."""
        if visit.volunteer and outcome in _STANDS:
            self._waiting.remove(visit.volunteer)
            self._waiting.append(visit.volunteer)
