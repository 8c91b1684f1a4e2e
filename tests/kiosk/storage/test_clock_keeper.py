"""What the engine writes down of the time, with a real log and a clock that is wrong."""

import msgspec
import pytest

from foundation.clock import SharedClock
from kiosk.clock.trust import AnchoredClock, clock_trust
from kiosk.storage.clock_keeper import ClockKeeper
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import Alarm, BootSeen, ClockAnchor, ClockState
from tests.kiosk.samples import HandClock
from tests.sync.model_log import ModelLog, ack_of
from tests.sync.samples import BOOT, NINE_MS, TERMINAL

YEAR_MS = 365 * 86_400_000


class Machine:
    """A terminal's log and clock, one start after another."""

    def __init__(self, log_file, clock):
        self.log_file, self.clock = log_file, clock
        self.start()

    def start(self):
        self.anchored = AnchoredClock(self.clock)
        self.keeper = LogKeeper(self.log_file, TERMINAL, self.anchored, "muster/test")
        self.clock_keeper = ClockKeeper(self.anchored, self.keeper)

    def restart(self, boot):
        self.keeper.log.close()
        self.clock.boot_id = boot
        self.start()

    def hear(self, true_ms, trip_ms, boot=BOOT):
        """An acknowledgement comes in, of something sent `trip_ms` ago."""
        now_ms = self.clock.mono_ms()
        ack = msgspec.structs.replace(
            ack_of(ModelLog(1), 0, 1),
            server_ms=true_ms - trip_ms // 2,
            echo_boot=boot,
            echo_mono_ms=now_ms - trip_ms,
        )
        self.clock_keeper.learn(ack, now_ms)
        self.clock_keeper.look()

    def written(self, kind):
        return [event for event in map(events.decode, self.keeper.log.since(0)) if isinstance(event, kind)]


@pytest.fixture
def machine(log_file):
    machine = Machine(log_file, HandClock(NINE_MS - YEAR_MS))
    yield machine
    machine.keeper.log.close()


@pytest.fixture
def log_file(tmp_path):
    return tmp_path / "log.db"


def test_an_acknowledgement_dates_the_boot_of_a_clock_that_is_a_year_behind(machine):
    machine.hear(NINE_MS, trip_ms=400)
    (anchor,) = machine.written(ClockAnchor)
    assert (anchor.true_ms, anchor.error_ms, anchor.source) == (NINE_MS, 203, "ack")
    assert (anchor.mono_ms, anchor.boot, anchor.wall_ms) == (machine.clock.mono_ms(), BOOT, NINE_MS - YEAR_MS)


@pytest.mark.parametrize(("drift_ppm", "error_ms"), [(None, 203 + 180), (500, 203 + 1_800)])
def test_what_the_quartz_may_be_off_is_what_the_centres_rules_say(machine, drift_ppm, error_ms):
    """An hour after the acknowledgement, by the book of the terminal."""
    if drift_ppm is not None:
        machine.anchored.drift_ppm = drift_ppm
    machine.hear(NINE_MS, trip_ms=400)
    hour_ms = 3_600_000
    later_ms = machine.anchored.anchor.mono_ms + hour_ms
    assert machine.anchored.anchor.error_at(later_ms) + 2 == error_ms


def test_a_clock_that_is_a_year_behind_is_not_trusted_for_it(machine):
    before = clock_trust(machine.anchored)
    machine.hear(NINE_MS, trip_ms=400)
    assert clock_trust(machine.anchored) == before


def test_a_clock_that_an_acknowledgement_confirms_is_in_holdover(log_file):
    machine = Machine(log_file, HandClock(NINE_MS))
    if clock_trust(machine.anchored).state is not ClockState.RTC:
        pytest.skip("NTP steers this machine: it needs no acknowledgement")
    machine.hear(NINE_MS + 300, trip_ms=400)
    machine.clock.now_ms += 600_000
    trust = clock_trust(machine.anchored)
    machine.keeper.log.close()
    assert (trust.state, trust.source) == (ClockState.HOLDOVER, "ack")
    assert 300 + 201 <= trust.error_ms <= 300 + 201 + 31
    assert trust.since_sync_ms == 600_200


def test_an_answer_to_another_boot_says_nothing(machine):
    machine.hear(NINE_MS, trip_ms=400, boot="d4" * 16)
    assert machine.written(ClockAnchor) == []


def test_a_full_line_of_acknowledgements_is_no_full_line_of_anchors(machine):
    for _ in range(200):
        machine.clock.now_ms += 250
        machine.hear(machine.clock.now_ms + YEAR_MS, trip_ms=100)
    assert len(machine.written(ClockAnchor)) == 1


def test_a_jump_is_an_alarm_and_makes_the_next_anchor_welcome(machine):
    machine.hear(NINE_MS, trip_ms=400)
    mono_ms = machine.clock.mono_ms()
    machine.anchored.mono_ms = lambda: mono_ms + 1_000
    machine.anchored.wall_ms = lambda: NINE_MS
    machine.clock_keeper.look()
    machine.hear(NINE_MS + 1_000, trip_ms=400)
    assert [alarm.code for alarm in machine.written(Alarm)] == ["clock_jump"]
    assert len(machine.written(ClockAnchor)) == 2


def test_the_first_start_of_a_boot_names_the_boot_before(machine):
    assert machine.written(BootSeen) == []
    machine.restart(BOOT)
    assert machine.written(BootSeen) == []
    machine.restart("d4" * 16)
    machine.restart("d4" * 16)
    (seen,) = machine.written(BootSeen)
    assert (seen.boot, seen.previous_boot) == ("d4" * 16, BOOT)


@pytest.mark.parametrize(("set_by_ms", "alarms"), [(YEAR_MS, 1), (-3_600_000, 1), (0, 0)])
def test_a_clock_that_was_set_while_no_engine_ran_is_an_alarm(machine, set_by_ms, alarms):
    offset_ms = machine.clock.wall_ms() - machine.clock.mono_ms()
    machine.keeper.log.close()
    machine.clock.wall_ms = lambda: machine.clock.mono_ms() + offset_ms + set_by_ms
    machine.start()
    machine.clock_keeper.look()
    assert [alarm.code for alarm in machine.written(Alarm)] == ["clock_jump"] * alarms


def test_another_boot_is_no_jump(machine):
    machine.restart("d4" * 16)
    machine.clock.wall_ms = lambda: NINE_MS
    machine.restart("d5" * 16)
    machine.clock_keeper.look()
    assert machine.written(Alarm) == []


def test_a_demos_clock_needs_no_anchors(tmp_path, log_file):
    machine = Machine(log_file, SharedClock.create(tmp_path / "clock", NINE_MS))
    machine.clock_keeper.look()
    assert machine.written(ClockAnchor) == []
    machine.keeper.log.close()
