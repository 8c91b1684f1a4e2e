"""How often a wrong code may be tried: five times at once, then after pauses that grow. Pure.

People type six digits and nothing else, with wet hands and a queue behind them; so a wrong try can't be told
to be a try at somebody's code. It is a try at every code that is valid here, and is counted where it is made:
at the terminal's keypads together, and for each telephone that sends in wrong digits. A right code gives no
tries back, or whoever has codes of their own could buy guesses with them.

Each wrong try is forgotten after three minutes, one at a time. With five unforgotten ones a pause of 30 s
begins, with each further one a pause of twice the length, up to 240 s. During a pause nothing typed is looked
at. So there are never more than 11 wrong tries in any ten minutes, nor more than 488 in a day.

What remains: with N codes valid at once, a guess is right with N / 10^6. Somebody who tries for the whole ten
minutes of 20 valid codes finds one with 11 x 20 / 10^6 = 0.022 %, and in a day without a pause for sleep and
without being seen with 1 %. It is the code of somebody at random, and each try stands in the log.

Times are CLOCK_BOOTTIME milliseconds: setting the wall clock lifts no pause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sync.contract.events import Credential, Method

FREE_TRIES = 5
FORGOTTEN_AFTER_MS = 180_000
FIRST_PAUSE_MS = 30_000

KEYPADS = "keypads"
"""The place where codes are typed; a telephone's place is its keyed hash."""


def place_of(credential: Credential) -> str:
    """Where a wrong code was tried: at the keypads, or by the telephone that sent it."""
    return credential.ref if credential.method is Method.SMS_IN else KEYPADS


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong tries of one place: when the last of them is forgotten, and until when nobody may try."""

    forgotten_ms: int = 0
    paused_until_ms: int = 0

    def unforgotten(self, now_ms: int) -> int:
        """How many wrong tries count at `now_ms`."""
        return -(-max(0, self.forgotten_ms - now_ms) // FORGOTTEN_AFTER_MS)

    def left(self, now_ms: int) -> int:
        """How many more wrong tries are free of a pause."""
        return max(0, FREE_TRIES - self.unforgotten(now_ms))

    def pause_ms(self, now_ms: int) -> int:
        """How long nobody may try; 0: now."""
        return max(0, self.paused_until_ms - now_ms)

    def after_wrong(self, now_ms: int) -> "Tries":
        """One wrong try later."""
        forgotten_ms = max(now_ms, self.forgotten_ms) + FORGOTTEN_AFTER_MS
        beyond = Tries(forgotten_ms).unforgotten(now_ms) - FREE_TRIES
        pause_ms = FIRST_PAUSE_MS << beyond if beyond >= 0 else 0
        return Tries(forgotten_ms, max(self.paused_until_ms, now_ms + pause_ms))

    def rebooted(self, last_ms: int) -> "Tries":
        """The same tries in the clock of the next boot, `last_ms` being the last that is known of this one.

        How long the machine was off nobody knows for sure, so it counts as no time: a restart lifts no pause.
        """
        return Tries(max(0, self.forgotten_ms - last_ms), max(0, self.paused_until_ms - last_ms))


_NONE = Tries()


class CodeLimits:
    """The wrong tries of every place of one terminal."""

    def __init__(self, tries: Mapping[str, Tries] = MappingProxyType({})) -> None:
        self._tries = dict(tries)

    def note_wrong(self, place: str, now_ms: int) -> None:
        """A wrong code was tried there."""
        self._tries[place] = self.tries(place).after_wrong(now_ms)

    def tries(self, place: str) -> Tries:
        """What is held against a place."""
        return self._tries.get(place, _NONE)


@dataclass(frozen=True, slots=True)
class WrongTry:
    """A wrong try as the log has it: where, in which boot, and when in it."""

    place: str
    boot: str
    mono_ms: int


def remembered(wrong: Iterable[WrongTry], boot: str) -> CodeLimits:
    """The limits as they stood when the log ended, in the order of the log; `boot` is the present one."""
    limits: dict[str, Tries] = {}
    last_boot, last_ms = "", 0
    for one in wrong:
        if one.boot != last_boot:
            limits = {place: tries.rebooted(last_ms) for place, tries in limits.items()}
        last_boot, last_ms = one.boot, one.mono_ms
        limits[one.place] = limits.get(one.place, _NONE).after_wrong(one.mono_ms)
    if last_boot != boot:
        limits = {place: tries.rebooted(last_ms) for place, tries in limits.items()}
    return CodeLimits(limits)
