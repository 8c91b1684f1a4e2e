"""Times repaired from evidence, never guessed: from a terminal's monotonic clock to UTC, with its error.

A terminal without a clock chip wakes up with any wall time, but counts the milliseconds since its boot
correctly, up to the drift of its quartz. Each boot gathers anchors: moments at which true UTC was known, with
an error. An event is dated as anchor + monotonic difference; its error is the anchor's plus the drift since.
A boot without anchors lies between the boots before and after it.

Everything here keeps to intervals: an instant is known to be within [earliest, latest], never outside.
"""

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from foundation.errors import RulesError
from settlement.rules.troubles import RulesTrouble

_Bounds = tuple[int, int]
"""Earliest and latest UTC in milliseconds."""


RECEIPT = "receipt"
"""The source of what only the arrival at the centre bounds."""


class Anchor(msgspec.Struct, frozen=True, gc=False):
    """At `mono_ms` since the boot, UTC was `utc_ms`, give or take `error_ms`; `source` says who knew."""

    mono_ms: int
    utc_ms: int
    error_ms: int
    source: str = ""


class Boot(msgspec.Struct, frozen=True):
    """One boot of a terminal: how long it is known to have run, and what was learnt about the time."""

    last_mono_ms: int
    """Milliseconds since the boot of the last event or anchor; CLOCK_BOOTTIME starts at 0."""
    anchors: tuple[Anchor, ...] = ()


class Dated(msgspec.Struct, frozen=True, gc=False):
    """An instant with its proof: the truth is within `error_ms` of `utc_ms`, either way."""

    utc_ms: int
    error_ms: int


