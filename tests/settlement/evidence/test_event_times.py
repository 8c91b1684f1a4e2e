"""What a terminal knew of the time, before and after, bounds what its doubtful clock told."""

import pytest

from settlement.evidence.event_times import TerminalTime
from sync.contract.events import ClockState, ClockTrust

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
FORTNIGHT = 14 * 24 * HOUR
UNSET = ClockTrust(ClockState.UNSET)
PPM = 50


@pytest.fixture
def bound_of(terminal, deliver, mei, fair, noon_ms):
    """The error of an event so long after noon; at noon and a fortnight later the clock was right."""

    def _bound_of(after_ms):
        terminal.check_in(wall_ms=noon_ms + after_ms, clock=UNSET)
        terminal.check_out(wall_ms=noon_ms + FORTNIGHT)
        deliver(received_ms=noon_ms + FORTNIGHT + HOUR)
        told = terminal.common(noon_ms + after_ms)
        offset_ms, error_ms = TerminalTime(terminal.name, PPM).offset(
            terminal.boot, told["mono_ms"], told["wall_ms"]
        )
        assert offset_ms == 0
        return error_ms

    return _bound_of


@pytest.mark.parametrize("after_ms", [HOUR, FORTNIGHT - HOUR], ids=["at the beginning", "at the end"])
def test_a_long_boot_is_dated_from_both_ends(bound_of, after_ms):
    """By the far end alone the quartz could be off by a minute."""
    assert bound_of(after_ms) < 2 * (HOUR * PPM // 1_000_000 + 5)


def test_what_nothing_bounds_is_not_dated(db):
    assert TerminalTime("nobody", PPM).offset("b" * 32, 0, 0) is None
