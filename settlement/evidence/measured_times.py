"""How closely the time of a terminal's event is known, and who measured it (S1): as a person may ask."""

from enum import StrEnum

from msgspec import Struct

from settlement.evidence.event_times import Clocks
from settlement.evidence.judge import is_doubtful
from settlement.rules.dating import Anchor
from sync.contract.events import ClockTrust, Event

CERTAIN_MS = 1000
"""Hours are counted in seconds: a clock that is known as closely as this needs no word."""


class Basis(StrEnum):
    """What the time of an event rests on."""

    OWN = "own"
    """The terminal's clock, for which something vouched."""
    KEPT = "kept"
    """The terminal's clock, for which nothing vouched, and which other evidence does not contradict."""
    REPAIRED = "repaired"
    """Other evidence of the same terminal; its clock said something else."""
    UNBOUNDED = "unbounded"
    """Nothing but a clock that nobody vouches for."""


class Measured(Struct, frozen=True):
    """True time as somebody knew it near an event: UTC milliseconds, give or take `error_ms`."""

    source: str
    at_ms: int
    error_ms: int


class MeasuredTime(Struct, frozen=True):
    """When an event was: the truth is within `error_ms` of `corrected_ms`; None where nothing bounds it.

    `wall_ms` is what the terminal's clock said, `clock` what the terminal thought of it then. Where its clock
    was not believed, `after` and `before` are the measurements between which the event lies.
    """

    basis: Basis
    wall_ms: int
    corrected_ms: int
    error_ms: int | None
    clock: ClockTrust
    after: Measured | None = None
    before: Measured | None = None

    @property
    def is_certain(self) -> bool:
        """Whether the terminal's clock was right to the second, as far as anybody knows."""
        return self.basis is Basis.OWN and self.error_ms is not None and self.error_ms <= CERTAIN_MS


def measured_time(event: Event, received_ms: int, clocks: Clocks) -> MeasuredTime:
    """How the rules come by the time of an event that arrived then."""
    offset_ms, error_ms = clocks.offset(event, received_ms)
    corrected_ms = event.wall_ms + (offset_ms or 0)
    if offset_ms is None or not is_doubtful(event.clock):
        basis = Basis.UNBOUNDED if offset_ms is None else Basis.OWN
        return MeasuredTime(basis, event.wall_ms, corrected_ms, error_ms, event.clock)
    around = clocks.of(event.terminal, received_ms).anchors_around(event.boot, event.mono_ms)
    after, before = map(_measured, around)
    basis = Basis.REPAIRED if offset_ms else Basis.KEPT
    return MeasuredTime(basis, event.wall_ms, corrected_ms, error_ms, event.clock, after, before)


def _measured(anchor: Anchor | None) -> Measured | None:
    return None if anchor is None else Measured(anchor.source, anchor.utc_ms, anchor.error_ms)
