"""Time as a value that is handed in: the machine's clock, or one that every process of a demo shares."""

import mmap
import struct
import time
from pathlib import Path
from typing import Protocol

from foundation.errors import SettingsError
from foundation.troubles import FileTrouble

_SLOTS = struct.Struct("<3q")
_BOOT = struct.Struct("16s")


class Clock(Protocol):
    """Where every process takes its evidence times from. Time-outs of the network never use it."""

    @property
    def boot_id(self) -> str:
        """Names the boot to which `mono_ms` belongs: 32 lower-case hex digits."""

    def wall_ms(self) -> int:
        """UTC in milliseconds since 1970, as this machine believes it."""

    def mono_ms(self) -> int:
        """Milliseconds since the boot, suspended time included (CLOCK_BOOTTIME)."""


def monotonic_ms() -> int:
    """The machine's own milliseconds, for pauses and time-outs; evidence is dated by a `Clock` alone."""
    return time.monotonic_ns() // 1_000_000


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

    The file holds three little-endian signed 64-bit numbers: UTC and the time since the boot, both in
    milliseconds, and whether UTC is right (1) or what a machine without time woke up with (0). The demo's
    director owns it and plays a working day in a minute; a reading is dated to the second, however slow the
    machine is.
    """

    _BOOTED_BEFORE_MS = 3_600_000

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("r+b") as file:
                self._map = mmap.mmap(file.fileno(), _SLOTS.size)
            self._boot_id = path.with_suffix(".boot").read_text(encoding="ascii")
            _BOOT.unpack(bytes.fromhex(self._boot_id))
        except (OSError, ValueError, struct.error) as error:
            raise SettingsError(FileTrouble.SHARED_CLOCK_UNOPENED, path=path, why=error) from error

    @classmethod
    def create(cls, path: Path, wall_ms: int) -> "SharedClock":
        """Make the file, standing at `wall_ms`, as of a machine that booted an hour before."""
        path.write_bytes(_SLOTS.pack(wall_ms, cls._BOOTED_BEFORE_MS, 1))
        path.with_suffix(".boot").write_text(f"{wall_ms:032x}", encoding="ascii")
        return cls(path)

    @property
    def boot_id(self) -> str:
        """Names the boot that the clock pretends."""
        return self._boot_id

    def wall_ms(self) -> int:
        """Where the owner set the clock."""
        return self._slots()[0]

    def mono_ms(self) -> int:
        """Time since the pretended boot; moves with `move_to`, but not when the clock is set."""
        return self._slots()[1]

    def is_right(self) -> bool:
        """Whether the machine knows the time, as one whose clock is synchronised does."""
        return bool(self._slots()[2])

    def move_to(self, wall_ms: int) -> None:
        """Let time go by for every process that shares the clock; only the owner calls it, as the others."""
        before_ms, mono_ms, right = self._slots()
        self._write(wall_ms, mono_ms + wall_ms - before_ms, right)

    def set_wrong(self, wall_ms: int) -> None:
        """Set the clock without any time going by, to what nobody vouches for."""
        self._write(wall_ms, self.mono_ms(), 0)

    def set_right(self, wall_ms: int) -> None:
        """Set the clock without any time going by, as time servers do when they are reached again."""
        self._write(wall_ms, self.mono_ms(), 1)

    def reboot(self) -> None:
        """Begin another boot, for the processes that open the clock from now on."""
        wall_ms, _, right = self._slots()
        self._write(wall_ms, 0, right)
        self._boot_id = f"{int(self._boot_id, 16) + 1:032x}"
        self._path.with_suffix(".boot").write_text(self._boot_id, encoding="ascii")

    def _write(self, wall_ms: int, mono_ms: int, right: int) -> None:
        # At once: whoever compares both must not see one of them moved.
        self._map[: _SLOTS.size] = _SLOTS.pack(wall_ms, mono_ms, right)

    def _slots(self) -> tuple[int, int, int]:
        wall_ms, mono_ms, right = _SLOTS.unpack_from(self._map)
        return wall_ms, mono_ms, right


def open_clock(shared: Path | None) -> Clock:
    """The clock that a process was started with: the shared one of a demo, else the machine's."""
    return SharedClock(shared) if shared else SystemClock()
