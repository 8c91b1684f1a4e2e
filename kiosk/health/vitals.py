"""How the machine under the terminal is doing, as far as its kernel tells anybody (sysfs)."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

_SYS = Path("/sys")
_DECIMAL, _HEX = 10, 16


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """Free bytes of the log's disk, the hottest sensor in thousandths of a degree Celsius, and the power.

    None where the platform doesn't tell. `undervoltage` is true while the supply is too weak: a Raspberry Pi
    then slows down and its card may lose writes. `throttled_bits` are what its firmware says: bit 0 means
    undervoltage, 1 a capped frequency, 2 throttling, 3 the soft temperature limit, and 16 higher the same at
    any time since the boot
    (https://www.raspberrypi.com/documentation/computers/os.html#get_throttled).
    """

    disk_free_bytes: int
    temperature_mc: int | None
    undervoltage: bool | None
    throttled_bits: int | None = None


def look_at_machine(log_folder: Path, sys: Path = _SYS) -> MachineHealth:
    """Read it all; `sys` is where the kernel shows its devices.

    https://docs.kernel.org/driver-api/thermal/sysfs-api.html, https://docs.kernel.org/hwmon/sysfs-interface.html
    (`in0_lcrit_alarm` is what the Raspberry Pi's driver `rpi_volt` raises). Its kernels have `get_throttled`
    since 4.14 (https://github.com/raspberrypi/linux/pull/2397), from 4.19 on with one warning per boot in the
    kernel's log when it is read, and no longer since March 2025
    (https://github.com/raspberrypi/linux/pull/6697): the alarm is all that is left there.
    """
    temperatures = _numbers(sys, "class/thermal/thermal_zone*/temp")
    alarms = _numbers(sys, "class/hwmon/hwmon*/in0_lcrit_alarm")
    throttled = _numbers(sys, "devices/platform/soc/soc:firmware/get_throttled", _HEX)
    return MachineHealth(
        shutil.disk_usage(log_folder).free,
        max(temperatures, default=None),
        any(alarms) if alarms else None,
        throttled[0] if throttled else None,
    )


def _numbers(sys: Path, pattern: str, notation: int = _DECIMAL) -> list[int]:
    """What the files say that can be read; a sensor that is off refuses."""
    found = []
    with contextlib.suppress(OSError):  # no file is left to be opened, for example
        for path in sorted(sys.glob(pattern)):
            with contextlib.suppress(OSError, ValueError):
                found.append(int(path.read_text(encoding="ascii"), notation))
    return found
