"""How a terminal's devices are doing, and how much each of them read within the last minute."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.reading import DeviceHealth, Driver
from foundation.trouble import Trouble
from kiosk.local_api.messages import Device

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Counts:
    """What a device read, and what was presented but not readable."""

    readings: int = 0
    unreadable: int = 0


class LastMinute:
    """How much counters that begin at 0 and never fall have grown within a minute; pure."""

    def __init__(self) -> None:
        self._looks: deque[tuple[int, Mapping[str, Counts]]] = deque()
        self._before: Mapping[str, Counts] = {}
        self._grown: Mapping[str, Counts] = {}

    def look(self, mono_ms: int, healths: Sequence[DeviceHealth]) -> None:
        """Take the counters of this moment (CLOCK_BOOTTIME); from one thread alone."""
        counted = {one.device: Counts(one.readings, one.unreadable) for one in healths}
        self._looks.append((mono_ms, counted))
        while self._looks[0][0] <= mono_ms - MINUTE_MS:
            _, self._before = self._looks.popleft()
        # Replaced, never changed: other threads read it at any time.
        self._grown = {name: _growth(self._before.get(name, Counts()), now) for name, now in counted.items()}

    def of(self, device: str) -> Counts:
        """What the device read in the minute before the newest look."""
        return self._grown.get(device, Counts())


class DeviceWatch:
    """Looks at the drivers of one terminal."""

    def __init__(self, drivers: Sequence[Driver]) -> None:
        self._drivers = drivers
        self._last_minute = LastMinute()

    def look(self, mono_ms: int) -> None:
        """Count the last minute anew; to be called every second or more often, from one thread."""
        self._last_minute.look(mono_ms, [driver.health() for driver in self._drivers])

    def devices(self, misread: Mapping[str, Trouble]) -> list[Device]:
        """Every device as the settings order them, with what is wrong with its readings; from any thread."""
        return [self._device(driver.health(), misread) for driver in self._drivers]

    def _device(self, health: DeviceHealth, misread: Mapping[str, Trouble]) -> Device:
        lately = self._last_minute.of(health.device)
        return Device(
            name=health.device,
            kind=health.kind,
            state=health.state,
            readings=health.readings,
            unreadable=health.unreadable,
            trouble=health.fault or misread.get(health.device),
            last_reading_wall_ms=health.last_reading_wall_ms,
            readings_last_minute=lately.readings,
            unreadable_last_minute=lately.unreadable,
        )


def _growth(before: Counts, now: Counts) -> Counts:
    return Counts(now.readings - before.readings, now.unreadable - before.unreadable)
