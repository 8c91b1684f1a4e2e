"""How many refused text messages are answered: who sends without end orders answers that we pay for. Pure.

Counted for each number, and for strangers together as well, since a sender's number can be made up. Times are
CLOCK_BOOTTIME milliseconds.
"""

from dataclasses import dataclass, field

from drivers.reading import Secret

WITHIN_MS = 3_600_000
OF_ONE_NUMBER = 5
OF_ALL_STRANGERS = 20


@dataclass(frozen=True, slots=True)
class _Answered:
    number: Secret
    stranger: bool
    at_ms: int


@dataclass(slots=True)
class ReplyLimits:
    """Remembers the answers of the last hour; of strangers never more than are answered."""

    _answered: list[_Answered] = field(default_factory=list)

    def allow(self, number: Secret, now_ms: int, *, stranger: bool) -> bool:
        """Whether one more refusal is told to this number; a yes is counted."""
        self._answered = [one for one in self._answered if now_ms - one.at_ms < WITHIN_MS]
        if sum(one.number == number for one in self._answered) >= OF_ONE_NUMBER:
            return False
        if stranger and sum(one.stranger for one in self._answered) >= OF_ALL_STRANGERS:
            return False
        self._answered.append(_Answered(number, stranger, now_ms))
        return True
