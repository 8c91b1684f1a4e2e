"""Which messages are let in, and in which order: in turn, each terminal within its budget."""

import structlog

from foundation.errors import MessageError
from settlement.ingest.budgets import Allowances, Budget
from settlement.ingest.fair_queue import FairQueue, Row
from settlement.messages.verification import UpKind, read_topic
from sync.line.broker_link import Arrived

ROWS = {
    # A terminal has one batch under way, and sends the next once that is acknowledged.
    UpKind.BATCH: Row(Budget(at_once=30, every_s=0.1), length=8),
    # At each connection, at each change, each 15 minutes: only the newest says how things are.
    UpKind.HELLO: Row(Budget(at_once=5, every_s=5.0), length=1, newest=True),
    UpKind.RENEWAL: Row(Budget(at_once=3, every_s=60.0), length=1, newest=True),
}
OTHER = Row(Budget(at_once=10, every_s=10.0), length=2)
"""Topics that nobody is meant to use."""
JUNK = Budget(at_once=20, every_s=10.0)
"""So much of what can't be believed is kept and answered, of one terminal; the rest is only counted."""
_TOLD = Budget(at_once=1, every_s=60.0)

_logger = structlog.get_logger()


class Admission:
    """What came and waits for its turn. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._queue: FairQueue[Arrived] = FairQueue({str(kind): row for kind, row in ROWS.items()}, OTHER)
        self._junk: Allowances[str] = Allowances()
        self._told: Allowances[str] = Allowances()

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, arrived: Arrived, now_s: float) -> Arrived | None:
        """Let a message wait; returns one that is dropped for it, which the logs tell once a minute."""
        sender, kind = sender_and_kind(arrived.topic)
        dropped = self._queue.put((sender, kind), arrived)
        if dropped is not None and self._told.spend(sender, _TOLD, now_s):
            _logger.warning("terminal_sends_too_much", terminal=sender, kind=kind)
        return dropped

    def take(self, now_s: float) -> Arrived | None:
        """The next message in turn, None where nobody's turn has come."""
        return self._queue.take(now_s)

    def wait_s(self, most_s: float, now_s: float) -> float:
        """How long nobody's turn comes, at most `most_s`."""
        due_in_s = self._queue.due_in_s(now_s)
        return most_s if due_in_s is None else min(most_s, due_in_s)

    def may_keep_junk(self, sender: str, now_s: float) -> bool:
        """Whether one more unbelievable message of this sender is worth a row and an answer."""
        return self._junk.spend(sender, JUNK, now_s)


def sender_and_kind(topic: str) -> tuple[str, str]:
    """Whose message it claims to be and what it is for; a topic that nobody is meant to use is of nobody."""
    try:
        up = read_topic(topic)
    except MessageError:
        return "", "other"
    return up.terminal, str(up.kind)
