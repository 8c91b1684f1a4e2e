"""Messages between broker and database: everybody's turn comes, nobody orders more work than is theirs. Pure.

A valid signature is no licence: a broken or hostile terminal may send as much as its line carries. Each
sender has a budget for each kind of message; what comes beyond waits in a short row of its own, and beyond
that it is dropped: an honest terminal sends again whatever was not acknowledged.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from settlement.ingest.budgets import Allowances, Budget

Item = TypeVar("Item")
Key = tuple[str, str]
"""The sender, and the kind of message."""

MOST_WAITING = 64
"""In all rows together; fewer than the broker leaves unacknowledged at once, so that others' still arrive."""


@dataclass(frozen=True, slots=True)
class Row:
    """What may wait of one sender and kind; the newest stay where `newest`, else the oldest."""

    budget: Budget
    length: int
    newest: bool = False


class FairQueue(Generic[Item]):
    """Rows of waiting messages, taken in turn. Times are monotonic seconds."""

    def __init__(self, rows: dict[str, Row], other: Row) -> None:
        """`rows` by kind, `other` for every kind that has none."""
        self._rows = rows
        self._other = other
        self._allowances: Allowances[Key] = Allowances()
        self._waiting: OrderedDict[Key, deque[Item]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def put(self, key: Key, item: Item) -> Item | None:
        """Let a message wait for its turn; returns the one that is dropped for want of room, if one is."""
        row = self._row_of(key)
        waiting = self._waiting.setdefault(key, deque())
        dropped = None
        if waiting and (len(waiting) >= row.length or len(self) >= MOST_WAITING):
            if not row.newest:
                return item
            dropped = waiting.popleft()
        waiting.append(item)
        return dropped

    def take(self, now_s: float) -> Item | None:
        """The next message of whoever's last turn is longest ago, of those who may; None where nobody may."""
        for key, waiting in self._waiting.items():
            if self._allowances.spend(key, self._row_of(key).budget, now_s):
                item = waiting.popleft()
                self._waiting.move_to_end(key)
                if not waiting:
                    del self._waiting[key]
                return item
        return None

    def due_in_s(self, now_s: float) -> float | None:
        """How long until somebody's turn comes; None where nobody waits."""
        pauses = (self._allowances.pause_s(key, self._row_of(key).budget, now_s) for key in self._waiting)
        return min(pauses, default=None)

    def _row_of(self, key: Key) -> Row:
        return self._rows.get(key[1], self._other)
