"""What the engine reads from its own log when it starts: who is here, spent codes, wrong tries."""

from collections.abc import Iterable, Iterator

import msgspec
import structlog
from msgspec import Struct

from foundation.clock import Clock
from foundation.errors import MessageError
from kiosk.clock.trust import TRUSTED
from kiosk.credentials import code_limits
from kiosk.credentials.code_limits import CodeLimits, WrongTry
from kiosk.presence.standings import Presence
from kiosk.roster.index import RosterIndex
from sync.contract import events
from sync.contract.events import NOT_DECODABLE, CheckIn, CheckOut, ClockTrust, Event, Method, Refused
from sync.log.writer import Log

REMEMBERED_MS = 35 * 86_400_000
"""How long a one-use code stays spent across restarts: as long as the log surely keeps its event."""

_LONGEST_SESSIONS = 4
"""How far back who is here is looked for: a check-out that was forgotten yesterday is still asked for."""

_SESSIONS_WITHIN = 50_000
"""More than a terminal records in that time. Where no clock proves their age, the rest is left alone."""

_WRONG_TRIES = 500
"""More than somebody can make in a day; what lies before is forgotten anyway."""

_logger = structlog.get_logger()


class _Moment(Struct):
    """When an event was logged; all else is passed over, which is several times as fast."""

    boot: str
    mono_ms: int
    wall_ms: int
    clock: ClockTrust


_moments = msgspec.json.Decoder(_Moment)


def presence_of(log: Log, roster: RosterIndex, clock: Clock) -> Presence:
    """Who was here when the last engine ended, and which codes were spent.

    A million events must not keep people waiting: the older ones are looked at only for the use of one-use
    credentials that the roster still names, which as a rule are SMS codes. What was logged under a wrong
    clock is as old as its boot's clock says now, or said last.
    """
    now_ms, mono_ms, sessions_ms = clock.wall_ms(), clock.mono_ms(), _sessions_ms(roster)
    presence, since_ms = Presence(is_blind=roster.roster.shared), now_ms - sessions_ms
    presence.is_too_long = roster.is_too_long
    spend_used_codes(presence, log, roster, now_ms)
    since = (clock.boot_id, mono_ms - sessions_ms, since_ms)
    offset_ms = _boot_offsets(log.maybe_since(*since, _SESSIONS_WITHIN))
    offset_ms[clock.boot_id] = now_ms - mono_ms
    for event in _understood(log.maybe_since(*since, _SESSIONS_WITHIN)):
        if event.mono_ms + offset_ms[event.boot] >= since_ms:
            presence.fold(event, roster.volunteer_in(event))
    for boot, boot_ahead_ms in offset_ms.items():
        presence.follow(boot, boot_ahead_ms)
    return presence


def _sessions_ms(roster: RosterIndex) -> int:
    """Four times the longest session or the longest shift of this roster, whichever is longer."""
    shifts = (shift for activity in roster.roster.activities for shift in activity.shifts)
    lasts_ms = (shift.end_ms - shift.start_ms for shift in shifts)
    most_ms = roster.policy.max_shift_s * 1000
    duties_ms = (one_ms for one_ms in lasts_ms if one_ms <= most_ms)
    return _LONGEST_SESSIONS * max(roster.policy.max_session_s * 1000, *duties_ms, 0)


def _boot_offsets(logged: Iterable[bytes]) -> dict[str, int]:
    """How far each boot's wall clock was ahead of the time since the boot, as it was set last.

    A clock that could be trusted tells it better than one that could not, however late.
    """
    offset_ms: dict[str, int] = {}
    trusted: set[str] = set()
    for encoded in logged:
        try:
            event = _moments.decode(encoded)
        except NOT_DECODABLE:
            continue  # a newer Muster wrote it
        is_trusted = event.clock.state in TRUSTED
        if is_trusted or event.boot not in trusted:
            offset_ms[event.boot] = event.wall_ms - event.mono_ms
        if is_trusted:
            trusted.add(event.boot)
    return offset_ms


def spend_used_codes(presence: Presence, log: Log, roster: RosterIndex, now_ms: int) -> None:
    """Let the presence know which one-use credentials of this roster were used before `now_ms` (UTC)."""
    one_use = roster.one_use_methods
    candidates = log.sms_codes_since if one_use <= {Method.SMS_CODE} else log.since
    for event in _understood(candidates(now_ms - REMEMBERED_MS)):
        if isinstance(event, CheckIn | CheckOut):
            presence.spend(event.credential)


def code_limits_of(log: Log, boot: str) -> CodeLimits:
    """How many wrong codes were tried, and where, when the last engine ended; `boot` is the present one."""
    tries: list[WrongTry] = []
    for refused in _understood(log.wrong_codes(_WRONG_TRIES)):
        if isinstance(refused, Refused) and refused.credential:
            place = code_limits.place_of(refused.credential)
            tries.append(WrongTry(place, refused.boot, refused.mono_ms))
    return code_limits.remembered(tries, boot)


def _understood(logged: Iterable[bytes]) -> Iterator[Event]:
    for encoded in logged:
        try:
            yield events.decode(encoded)
        except MessageError as error:  # a newer Muster wrote it, before this one was put back
            _logger.warning("event_passed_over", error=error.trouble)
