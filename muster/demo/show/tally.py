"""What people were shown as accepted, held against what the logs keep and what the centre settled. Pure.

Three counts that know nothing of each other: the screens', the terminals' logs' and the centre's.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sync.contract.events import Direction


class Record(NamedTuple):
    """One check-in or check-out: at which terminal, at which place of its log, and whose."""

    terminal: str
    seq: int
    volunteer: int
    direction: Direction


class Shown(NamedTuple):
    """A record that a screen showed as accepted, and the terminal's time then: a place may be taken twice."""

    record: Record
    at_ms: int


class Person(NamedTuple):
    """Who came where: whatever became of it, it was one person at one terminal."""

    terminal: str
    volunteer: int


@dataclass(frozen=True, slots=True)
class Held:
    """Kept: `logged` by the terminals, `stored` and `settled` by the centre, as often as it is there."""

    logged: Collection[Record] = ()
    stored: Collection[Record] = ()
    settled: Collection[Record] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum: `shown` = `settled` + `under_way` + `lost`, where nothing is doubled.

    `under_way` is kept by a terminal or the centre and not settled yet. `unseen` are settled though their
    answer never reached a screen: an engine died between the log and the light.
    """

    shown: int = 0
    settled: int = 0
    under_way: int = 0
    unseen: int = 0
    lost: int = 0
    doubled: int = 0

    @property
    def is_even(self) -> bool:
        """Whether all that was shown is settled, once."""
        return self.shown == self.settled and not (self.under_way or self.lost or self.doubled)

    def sentence(self) -> str:
        """The sum in one line."""
        way = f" + {self.under_way} kept, on the way" if self.under_way else ""
        unseen = f" · {self.unseen} recorded, answer cut off" if self.unseen else ""
        sign = "=" if self.shown == self.settled + self.under_way else "≠"
        return (
            f"shown as accepted {self.shown} {sign} settled {self.settled}{way}"
            f" · lost {self.lost} · doubled {self.doubled}{unseen}"
        )


def tally(shown: Iterable[Shown], held: Held, unanswered: Counter[Person]) -> Tally:
    """Hold one against the other; `unanswered` is how often somebody got no answer that anybody saw.

    What is doubled is an event that counts twice, or a person for whom more counts than was presented.
    """
    seen = Counter(one.record for one in shown)
    settled, stored, logged = Counter(held.settled), Counter(held.stored), Counter(held.logged)
    of_seen = sum(min(times, settled[record]) for record, times in seen.items())
    kept = sum(
        min(times, max(settled[record], stored[record], logged[record])) for record, times in seen.items()
    )
    unseen = [record for record in settled if record not in seen]
    return Tally(
        shown=seen.total(),
        settled=of_seen,
        under_way=kept - of_seen,
        unseen=len(unseen),
        lost=seen.total() - kept,
        doubled=_twice(settled) + _too_many(settled, seen, unanswered),
    )


def _twice(counted: Counter[Record]) -> int:
    return sum(times - 1 for times in counted.values())


def _too_many(settled: Counter[Record], seen: Counter[Record], unanswered: Counter[Person]) -> int:
    count = Counter(Person(one.terminal, one.volunteer) for one in settled)
    may = Counter(Person(one.terminal, one.volunteer) for one in seen.elements()) + unanswered
    return sum(max(0, times - may[person]) for person, times in count.items())