class Timeline:
    """The boots of one terminal in the order of its log, ready to date any of its events."""

    def __init__(self, boots: Sequence[Boot], *, drift_ppm: int, received_ms: int | None = None) -> None:
        """`drift_ppm` is `RuleSet.clock_drift_ppm`: what the terminal's quartz may be off, in millionths.
        `received_ms` is when the centre had received everything up to the last boot's end (UTC).

        Raises RulesError IMPOSSIBLE_CLOCK for negative numbers.
        """
        _check(boots, drift_ppm)
        self._drift_ppm = drift_ppm
        self._boots = tuple(boots)
        self._told = [sorted(boot.anchors, key=lambda one: (one.mono_ms, *_alone(one))) for boot in boots]
        self._anchors = [self._credible(told) for told in self._told]
        self._starts_after = self._find_earliest_starts()
        self._ends_before = self._find_latest_ends(received_ms)
        self._receipt = None if received_ms is None else Anchor(0, received_ms, 0, RECEIPT)

    def date(self, boot: int, mono_ms: int) -> Dated | None:
        """When `mono_ms` of the boot with that number (from 0) was; None if one side has no bound at all."""
        bounds = self._anchored_bounds(boot, mono_ms) or self._bounds_between_neighbours(boot, mono_ms)
        if bounds is None:
            return None
        earliest, latest = bounds
        utc_ms = min(max(self._interpolated(boot, mono_ms, bounds), earliest), latest)
        return Dated(utc_ms, max(utc_ms - earliest, latest - utc_ms))

    def anchors_around(self, boot: int, mono_ms: int) -> tuple[Anchor | None, Anchor | None]:
        """By what `date` dates that moment: the last that was known before it, and the first after it.

        In a boot without anchors these are those of the boots around it, or the receipt.
        """
        told = self._told[boot]
        if not told:
            earlier = next((of_boot[-1] for of_boot in reversed(self._told[:boot]) if of_boot), None)
            later = next((of_boot[0] for of_boot in self._told[boot + 1 :] if of_boot), self._receipt)
            return earlier, later
        place = bisect_right(told, mono_ms, key=lambda anchor: anchor.mono_ms)
        return told[place - 1] if place else None, told[place] if place < len(told) else None

    def _drift_ms(self, elapsed_ms: int) -> int:
        """How far the quartz may have drifted in that time, rounded up."""
        return -(-abs(elapsed_ms) * self._drift_ppm // 1_000_000)

    def _moved(self, bounds: _Bounds, elapsed_ms: int) -> _Bounds:
        """The bounds of a moment that many monotonic milliseconds later (or earlier, when negative)."""
        drift_ms = self._drift_ms(elapsed_ms)
        return bounds[0] + elapsed_ms - drift_ms, bounds[1] + elapsed_ms + drift_ms

    def _credible(self, told: Sequence[Anchor]) -> list[tuple[int, _Bounds]]:
        """The bounds of each of a boot's anchors, in order, after its neighbours had their say."""
        alone = [(anchor.mono_ms, _alone(anchor)) for anchor in told]
        credible: list[tuple[int, _Bounds]] = []
        for place, (mono_ms, own) in enumerate(alone):
            bounds = own
            for at_ms, other in alone[max(place - 1, 0) : place] + alone[place + 1 : place + 2]:
                bounds = _agreed(bounds, self._moved(other, mono_ms - at_ms))
            credible.append((mono_ms, bounds))
        return credible

    def _anchored_bounds(self, boot: int, mono_ms: int) -> _Bounds | None:
        anchors = self._anchors[boot]
        if not anchors:
            return None
        place = bisect_right(anchors, mono_ms, key=lambda anchor: anchor[0])
        near = anchors[max(place - 1, 0) : place + 1]
        moved = [self._moved(bounds, mono_ms - at_ms) for at_ms, bounds in near]
        return _agreed(moved[0], moved[-1])

    def _interpolated(self, boot: int, mono_ms: int, bounds: _Bounds) -> int:
        """The best single value: on the line between the anchors on either side, else the bounds' middle."""
        anchors = self._anchors[boot]
        place = bisect_right(anchors, mono_ms, key=lambda anchor: anchor[0])
        if not 0 < place < len(anchors):
            return (bounds[0] + bounds[1]) // 2
        (low_ms, low), (high_ms, high) = anchors[place - 1], anchors[place]
        low_utc, high_utc = (low[0] + low[1]) // 2, (high[0] + high[1]) // 2
        return low_utc + (high_utc - low_utc) * (mono_ms - low_ms) // (high_ms - low_ms)

    def _bounds_between_neighbours(self, boot: int, mono_ms: int) -> _Bounds | None:
        """After the boot before had been seen alive, and before the one after (or the receipt)."""
        start, end = self._starts_after[boot], self._ends_before[boot]
        if start is None or end is None:
            return None
        left_ms = self._boots[boot].last_mono_ms - mono_ms
        return _ordered(
            start + mono_ms - self._drift_ms(mono_ms),
            end - left_ms + self._drift_ms(left_ms),
        )

    def _find_earliest_starts(self) -> list[int | None]:
        """For each boot, the earliest UTC at which it can have begun; None if nothing is known before it."""
        starts: list[int | None] = []
        alive: int | None = None
        for number, boot in enumerate(self._boots):
            starts.append(alive)
            bounds = self._anchored_bounds(number, boot.last_mono_ms)
            if bounds is not None:
                alive = bounds[0]
            elif alive is not None:
                alive += boot.last_mono_ms - self._drift_ms(boot.last_mono_ms)
        return starts

    def _find_latest_ends(self, received_ms: int | None) -> list[int | None]:
        """For each boot, the latest UTC at which its last sign of life can have been."""
        ends: list[int | None] = [None] * len(self._boots)
        begun: int | None = received_ms
        for number in range(len(self._boots) - 1, -1, -1):
            ends[number] = begun
            bounds = self._anchored_bounds(number, 0)
            ran_ms = self._boots[number].last_mono_ms
            if bounds is not None:
                begun = bounds[1]
            elif begun is not None:
                begun += self._drift_ms(ran_ms) - ran_ms
        return ends


def clock_offset(wall_ms: int, dated: Dated) -> tuple[int, int]:
    """The offset and the error (ms) with which an event's own wall time goes into the rules (S1).

    A difference within the error is no evidence that the terminal's clock was wrong: then its own time stays,
    with offset 0 and an error that still covers the truth.
    """
    difference = dated.utc_ms - wall_ms
    if abs(difference) <= dated.error_ms:
        return 0, dated.error_ms + abs(difference)
    return difference, dated.error_ms


def _alone(anchor: Anchor) -> _Bounds:
    return anchor.utc_ms - anchor.error_ms, anchor.utc_ms + anchor.error_ms


def _agreed(one: _Bounds, other: _Bounds) -> _Bounds:
    """What both allow. If they contradict each other neither is believed alone: all between counts."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else (min(one[0], other[0]), max(one[1], other[1]))


def _ordered(one: int, other: int) -> _Bounds:
    return min(one, other), max(one, other)


def _check(boots: Sequence[Boot], drift_ppm: int) -> None:
    durations = [boot.last_mono_ms for boot in boots]
    errors = [anchor.error_ms for boot in boots for anchor in boot.anchors]
    if min([drift_ppm, *durations, *errors], default=0) < 0:
        raise RulesError(RulesTrouble.IMPOSSIBLE_CLOCK)
