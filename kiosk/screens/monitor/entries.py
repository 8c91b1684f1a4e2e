"""What staff enter with a second person: the fields that each such form has, and what they say."""

from kiosk.local_api.codes import DenialCode
from kiosk.screens.monitor.forms import Entered, Fault
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.terminal_state import moment_at

ENTRY_FIELDS = ("time", "reason", "second", "second_pin")
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000


def signed(session: StaffSession, entered: Entered) -> tuple[int, str, str, str] | Fault:
    """What a form of these fields says, as an entry wants it: when, why, second person, PIN."""
    at_ms = _moment(session, entered["time"])
    if at_ms is None:
        return session.denied(DenialCode.NO_SUCH_TIME, ENTRY_FIELDS)
    return at_ms, entered["reason"], entered["second"], entered["second_pin"]


def _moment(session: StaffSession, typed: str) -> int | None:
    """The moment of the last day at which the site's clock showed it; now for nothing at all."""
    snapshot = session.app.state.snapshot
    if snapshot is None:
        return None
    now_ms = snapshot.status.wall_ms
    return moment_at(snapshot, typed, now_ms - _DAY_MS + _MINUTE_MS) if typed.strip() else now_ms
