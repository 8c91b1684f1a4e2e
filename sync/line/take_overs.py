"""How often another client was in this one's place at the broker: a second device with the same certificate.

The broker lets in one client of a name and ends the older connection. Newer ones say so (MQTT 5, reason
0x8E); with every broker the retained state tells afterwards, if somebody else wrote it meanwhile. Once it may
be our own connection of before; two devices do it to each other for ever.
"""

from collections import deque

_LATELY_MS = 10 * 60_000
_SUSPICIOUS = 3


class TakeOvers:
    """Counts them; times are the machine's own milliseconds."""

    def __init__(self) -> None:
        self._times_ms: deque[int] = deque(maxlen=_SUSPICIOUS)
        self._is_first = True
        self._is_counted = False

    def lost(self, now_ms: int, *, told: bool) -> None:
        """A connection ended; `told` where the broker said that another client took its place."""
        self._is_first, self._is_counted = False, False
        if told:
            self._count(now_ms)

    def found_stranger(self, now_ms: int) -> None:
        """The state that we found at the broker is by nobody that this process ever was."""
        if not self._is_first:  # that is of the process before
            self._count(now_ms)

    def are_a_quarrel(self, now_ms: int) -> bool:
        """Whether it happens so often that another device must be there; for ten minutes after the last."""
        newest = self._times_ms[-1] if len(self._times_ms) == _SUSPICIOUS else None
        if newest is None or now_ms - newest > _LATELY_MS:
            return False
        return newest - self._times_ms[0] <= _LATELY_MS

    def _count(self, now_ms: int) -> None:
        """Once for each connection that was lost, however many signs there are."""
        if not self._is_counted:
            self._times_ms.append(now_ms)
        self._is_counted = True
