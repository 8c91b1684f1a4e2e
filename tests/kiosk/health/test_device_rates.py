from drivers.reading import DeviceHealth, DeviceState
from foundation.trouble import Trouble
from kiosk.health.device_rates import MINUTE_MS, Counts, DeviceWatch, LastMinute


def health(readings: int, unreadable: int = 0, device: str = "scanner") -> DeviceHealth:
    return DeviceHealth(device, "scanner", DeviceState.READY, readings, unreadable)


def test_what_came_within_the_first_minute_counts_from_the_first_reading_on():
    lately = LastMinute()
    assert lately.of("scanner") == Counts()
    lately.look(1_000, [health(2, 1)])
    assert lately.of("scanner") == Counts(2, 1)


def test_what_is_a_minute_old_counts_no_longer():
    lately = LastMinute()
    for second in range(121):
        lately.look(second * 1_000, [health(second, 2 * second)])
    assert lately.of("scanner") == Counts(60, 120)
    lately.look(120_000 + MINUTE_MS, [health(120, 240)])
    assert lately.of("scanner") == Counts()


def test_a_reading_counts_for_a_whole_minute():
    lately = LastMinute()
    lately.look(0, [health(0)])
    lately.look(1_000, [health(1)])
    lately.look(MINUTE_MS, [health(1)])
    assert lately.of("scanner") == Counts(1)
    lately.look(MINUTE_MS + 1_000, [health(1)])
    assert lately.of("scanner") == Counts()


def test_each_device_is_counted_for_itself():
    lately = LastMinute()
    lately.look(0, [health(5), health(7, 1, "camera")])
    assert (lately.of("scanner"), lately.of("camera"), lately.of("none")) == (
        Counts(5),
        Counts(7, 1),
        Counts(),
    )


class Driver:
    """As much of one as is looked at."""

    def __init__(self, said: DeviceHealth) -> None:
        self.said = said

    def health(self) -> DeviceHealth:
        return self.said


def test_a_device_is_told_with_all_that_its_driver_says_and_its_last_minute():
    driver = Driver(
        DeviceHealth("door", "camera", DeviceState.FAULT, 3, 2, 1, 1, 9_000, Trouble("camera_gone"))
    )
    watch = DeviceWatch([driver])
    watch.look(0)
    (device,) = watch.devices({})
    assert (device.name, device.kind, device.state, device.trouble) == (
        "door",
        "camera",
        "fault",
        Trouble("camera_gone"),
    )
    assert (device.readings, device.unreadable, device.last_reading_wall_ms) == (3, 2, 9_000)
    assert (device.readings_last_minute, device.unreadable_last_minute) == (3, 2)
