"""Time as a value that is handed in: the machine's clock, or one that every process of a demo shares."""

import mmap
import struct
import time
from pathlib import Path
from typing import Protocol

from muster.errors import SettingsError

_SLOT = struct.Struct("<q")


class Clock(Protocol):
    """Where every process takes its evidence times from. Time-outs of the network never use it."""

    @property
    def boot_id(self) -> str:
        """Names the boot to which `mono_ms` belongs: 32 lower-case hex digits."""

    def wall_ms(self) -> int:
        """UTC in milliseconds since 1970, as this machine believes it."""

    def mono_ms(self) -> int:
        """Milliseconds since the boot, suspended time included (CLOCK_BOOTTIME)."""


class SystemClock:
    """The machine's own clock."""

    def __init__(self) -> None:
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        self._boot_id = boot_id.strip().replace("-", "")

    @property
    def boot_id(self) -> str:
        """The kernel's name for this boot."""
        return self._boot_id

    def wall_ms(self) -> int:
        """UTC in milliseconds."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Milliseconds of CLOCK_BOOTTIME."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class SharedClock:
    """A clock that stands still until its owner moves it, shared by processes through one mapped file.

    The file holds one little-endian signed 64-bit number: UTC in milliseconds. The demo's director owns it
    and plays a working day in a minute; a reading is dated to the second, however slow the machine is.
    """

    _BOOTED_BEFORE_MS = 3_600_000

    def __init__(self, path: Path) -> None:
        try:
            with path.open("r+b") as file:
                self._map = mmap.mmap(file.fileno(), _SLOT.size)
            self._booted_ms: int = _SLOT.unpack(path.with_suffix(".boot").read_bytes())[0]
        except (OSError, ValueError, struct.error) as error:
            raise SettingsError(
                f"The shared clock {path} can't be opened ({error}).", remedy="Start it with `muster demo`."
            ) from error

    @classmethod
    def create(cls, path: Path, wall_ms: int) -> "SharedClock":
        """Make the file, standing at `wall_ms`, as of a machine that booted an hour before."""
        path.write_bytes(_SLOT.pack(wall_ms))
        path.with_suffix(".boot").write_bytes(_SLOT.pack(wall_ms - cls._BOOTED_BEFORE_MS))
        return cls(path)

    @property
    def boot_id(self) -> str:
        """Names the boot that the clock pretends."""
        return f"{self._booted_ms:032x}"

    def wall_ms(self) -> int:
        """Where the owner set the clock."""
        wall_ms: int = _SLOT.unpack_from(self._map)[0]
        return wall_ms

    def mono_ms(self) -> int:
        """The same time, counted from the pretended boot."""
        return self.wall_ms() - self._booted_ms

    def move_to(self, wall_ms: int) -> None:
        """Set the time for every process that shares the clock; only the owner calls it."""
        _SLOT.pack_into(self._map, 0, wall_ms)


def open_clock(shared: Path | None) -> Clock:
    """The clock that a process was started with: the shared one of a demo, else the machine's."""
    return SharedClock(shared) if shared else SystemClock()
