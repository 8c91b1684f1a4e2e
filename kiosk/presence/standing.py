"""Where one volunteer stands, and the steps by which they came there. Values."""

from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from kiosk.clock.jumps import JUMP_MS
from sync.contract.events import CheckIn, CheckOut, Credential, Manual
from sync.contract.roster import UNRESOLVED_ACTIVITY

Accepted = CheckIn | CheckOut | Manual


class Standing(Struct, frozen=True):
    """Where one volunteer stands at this site, as far as this terminal knows.

    `last_ms` is the last accepted scan (UTC), `since_ms` the check-in that is open, or None. Both are told by
    a clock that was `offset_ms` ahead of the time since its `boot`; `provable` is False where that clock had
    never been set, or was set since. `on_break`: they left at `last_ms` to come back.
    """

    activity: str
    last_ms: int
    since_ms: int | None
    boot: str = ""
    offset_ms: int = 0
    provable: bool = True
    on_break: bool = False

    def by_clock(self, offset_ms: int) -> "Standing":
        """The same as the clock of its boot tells it once it is `offset_ms` ahead of the time since then.

        What was measured between two moments of one boot thus never depends on how the clock was set.
        """
        set_by_ms = offset_ms - self.offset_ms
        if abs(set_by_ms) < JUMP_MS:
            return self
        since_ms = None if self.since_ms is None else self.since_ms + set_by_ms
        return replace(
            self, last_ms=self.last_ms + set_by_ms, since_ms=since_ms, offset_ms=offset_ms, provable=False
        )

    def concerns(self, activity: str) -> bool:
        """Whether it can be for this activity: one that was not known then, or isn't now, can be any."""
        return self.activity == activity or UNRESOLVED_ACTIVITY in {self.activity, activity}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A stay without a check-out, which a scan at `found_ms` found open; `credential` is that scan's.

    `came_ms` is its check-in (UTC). It waits until the volunteer says when they left.
    """

    volunteer: str
    credential: Credential
    activity: str
    came_ms: int
    found_ms: int


@dataclass(frozen=True, slots=True)
class UndoStep:
    """An accepted event and what was known of its volunteer before it: all that taking it back needs."""

    event: Accepted
    volunteer: str
    standing_before: Standing | None
    forgotten_before: Forgotten | None


@dataclass(frozen=True, slots=True)
class TakenBackStep:
    """An accepted event that counts no more, since `at_ms` (UTC); `by` is staff's reference, or ""."""

    event: Accepted
    at_ms: int
    by: str
