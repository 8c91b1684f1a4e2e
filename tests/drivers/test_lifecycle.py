import threading

import pytest
from structlog.testing import capture_logs

from drivers.lifecycle import PATIENT, DriverThread
from drivers.reading import DeviceState, Presented, Secret
from foundation.back_off import BackOff
from foundation.errors import DeviceError
from foundation.trouble import Trouble

IMPATIENT = BackOff(first_ms=1, longest_ms=1)
NEVER = BackOff(first_ms=3_600_000, longest_ms=3_600_000)


class Doorbell(DriverThread):
    """A device that the test breaks and mends; each ring is a reading."""

    def __init__(self, engine, clock, back_off=IMPATIENT):
        super().__init__(
            "door",
            kind="doorbell",
            deliver=engine.deliver,
            now=clock,
            unreadable=engine.cannot_read,
            back_off=back_off,
        )
        self.rung = threading.Event()
        self.breaks_with = None
        self.plugged_in = True
        self.opened = 0
        self.closed = 0
        self.close_fails = False
        self.refuses_with = "bell_gone"

    def open(self):
        self.opened += 1
        if not self.plugged_in:
            raise DeviceError(self.refuses_with)

    def step(self):
        if not self.plugged_in:
            raise DeviceError("bell_fell")
        if self.breaks_with:
            error, self.breaks_with = self.breaks_with, None
            raise error
        if self.rung.wait(0.005):
            self.rung.clear()
            self.present(Presented.CODE, Secret("ring"))

    def close(self):
        self.closed += 1
        if self.close_fails:
            raise OSError("gone")

    def interrupt(self):
        self.rung.set()

    def is_plugged_in(self):
        return self.plugged_in


@pytest.fixture
def bell(engine, clock):
    return Doorbell(engine, clock)


def state(driver):
    return driver.health().state


@pytest.mark.parametrize(
    ("failures", "pause"), [(1, 500), (2, 1000), (5, 8000), (6, 10_000), (10_000, 10_000)]
)
def test_it_backs_off_from_half_a_second_to_ten(failures, pause):
    assert PATIENT.pause_ms(failures) == pause


def test_it_is_closed_before_it_starts_and_after_it_stops(bell, running):
    assert state(bell) is DeviceState.CLOSED
    running(bell)
    bell.stop()
    assert state(bell) is DeviceState.CLOSED
    assert bell.closed == bell.opened == 1


def test_it_delivers_and_counts_readings_with_the_injected_time(bell, running, engine, clock, until):
    running(bell)
    bell.rung.set()
    until(lambda: engine.readings)
    assert engine.readings[0].at == clock()
    assert (bell.health().readings, bell.health().last_reading_wall_ms) == (1, clock.wall_ms)


def test_it_counts_a_reading_that_the_engine_had_no_room_for_and_tells_the_person(bell, engine):
    engine.full = True
    assert not bell.present(Presented.CODE, Secret("ring"))
    assert (bell.health().readings, bell.health().dropped) == (0, 1)
    assert engine.unreadable == ["door"]


def test_it_tells_the_person_once_for_a_burst_of_garbage(bell, engine):
    bell.reject(40)
    bell.reject(0)
    assert bell.health().unreadable == 40
    assert engine.unreadable == ["door"]


def test_it_says_what_is_wrong_while_the_device_is_missing(bell, running, until):
    bell.plugged_in = False
    running(bell, ready=False)
    until(lambda: bell.health().fault)
    assert bell.health().fault == Trouble("bell_gone")


def test_it_recovers_when_the_device_comes_back(bell, running, until):
    running(bell)
    bell.plugged_in = False
    until(lambda: state(bell) is DeviceState.FAULT)
    bell.plugged_in = True
    until(lambda: state(bell) is DeviceState.READY)
    assert (bell.health().fault, bell.health().reopened) == (None, 1)


