"""Whether anything still comes: an open connection proves nothing of the subscription behind it. Pure.

Seen: consumers that stall behind open connections, a broker that grants a subscription and delivers nothing.
So the listener sends itself a message now and then, under the very filter by which it hears the terminals.
"""

EVERY_S = 30.0
MISSES = 2
_MISSES_AT_MOST = 64
"""Where a new connection does not help, as under an access list that lets no canary through: half an hour."""


class Canary:
    """Counts how often in a row nothing came back; any message at all proves that some do."""

    def __init__(self) -> None:
        self._patience = MISSES
        self.begin(0.0)

    def begin(self, now_s: float) -> None:
        """A connection is there, with its subscription."""
        self._due_s = now_s
        self._sent = False
        self._misses = 0

    def heard(self) -> None:
        """A message came."""
        self._sent = False
        self._misses = 0
        self._patience = MISSES

    def is_due(self, now_s: float) -> bool:
        """Whether to send one now; a yes starts the next pause, and counts a last one that never came."""
        if now_s < self._due_s:
            return False
        self._due_s = now_s + EVERY_S
        self._misses += self._sent
        self._sent = True
        return True

    @property
    def is_silent(self) -> bool:
        """Whether so many were missed that the connection must be made anew."""
        return self._misses >= self._patience

    def gave_up(self) -> None:
        """The connection is made anew for it; the next one is given more time, until something comes."""
        self._patience = min(2 * self._patience, _MISSES_AT_MOST)
