"""What a terminal tells of itself, and when that is news: the facts of which its history is made. Pure."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from settlement.look_up import storable
from settlement.models import TerminalStatus
from sync.contract.wire import Health, LinkState, State

READY = "ready"
_MOST_DEVICES = 20
_LONGEST_NAME = 40
_LONGEST_CODE = 20
_FEW_UNSENT = 10
_WARMER_C = 5
_HOTTEST_C = 200
_DISK_PARTS = 5
_MIB = 1024 * 1024


class Told(Struct, frozen=True, omit_defaults=True):
    """How a terminal was, as it said itself; None stands for what it can't know or did not say.

    `devices` are the states of its devices by name. `unsent` events waited to be sent. While it is connected
    and its engine is silent, `is_silent`, the facts that only the engine knows stay as they were.
    """

    link: str = ""
    is_silent: bool = False
    clock: str = ""
    temperature_c: int | None = None
    disk_mib: int | None = None
    unsent: int = 0
    software: str = ""
    roster: int = 0
    settings: int = 0
    devices: dict[str, str] = {}
    low_voltage: bool = False
    log_trouble: bool = False

    @property
    def faults(self) -> list[str]:
        """The devices that don't work."""
        return [name for name, state in self.devices.items() if state != READY]


def read_told(kept: Mapping[str, object]) -> Told:
    """The facts of a row; what a newer version wrote beside is passed over."""
    try:
        return msgspec.convert(kept, Told)
    except msgspec.ValidationError:
        return Told()


def with_state(before: Told, state: State) -> Told:
    """What is known once a terminal, or the broker in its place, has said this."""
    if state.state is not LinkState.ONLINE:
        return msgspec.structs.replace(before, link=str(state.state), is_silent=False)
    online = msgspec.structs.replace(
        before, link=str(state.state), unsent=state.unsent, is_silent=state.health is None
    )
    return online if state.health is None else _with_health(online, state.health)


def with_status(before: Told, status: TerminalStatus) -> Told:
    """What is known with a terminal's last greeting; it says less of the moment than a state does."""
    return msgspec.structs.replace(
        before, software=status.software, roster=status.roster, settings=status.config,
        clock=before.clock or status.clock_state,
    )  # fmt: skip


def is_news(before: Told, now: Told) -> bool:
    """Whether something became another that is worth a row: not each degree, nor each event that waits."""
    numbers = {"temperature_c": None, "disk_mib": None, "unsent": 0}
    alike = msgspec.structs.replace(before, **numbers) == msgspec.structs.replace(now, **numbers)
    warmer = _differs(before.temperature_c, now.temperature_c, _WARMER_C)
    fuller = _differs(before.disk_mib, now.disk_mib, max(1, (before.disk_mib or 0) // _DISK_PARTS))
    return not alike or warmer or fuller or _backlog(before.unsent) != _backlog(now.unsent)


def _with_health(before: Told, health: Health) -> Told:
    named = sorted(health.each_device.items())[:_MOST_DEVICES]
    return msgspec.structs.replace(
        before,
        clock=_code(health.clock),
        temperature_c=_celsius(health.temperature_mc),
        disk_mib=health.disk_free_bytes // _MIB,
        devices={storable(name)[:_LONGEST_NAME]: _code(device.state) for name, device in named},
        low_voltage=health.undervoltage is True,
        log_trouble=health.log_trouble,
    )


def _celsius(millidegrees: int | None) -> int | None:
    """Whole degrees, within what any machine can have."""
    return None if millidegrees is None else max(-_HOTTEST_C, min(millidegrees // 1000, _HOTTEST_C))


def _code(said: str) -> str:
    return storable(said)[:_LONGEST_CODE]


def _differs(before: int | None, now: int | None, much: int) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= much


def _backlog(unsent: int) -> int:
    """How large it is in tens: a few that wait are what a working terminal has."""
    return 0 if unsent < _FEW_UNSENT else len(str(unsent))
