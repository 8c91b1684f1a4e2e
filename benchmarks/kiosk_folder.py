"""A terminal's folder for measurements: settings, keys, a roster, and a log as long as one wishes."""

import os
import platform
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from foundation.clock import SystemClock
from kiosk.clock.trust import clock_trust
from sync.contract import chain, events
from sync.contract.badge import Badge, issue
from sync.contract.downlink import seal_chunks
from sync.contract.events import (
    Assurance,
    CheckIn,
    CheckOut,
    ClockState,
    ClockTrust,
    Credential,
    EpochStart,
    Method,
)
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.roster import (
    Phase,
    PhaseChange,
    Roster,
    RosterActivity,
    RosterCredential,
    RosterPerson,
    seal_roster,
)
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm
from sync.log import dates as log_dates
from sync.log import schema as log_schema
from sync.log.writer import Stamp

TERMINAL = "bench-1"
ACTIVITY = "guides-east"
DAY_MS = 86_400_000
_AT_ONCE = 400
PSEUDONYM_KEY = bytes(range(32))

_CENTRE = SigningKey.from_seed(bytes(range(32)))
_ISSUER = SigningKey.from_seed(bytes(range(32, 64)))
_INSERT_EPOCH = "INSERT INTO epoch (ordinal, epoch, opened_wall_ms) VALUES (?, ?, ?)"
_INSERT_EVENT = "INSERT INTO event (ordinal, seq, kind, wall_ms, bytes, hash) VALUES (?, ?, ?, ?, ?, ?)"
_CLOCK = ClockTrust(ClockState.SYNCED, 12, "ntp")


def describe_machine() -> str:
    """What the figures were measured on."""
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = cpus[0].partition(":")[2].strip() if cpus else platform.machine()
    return (
        f"machine: {os.cpu_count()} x {model}, Linux {platform.release()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {os.getloadavg()[0]:.1f}"
    )


def quantile(times: Sequence[int], percent: int) -> int:
    """The time that so many percent don't exceed."""
    return sorted(times)[min(len(times) * percent // 100, len(times) - 1)]


def token(volunteer: int) -> str:
    """What the camera reads from a volunteer's printed badge."""
    return issue(Badge(volunteer), _ISSUER)


def stamp() -> Stamp:
    """This moment, by the machine's clock."""
    clock = SystemClock()
    return Stamp(clock.boot_id, clock.mono_ms(), clock.wall_ms(), clock_trust(clock))


def roster_of(volunteers: int, now_ms: int) -> Roster:
    """A roster of so many volunteers, numbered from 1, for an activity that executes now."""
    executing = [PhaseChange(Phase.EXECUTING, now_ms - 60 * DAY_MS)]
    people = [RosterPerson(str(number), f"Volunteer {number}") for number in range(1, volunteers + 1)]
    return Roster(
        version=1,
        terminal=TERMINAL,
        realm=Realm.LIVE,
        site="East Gate",
        zone="Asia/Shanghai",
        language="en",
        issuers=[_ISSUER.public.raw.hex()],
        activities=[RosterActivity(ACTIVITY, "Guides", executing)],
        people=people,
        credentials=[_one_use_code(number) for number in range(1, min(volunteers, 200) + 1)],
    )


def _one_use_code(volunteer: int) -> RosterCredential:
    ref = keyed_reference(PSEUDONYM_KEY, Subject.SMS_CODE, f"{volunteer:06}")
    return RosterCredential(ref, str(volunteer), Method.SMS_CODE, Assurance.MEDIUM, one_use=True)


def seal_as_centre(roster: Roster) -> bytes:
    """The roster, signed by the centre that the folder's settings name."""
    return seal_roster(roster, _CENTRE)


def seal_chunks_as_centre(sealed: bytes, version: int) -> Iterator[bytes]:
    """The messages that bring it."""
    return seal_chunks(sealed, realm=Realm.LIVE, terminal=TERMINAL, version=version, key=_CENTRE)


def write_folder(folder: Path, volunteers: int) -> Path:
    """The folder of a terminal without devices; returns its settings file."""
    (folder / "state").mkdir(parents=True)
    settings = folder / "kiosk.toml"
    settings.write_text(
        f'terminal = "{TERMINAL}"\ncentre_key = "{_CENTRE.public.raw.hex()}"\n'
        'state_folder = "state"\nsocket = "kiosk.sock"\n'
        'pseudonym_key_file = "pseudonym.key"\nroster_file = "roster.json"\n'
    )
    (folder / "pseudonym.key").write_text(PSEUDONYM_KEY.hex())
    roster = roster_of(volunteers, SystemClock().wall_ms())
    (folder / "roster.json").write_bytes(seal_as_centre(roster))
    return settings


def write_log(path: Path, count: int, *, volunteers: int, days: int) -> None:
    """A log of `count` chained events: 400 come, then go, then the next, over the last `days`."""
    now_ms, epoch = SystemClock().wall_ms(), secrets.token_hex(16)
    apart_ms = days * DAY_MS // count
    connection = log_schema.connect(path)
    previous = chain.genesis(TERMINAL, epoch)

    def rows() -> Iterator[tuple[int, int, str, int, bytes, bytes]]:
        nonlocal previous
        for seq in range(1, count + 1):
            event = _event(seq, (seq * apart_ms, now_ms - (count - seq) * apart_ms), volunteers)
            encoded = events.encode(msgspec.structs.replace(event, epoch=epoch, seq=seq))
            previous = chain.link(previous, encoded)
            yield 1, seq, str(type(event).__struct_config__.tag), event.wall_ms, encoded, previous

    try:
        connection.execute("BEGIN")
        connection.execute(_INSERT_EPOCH, (1, epoch, now_ms - days * DAY_MS))
        connection.executemany(_INSERT_EVENT, rows())
        log_dates.note(connection)  # as a terminal does every ten minutes
        connection.execute("COMMIT")
    finally:
        connection.close()


def _event(seq: int, at_ms: tuple[int, int], volunteers: int) -> EpochStart | CheckIn | CheckOut:
    """One of those events; `at_ms` is since the boot, and UTC."""
    boot, (mono_ms, wall_ms) = "0" * 32, at_ms
    if seq == 1:
        return EpochStart(
            terminal=TERMINAL, boot=boot, mono_ms=mono_ms, wall_ms=wall_ms, clock=_CLOCK, software="bench"
        )
    shift, scan = divmod(seq, 2 * _AT_ONCE)
    volunteer = (shift * _AT_ONCE + scan % _AT_ONCE) % volunteers + 1
    kind = CheckOut if scan >= _AT_ONCE else CheckIn
    return kind(
        terminal=TERMINAL,
        boot=boot,
        mono_ms=mono_ms,
        wall_ms=wall_ms,
        clock=_CLOCK,
        credential=Credential(Method.BADGE, f"badge:{volunteer}.1", Assurance.MEDIUM),
        activity=ACTIVITY,
    )


def check_in(volunteer: int) -> CheckIn:
    """Somebody comes now."""
    now = stamp()
    return CheckIn(
        terminal=TERMINAL,
        boot=now.boot,
        mono_ms=now.mono_ms,
        wall_ms=now.wall_ms,
        clock=now.clock,
        credential=Credential(Method.BADGE, f"badge:{volunteer}.1", Assurance.MEDIUM),
        activity=ACTIVITY,
    )
