"""The one-time codes that this terminal takes: given by the centre, or sent back to a telephone that asked.

Values in, values out; `kiosk.credentials.code_check` keeps them durably. A code ends by the monotonic clock
of the boot in which it came, so a wrong wall clock ends none early and prolongs none. After a reboot nobody
knows how long the machine was off: there its last moment by the wall clock counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from drivers.reading import Instant
from sync.contract import one_time_code
from sync.contract.one_time_code import OneTimeCode

_EXPLAINED_MS = 3_600_000
"""For so long a code that is over is known as such, and not as a wrong one."""


class KeptCode(Struct, frozen=True):
    """A code, and where its end lies in the boot in which it came; `telephone` asked for it by text."""

    code: OneTimeCode
    boot: str
    until_mono_ms: int
    telephone: str = ""
    used: bool = False

    def is_over(self, boot: str, now: Instant) -> bool:
        """Whether the code has ended."""
        return self.over_for_ms(boot, now) >= 0

    def over_for_ms(self, boot: str, now: Instant) -> int:
        """How long ago the code ended; negative while it lives."""
        if boot == self.boot:
            return now.mono_ms - self.until_mono_ms
        return now.wall_ms - self.code.expires_ms


@dataclass(frozen=True, slots=True)
class CodeBook:
    """Every code that is still worth knowing, in the order in which they came."""

    kept: tuple[KeptCode, ...] = ()

    def find(self, lookup: str, boot: str, now: Instant) -> KeptCode | None:
        """The code that somebody typed; one that lives before one that is over.

        None also where two that live have the same digits, which the centre and a terminal that drew them
        apart can't prevent: neither person may pass for the other.
        """
        same = [one for one in self.kept if one.code.lookup == lookup]
        living = [one for one in same if not (one.used or one.is_over(boot, now))]
        if len({one.code.volunteer for one in living}) > 1:
            return None
        found = living or same
        return found[-1] if found else None

    def with_codes(
        self, codes: Iterable[OneTimeCode], given_ms: int, boot: str, now: Instant, telephone: str = ""
    ) -> "CodeBook":
        """The book with these codes too; those that it knows keep the end that they have.

        `given_ms` is the moment, by the clock that set their ends, at which they were given.
        """
        known = {one.code.ref for one in self.kept}
        new = tuple(
            KeptCode(code, boot, now.mono_ms + code.expires_ms - given_ms, telephone)
            for code in codes
            if code.ref not in known
        )
        return CodeBook(self.kept + new)

    def with_used(self, ref: str) -> "CodeBook":
        """The book once a code let somebody in or out."""
        return CodeBook(
            tuple(
                msgspec.structs.replace(one, used=True) if one.code.ref == ref else one for one in self.kept
            )
        )

    def without_old(self, boot: str, now: Instant) -> "CodeBook":
        """The book without what is over for so long that nobody types it, and that limits no telephone."""
        return CodeBook(
            tuple(
                one
                for one in self.kept
                if one.over_for_ms(boot, now)
                < (one_time_code.REMEMBERED_MS if one.telephone else _EXPLAINED_MS)
            )
        )

    def sent_to(self, telephone: str) -> Iterator[int]:
        """When codes were sent to a telephone (UTC), by the wall clock as it was then."""
        return (
            one.code.expires_ms - one_time_code.LIFE_MS for one in self.kept if one.telephone == telephone
        )

    def living(self, boot: str, now: Instant) -> int:
        """How many codes this terminal would take now."""
        return sum(not (one.used or one.is_over(boot, now)) for one in self.kept)

    def lookups(self) -> set[str]:
        """What is known here, so that nothing with the same digits is drawn."""
        return {one.code.lookup for one in self.kept}
