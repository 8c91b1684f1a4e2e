"""How the machine under the terminal is doing, as far as its kernel tells anybody (sysfs)."""

import shutil
from dataclasses import dataclass
from pathlib import Path

_SYS = Path("/sys")


@dataclass(frozen=True, slots=True)
class MachineHealth:
    """Free bytes of the log's disk, the hottest sensor in thousandths of a degree Celsius, and the power.

    None where the platform doesn't tell. `undervoltage` is true while the supply is too weak: a Raspberry Pi
    then slows down and its card may lose writes.
    """

    disk_free_bytes: int
    temperature_mc: int | None
    undervoltage: bool | None


def look_at_machine(log_folder: Path, sys: Path = _SYS) -> MachineHealth:
    """Read it all; `sys` is where the kernel shows its devices.

    https://docs.kernel.org/driver-api/thermal/sysfs-api.html, https://docs.kernel.org/hwmon/sysfs-interface.html
    (`in0_lcrit_alarm` is what the Raspberry Pi's driver `rpi_volt` raises).
    """
    temperatures = _numbers(sys, "class/thermal/thermal_zone*/temp")
    alarms = _numbers(sys, "class/hwmon/hwmon*/in0_lcrit_alarm")
    return MachineHealth(
        shutil.disk_usage(log_folder).free,
        max(temperatures, default=None),
        any(alarms) if alarms else None,
    )


def _numbers(sys: Path, pattern: str) -> list[int]:
    """What the files say that can be read; a sensor that is off refuses."""
    found = []
    for path in sorted(sys.glob(pattern)):
        try:
            found.append(int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return found
