"""What the demo's terminal recorded before the day: it lies in its log, and goes to the centre from there."""

import secrets

from muster.demo.day import Past
from muster.demo.site import TERMINAL, Site
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    ClockState,
    ClockTrust,
    Credential,
    Direction,
    Method,
)
from sync.line.uplink import SOFTWARE
from sync.log.writer import Log, Stamp

_RIGHT = ClockTrust(ClockState.SYNCED, 0, "demo", 0)
_STARTED_BEFORE_MS = 600_000
"""The terminal was switched on ten minutes before anybody came."""


def record_past(site: Site) -> None:
    """Write the past of the day's script into the terminal's log; the engine must not run yet."""
    past = sorted(site.day.past, key=lambda one: one.at)
    if not past:
        return
    site.log.parent.mkdir(parents=True, exist_ok=True)
    boot = secrets.token_hex(16)
    on_ms = site.day.moment_ms(past[0].at) - _STARTED_BEFORE_MS
    log = Log(site.log, TERMINAL, Stamp(boot, 0, on_ms, _RIGHT), SOFTWARE)
    try:
        for one in past:
            at_ms = site.day.moment_ms(one.at)
            log.append(_event(site, one, Stamp(boot, at_ms - on_ms, at_ms, _RIGHT)))
    finally:
        log.close()


def _event(site: Site, one: Past, stamp: Stamp) -> CheckIn | CheckOut:
    badge = Credential(Method.BADGE, f"badge:{one.who}.{site.serial(one.who)}", Assurance.MEDIUM)
    kind = CheckIn if one.direction is Direction.IN else CheckOut
    return kind(**stamp.moment(TERMINAL), credential=badge, activity=one.activity)
