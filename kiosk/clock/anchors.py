"""What a terminal learns about true UTC, and whether that is worth an event in its log; pure.

An anchor says: at this moment since the boot, UTC was so much, give or take an error. Between two anchors
the quartz may drift; https://www.kernel.org/doc/html/latest/timers/timekeeping.html on what boards have.
"""

from dataclasses import dataclass

from foundation.attendance import AttendancePolicy

LONGEST_TRIP_MS = 60_000
"""An answer that was under way for longer says too little about the time."""
_APART_MS = 60_000
_AGAIN_AFTER_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """At `mono_ms` since the boot, UTC was `true_ms`, give or take `error_ms`; `source` says who knew.

    `drift_ppm` is what the terminal's quartz may be off since, in millionths.
    """

    mono_ms: int
    true_ms: int
    error_ms: int
    source: str
    drift_ppm: int = AttendancePolicy().clock_drift_ppm

    def true_at(self, mono_ms: int) -> int:
        """UTC at another moment of the same boot, by this anchor alone."""
        return self.true_ms + mono_ms - self.mono_ms

    def error_at(self, mono_ms: int) -> int:
        """The error at another moment: the anchor's own, and the drift since, rounded up."""
        drift_ms = -(-abs(mono_ms - self.mono_ms) * self.drift_ppm // 1_000_000)
        return self.error_ms + drift_ms

    def contradicts(self, other: "Anchor") -> bool:
        """Whether both can't be true."""
        apart = abs(other.true_ms - self.true_at(other.mono_ms))
        return apart > other.error_ms + self.error_at(other.mono_ms)


def anchor_of_answer(sent_mono_ms: int, received_mono_ms: int, server_ms: int) -> Anchor | None:
    """What an answer says that was made somewhere between the question's sending and its own arrival.

    The server's clock was read half-way, give or take half the round trip, as in NTP (RFC 5905, 8). None for
    a round trip that is impossible or too long.
    """
    trip_ms = received_mono_ms - sent_mono_ms
    if not 0 <= trip_ms <= LONGEST_TRIP_MS:
        return None
    half_ms = (trip_ms + 1) // 2
    # One more for the milliseconds that all three were rounded to.
    return Anchor(sent_mono_ms + half_ms, server_ms, half_ms + 1, "ack")


class AnchorBook:
    """The anchors of this boot that were written, and the best one that is known."""

    def __init__(self) -> None:
        self.best: Anchor | None = None
        self._written: Anchor | None = None
        self._wanted = False

    def jumped(self) -> None:
        """The wall clock was set: the next anchor is written whatever it adds."""
        self._wanted = True

    def take(self, anchor: Anchor) -> bool:
        """Remember an anchor; True when it adds enough to stand in the log.

        The first of a boot does, one after a jump, one that contradicts the last, one with half its error,
        and one every 30 minutes; but for contradictions never two within a minute.
        """
        known, written = self.best, self._written
        contradiction = known is not None and known.contradicts(anchor)
        if known is None or contradiction or anchor.error_ms <= known.error_at(anchor.mono_ms):
            self.best = anchor
        if written is None or self._wanted or contradiction:
            return True
        passed_ms = anchor.mono_ms - written.mono_ms
        better = 2 * anchor.error_ms <= written.error_at(anchor.mono_ms)
        return passed_ms >= _AGAIN_AFTER_MS or (better and passed_ms >= _APART_MS)

    def wrote(self, anchor: Anchor) -> None:
        """It stands in the log."""
        self._written = anchor
        self._wanted = False
