"""An inspector calls the roll: names drawn from those who are here, and for each whether they were found.

What is drawn stands here until it is signed: nobody answers for another name, and how often somebody drew
anew is told with it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.local_api.codes import DenialCode
from kiosk.local_api.replies import Roll, RollName
from kiosk.local_api.requests import DrawRoll, SignRoll
from kiosk.staff.events import Denial, RequestContext
from sync.contract import roll_call
from sync.contract.events import RollCall, RollCalled

SEED_BYTES = 16
_MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class _Drawn:
    inspector: str
    present: int
    digest: str
    activities: dict[str, str]
    draws: int


class RollCalls:
    """The rolls that were drawn and not signed yet; called in the engine's turn."""

    def __init__(self, seed: Callable[[], str] = lambda: secrets.token_hex(SEED_BYTES)) -> None:
        self._seed = seed
        self._open: dict[str, _Drawn] = {}
        self._draws: dict[str, int] = {}

    def draw(self, asked: DrawRoll, context: RequestContext) -> Roll | Denial:
        """Names of those who are checked in here now, but for whoever asks."""
        here = {who: activity for who, _, activity in context.presence.here(context.stamp.wall_ms)}
        here.pop(context.staff, None)
        if not here:
            return Denial(DenialCode.NOBODY_PRESENT)
        seed = self._seed()
        names = roll_call.drawn(seed, here, asked.count)
        self._draws[context.staff] = self._draws.get(context.staff, 0) + 1
        self._open[seed] = _Drawn(
            context.staff,
            len(here),
            roll_call.digest_of(here),
            {number: here[number] for number in names},
            self._draws[context.staff],
        )
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return Roll(asked.request, seed, len(here), [_name(one, here[one], context) for one in names])

    def signed(self, asked: SignRoll, context: RequestContext) -> RollCall | Denial:
        """The event that says what was found; every name that was drawn is answered for, once."""
        roll = self._open.get(asked.seed)
        answered = [one.volunteer for one in asked.answers]
        if roll is None or roll.inspector != context.staff or sorted(answered) != sorted(roll.activities):
            return Denial(DenialCode.NO_SUCH_ROLL)
        return RollCall(
            **context.moment,
            inspector=context.staff,
            seed=asked.seed,
            present=roll.present,
            present_digest=roll.digest,
            draws=roll.draws,
            called=[
                RollCalled(
                    one.volunteer, roll.activities[one.volunteer], one.seen, " ".join(one.remark.split())
                )
                for one in asked.answers
            ],
        )

    def end(self, seed: str) -> None:
        """It is in the log: the next one is the first again."""
        if roll := self._open.pop(seed, None):
            self._draws.pop(roll.inspector, None)


def _name(volunteer: str, activity: str, context: RequestContext) -> RollName:
    person, known = context.roster.person(volunteer), context.roster.activity(activity)
    return RollName(volunteer, person.name if person else "", known.title if known else "")