def test_it_opens_a_device_that_reappears_without_waiting_for_the_pause(engine, clock, running, until):
    bell = Doorbell(engine, clock, back_off=NEVER)
    bell.plugged_in = False
    running(bell, ready=False)
    until(lambda: state(bell) is DeviceState.FAULT)
    bell.plugged_in = True
    until(lambda: state(bell) is DeviceState.READY)


def test_it_logs_an_outage_once_and_the_return_once(bell, running, until):
    bell.plugged_in = False
    with capture_logs() as logs:
        running(bell, ready=False)
        until(lambda: bell.opened > 5)
        bell.plugged_in = True
        until(lambda: state(bell) is DeviceState.READY)
    assert [entry["event"] for entry in logs] == ["device_lost", "device_back"]


def test_a_close_that_fails_at_every_try_is_logged_once(bell, running, until):
    bell.plugged_in, bell.close_fails = False, True
    with capture_logs() as logs:
        running(bell, ready=False)
        until(lambda: bell.opened > 5)
    events = [entry["event"] for entry in logs]
    assert events == ["device_close_failed", "device_lost"]


def test_another_fault_of_the_same_outage_is_logged_too_and_each_once(bell, running, until):
    bell.plugged_in = False
    with capture_logs() as logs:
        running(bell, ready=False)
        until(lambda: bell.opened > 3)
        for fault in ("bell_forbidden", "bell_gone", "bell_forbidden"):
            tried = bell.opened
            bell.refuses_with = fault
            until(lambda tried=tried: bell.opened > tried + 2)
    assert [entry["fault"].code for entry in logs] == ["bell_gone", "bell_forbidden"]


def test_it_survives_a_flaw_of_its_own_and_keeps_the_error_text_out_of_the_log(bell, running, until):
    running(bell)
    with capture_logs() as logs:
        bell.breaks_with = ValueError("999999199001010016")
        until(lambda: bell.health().reopened == 1)
    assert logs[0]["fault"].arguments["error"] == "ValueError"
    assert "test_lifecycle.py:" in logs[0]["fault"].arguments["place"]
    assert "999999" not in str(logs)


def test_it_survives_a_close_that_fails(bell, running, until):
    bell.close_fails = True
    running(bell)
    bell.breaks_with = DeviceError("bell_broken")
    until(lambda: bell.health().reopened == 1)


def test_it_starts_again_after_a_stop(bell, running, engine, until):
    running(bell)
    bell.stop()
    running(bell)
    bell.rung.set()
    until(lambda: engine.readings)


def test_it_may_be_started_and_stopped_twice(bell, running):
    running(bell)
    bell.start()
    bell.stop()
    bell.stop()
    assert bell.opened == 1


def test_a_device_that_hangs_is_reported_and_gets_no_second_thread(bell, running, until, monkeypatch):
    monkeypatch.setattr("drivers.lifecycle._STOP_WITHIN_SECONDS", 0.05)
    hanging, released = threading.Event(), threading.Event()

    def hang():
        hanging.set()
        released.wait()

    bell.step = hang
    running(bell)
    hanging.wait()
    with capture_logs() as logs:
        bell.stop()
    assert [entry["event"] for entry in logs] == ["driver_does_not_stop"]
    bell.start()
    assert bell.opened == 1
    released.set()
    until(lambda: state(bell) is DeviceState.CLOSED)


def test_it_stops_while_it_waits_for_a_missing_device(engine, clock, running, until):
    bell = Doorbell(engine, clock, back_off=NEVER)
    bell.plugged_in = False
    running(bell, ready=False)
    until(lambda: state(bell) is DeviceState.FAULT)
    bell.stop()
    assert state(bell) is DeviceState.CLOSED


def test_its_details_can_be_counted_and_measured(bell):
    before = bell.health()
    bell.count("resets")
    bell.count("resets", 2)
    bell.measure("signal", -71)
    assert bell.health().detail == {"resets": 3, "signal": -71}
    assert before.detail == {}
