"""Whether the terminal's services run, as systemd tells it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.checkup.check import Check, Finding, Said, Subject, broken, found, good, to_look_at, unjudged
from kiosk.troubles import CheckTrouble

KIOSK, UPLINK, SCREEN = UNITS = ("muster-kiosk", "muster-uplink", "muster-screen")
PROPERTIES = ("Id", "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "UnitFileState")
_NOT_AT_BOOT = ("disabled", "enabled-runtime", "masked-runtime")
MANY_RESTARTS = 5
_BOOTED = "run/systemd/system"  # man 3 sd_booted
_WITHIN_S = 30


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """One service, in systemd's words."""

    name: str
    load: str = "loaded"
    active: str = "active"
    detail: str = "running"
    restarts: int = 0
    at_boot: str = "enabled"


def look_at_services(root: Path = Path("/")) -> tuple[UnitSeen, ...] | None:
    """The terminal's services; None where no systemd runs, or it does not answer."""
    if not (root / _BOOTED).is_dir():
        return None
    command = [
        "systemctl",
        "show",
        f"--property={','.join(PROPERTIES)}",
        *(f"{unit}.service" for unit in UNITS),
    ]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return read_units(asked.stdout)


def read_units(text: str) -> tuple[UnitSeen, ...]:
    """What `systemctl show` tells, a block for each unit; pure."""
    units = []
    for block in text.strip().split("\n\n"):
        told = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in told:
            restarts = told.get("NRestarts", "")
            units.append(
                UnitSeen(
                    told["Id"].removesuffix(".service"),
                    told.get("LoadState", ""),
                    told.get("ActiveState", ""),
                    told.get("SubState", ""),
                    int(restarts) if restarts.isdigit() else 0,
                    told.get("UnitFileState", ""),
                )
            )
    return tuple(units)


def judge_services(units: tuple[UnitSeen, ...] | None) -> Check:
    """Pure."""
    if units is None:
        return unjudged(Subject.SERVICES, Said.NO_SYSTEMD)
    findings = tuple(one for unit in units for one in _wrong(unit))
    if findings:
        return found(Subject.SERVICES, *findings)
    return good(Subject.SERVICES, Said.SERVICES_GOOD, units=[unit.name for unit in units])


def _wrong(unit: UnitSeen) -> Iterator[Finding]:
    if unit.load != "loaded":
        # Without the screen's people still check in; without the two others nobody does, or nothing leaves.
        kind = to_look_at if unit.name == SCREEN else broken
        yield kind(CheckTrouble.SERVICE_MISSING, unit=unit.name)
    elif unit.active != "active":
        state = f"{unit.active}, {unit.detail}"
        yield broken(CheckTrouble.SERVICE_NOT_RUNNING, unit=unit.name, state=state)
    elif unit.restarts >= MANY_RESTARTS:
        yield to_look_at(CheckTrouble.SERVICE_RESTARTED, unit=unit.name, count=unit.restarts)
    if unit.load == "loaded" and unit.at_boot in _NOT_AT_BOOT:
        kind = to_look_at if unit.name == SCREEN else broken
        yield kind(CheckTrouble.SERVICE_NOT_AT_BOOT, unit=unit.name)
