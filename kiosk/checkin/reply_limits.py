"""How many refused text messages are answered: who sends without end orders answers that we pay for. Pure.

Counted for each number, for strangers together as well, since a sender's number can be made up, and for all
in a day: that is what the modem's owner pays. Times are CLOCK_BOOTTIME milliseconds.
"""

from dataclasses import dataclass, field

from drivers.reading import Secret

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
OF_ONE_NUMBER = 5
"""Within an hour, to a number of the roster."""
OF_ONE_STRANGER = 1
OF_ALL_STRANGERS = 20
"""Within an hour."""
OF_ALL_IN_A_DAY = 200


@dataclass(frozen=True, slots=True)
class _Answered:
    number: Secret
    stranger: bool
    at_ms: int


@dataclass(slots=True)
class ReplyLimits:
    """Remembers the answers of the last day, so never more than are paid for."""

    _answered: list[_Answered] = field(default_factory=list)

    def allow(self, number: Secret, now_ms: int, *, stranger: bool) -> bool:
        """Whether one more refusal is told to this number; a yes is counted."""
        self._answered = [one for one in self._answered if now_ms - one.at_ms < DAY_MS]
        if len(self._answered) >= OF_ALL_IN_A_DAY:
            return False
        lately = [one for one in self._answered if now_ms - one.at_ms < HOUR_MS]
        if sum(one.number == number for one in lately) >= (OF_ONE_STRANGER if stranger else OF_ONE_NUMBER):
            return False
        if stranger and sum(one.stranger for one in lately) >= OF_ALL_STRANGERS:
            return False
        self._answered.append(_Answered(number, stranger, now_ms))
        return True
