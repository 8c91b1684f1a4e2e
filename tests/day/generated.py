"""A day at one terminal, drawn from a seed: who comes when with what, their mistakes, and what it comes to.

What it must come to is computed here from the visits alone, in the plainest way, and knows none of Muster's
rules: a visit counts from nine to five, less than ten minutes count nothing, and so does one without an end.
"""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kiosk.local_api.messages import Outcome
from muster.demo.day import Day, Expected, How, Person, Shows, Staff, Step

NINE, FIVE = 9 * 3600, 17 * 3600
FIRST_POWER_CUT = 12 * 3600
CLOCK_RIGHT = 13 * 3600
SECOND_POWER_CUT = 15 * 3600
SHORTEST_S = 600
DEBOUNCE_S = 60
BETWEEN_WRONG_CODES_S = 200
"""A wrong code is forgotten after three minutes; more often, and the terminal makes everybody wait."""

_IN, _OUT = Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT


@dataclass(frozen=True)
class Kind:
    """How somebody presents themselves: at which device, what, and how often among a hundred people."""

    how: How
    share: int
    shows: str = Shows.BADGE
    owns: Callable[[int], dict[str, object]] = lambda _: {}


KINDS = {
    "badge at the scanner": Kind(How.SCANNER, 46),
    "badge before the camera": Kind(How.CAMERA, 2),
    "badge at the scanner that types": Kind(How.WEDGE, 10),
    "telephone": Kind(How.SCANNER, 8, Shows.PHONE),
    "other card": Kind(How.SCANNER, 8, Shows.OTHER_CODE, lambda n: {"other_code": f"STUDENT-{n}"}),
    "tag": Kind(How.TAG, 8, owns=lambda n: {"tag": f"01{n:08X}"}),
    "code on the number pad": Kind(How.NUMBER_PAD, 5, "code", lambda n: {"sms_codes": _codes(n)}),
    "code at the screen": Kind(How.KEYPAD, 5, "code", lambda n: {"sms_codes": _codes(n)}),
    "identity card": Kind(How.ID_CARD, 2, owns=lambda n: {"id_number": _id_number(n)}),
    "card": Kind(How.CARD, 2, owns=lambda n: {"card_uid": f"04{n:012X}"}),
    "card that signs": Kind(How.CARD, 2, owns=lambda n: {"card_uid": f"04{n:012X}", "signs": True}),
    "text message": Kind(How.TEXT, 2, owns=lambda n: {"phone": f"+86139{n:08}"}),
    "nothing to show": Kind(How.STAFF, 2),
}

STAFF = [Staff("liaison-7", "Zhao", "730518"), Staff("leader-2", "Qian", "402917")]
"""Two who write down whoever has nothing to show."""


@dataclass
class Visitor:
    """One volunteer: seconds of the day at which they come and go, in turn, and what they carry."""

    number: int
    kind: Kind
    person: Person
    times: list[int]
    steps: list[Step] = field(default_factory=list)
    codes: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = iter(self.person.sms_codes)

    def shows(self) -> str:
        return next(self.codes) if self.kind.shows == "code" else self.kind.shows

    def seconds(self) -> int:
        """What their visits come to."""
        visits = itertools.zip_longest(self.times[::2], self.times[1::2])
        within = [min(end, FIVE) - max(start, NINE) for start, end in visits if end is not None]
        return sum(seconds for seconds in within if seconds >= SHORTEST_S)


class Calendar:
    """Gives every step a second of its own, and keeps wrong codes apart."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: set[int] = set()
        self._wrong_codes: list[int] = []

    def moment(self, earliest: int, latest: int) -> int:
        while True:
            second = self._chance.randrange(earliest, latest)
            if second not in self._taken:
                self._taken.add(second)
                return second

    def moment_for_wrong_code(self, before: int) -> int | None:
        for second in range(before - 70, before - 1200, -1):
            apart = all(abs(second - other) > BETWEEN_WRONG_CODES_S for other in self._wrong_codes)
            if apart and second not in self._taken and not is_under_wrong_clock(second):
                self._taken.add(second)
                self._wrong_codes.append(second)
                return second
        return None


def is_under_wrong_clock(second: int) -> bool:
    return FIRST_POWER_CUT - 60 <= second <= CLOCK_RIGHT + 60


def generate(volunteers: int, mistakes_percent: int, seed: int) -> Day:
    """The day; every kind of credential occurs, and every mistake that this many people leave room for."""
    chance = random.Random(seed)
    calendar = Calendar(chance)
    kinds = [
        *KINDS.values(),
        *chance.choices(
            list(KINDS.values()), [kind.share for kind in KINDS.values()], k=max(0, volunteers - len(KINDS))
        ),
    ]
    visitors = [_visitor(200_001 + place, kind, chance, calendar) for place, kind in enumerate(kinds)]
    for visitor in visitors:
        _present(visitor)
    presented = sum(len(visitor.times) for visitor in visitors)
    _make_mistakes(visitors, max(len(MISTAKES), presented * mistakes_percent // 100), chance, calendar)
    return Day(
        date=dt.date(2026, 3, 7),
        zone="Asia/Shanghai",
        site="North Gate",
        activity="Lantern Fair",
        shift=(_time(NINE), _time(FIVE)),
        opens=_time(8 * 3600),
        settle_at=_time(19 * 3600 + 1800),
        volunteer=[visitor.person for visitor in visitors],
        step=sorted((step for visitor in visitors for step in visitor.steps), key=lambda step: step.at),
        expected=[Expected(visitor.number, visitor.seconds(), "") for visitor in visitors],
        staff=STAFF,
    )


def _make_mistakes(visitors: list[Visitor], count: int, chance: random.Random, calendar: Calendar) -> None:
    """So many mistakes, of every kind in turn, each by somebody who made none before."""
    careful = chance.sample(visitors, len(visitors))
    for mistake in itertools.islice(itertools.cycle(MISTAKES), count):
        clumsy = next((visitor for visitor in careful if mistake(visitor, calendar)), None)
        if clumsy:
            careful.remove(clumsy)


def _visitor(number: int, kind: Kind, chance: random.Random, calendar: Calendar) -> Visitor:
    person = Person(number=number, name=f"Volunteer {number}", **kind.owns(number))
    comes = calendar.moment(8 * 3600 + 600, 11 * 3600)
    goes = calendar.moment(14 * 3600, 17 * 3600 + 1200)
    times = [comes, goes]
    if kind.shows == Shows.PHONE:
        pass  # what ends at some time can't be shown under a wrong clock
    elif kind.shows != "code" and chance.random() < 0.3:
        # Some go out for lunch, many of them while the clock is wrong.
        times[1:1] = [
            calendar.moment(11 * 3600 + 1800, 12 * 3600 + 1200),
            calendar.moment(12 * 3600 + 1800, 13 * 3600 + 1800),
        ]
    elif chance.random() < 0.2:
        times[0] = calendar.moment(12 * 3600, 13 * 3600)
    return Visitor(number, kind, person, times)


def _present(visitor: Visitor) -> None:
    for second, outcome in zip(visitor.times, itertools.cycle((_IN, _OUT)), strict=False):
        visitor.steps.append(_step(visitor, second, visitor.shows(), outcome))


def _step(
    visitor: Visitor, second: int, shows: str, outcome: Outcome, reason: str = "", how: How | None = None
) -> Step:
    return Step(
        at=_time(second),
        how=how or visitor.kind.how,
        who=visitor.number,
        shows=shows,
        outcome=outcome,
        reason=reason,
    )


# Mistakes: each says whether this visitor can make it -------------------------------------------------------


def _scans_twice(visitor: Visitor, calendar: Calendar) -> bool:
    if visitor.kind.how in {How.TEXT, How.STAFF}:
        return False
    place = len(visitor.times) - 1
    already = Outcome.ALREADY_OUT if place % 2 else Outcome.ALREADY_IN
    last = visitor.times[place]
    again = calendar.moment(last + 5, last + DEBOUNCE_S - 5)
    visitor.steps.append(_step(visitor, again, visitor.steps[place].shows, already, "debounce"))
    return True


def _forgets_to_check_out(visitor: Visitor, _: Calendar) -> bool:
    visitor.times.pop()
    visitor.steps.pop()
    return True


def _checks_out_without_having_checked_in(visitor: Visitor, _: Calendar) -> bool:
    """The terminal takes it for coming, and nobody goes after that."""
    if visitor.kind.shows == "code":
        return False
    last = visitor.times[-1]
    visitor.times[:] = [last]
    visitor.steps[:] = [_step(visitor, last, visitor.kind.shows, _IN)]
    return True


def _leaves_at_once(visitor: Visitor, calendar: Calendar) -> bool:
    if visitor.kind.shows == "code" or visitor.times[0] < NINE or is_under_wrong_clock(visitor.times[0]):
        return False
    first = visitor.times[0]
    visitor.times[1:] = [calendar.moment(first + DEBOUNCE_S + 5, first + 300)]
    visitor.steps[1:] = [_step(visitor, visitor.times[1], visitor.kind.shows, _OUT)]
    return True


def _refused(shows: str, reason: str, *hows: How, kind: str = "") -> Callable[[Visitor, Calendar], bool]:
    """Something that is refused is shown first, at one of these devices, by people with such a credential."""

    def mistake(visitor: Visitor, calendar: Calendar) -> bool:
        first = visitor.times[0]
        fits = visitor.kind.how in hows and (not kind or visitor.kind.shows == kind)
        if not fits or is_under_wrong_clock(first) or is_under_wrong_clock(first - 400):
            return False
        before = calendar.moment(first - 400, first - DEBOUNCE_S - 5)
        visitor.steps.append(_step(visitor, before, shows, Outcome.REFUSED, reason))
        return True

    return mistake


def _types_a_wrong_code(visitor: Visitor, calendar: Calendar) -> bool:
    if visitor.kind.shows != "code":
        return False
    before = calendar.moment_for_wrong_code(visitor.times[0])
    if before is None:
        return False
    visitor.steps.append(_step(visitor, before, "000000", Outcome.REFUSED, "wrong_code"))
    return True


def _types_a_code_twice(visitor: Visitor, calendar: Calendar) -> bool:
    if visitor.kind.shows != "code" or len(visitor.times) < 2 or is_under_wrong_clock(visitor.times[0]):
        return False
    before = calendar.moment(visitor.times[1] - 400, visitor.times[1] - DEBOUNCE_S - 5)
    visitor.steps.append(_step(visitor, before, visitor.steps[0].shows, Outcome.REFUSED, "code_used"))
    return True


def _texts_other_digits(visitor: Visitor, calendar: Calendar) -> bool:
    return _refused(Shows.WRONG_DIGITS, "wrong_code", How.TEXT)(visitor, calendar)


def _plays_a_tap_again(visitor: Visitor, calendar: Calendar) -> bool:
    if not visitor.person.signs or len(visitor.times) < 2:
        return False
    last = visitor.times[-1]
    again = calendar.moment(last + DEBOUNCE_S + 5, last + 600)
    visitor.steps.append(_step(visitor, again, Shows.OLD_TAP, Outcome.REFUSED, "replayed_tap"))
    return True


_SCANNERS = (How.SCANNER, How.WEDGE)
MISTAKES = (
    _scans_twice,
    _forgets_to_check_out,
    _checks_out_without_having_checked_in,
    _leaves_at_once,
    _types_a_wrong_code,
    _types_a_code_twice,
    _texts_other_digits,
    _plays_a_tap_again,
    _refused(Shows.EXPIRED_BADGE, "expired_badge", *_SCANNERS, kind=Shows.BADGE),
    _refused(Shows.FORGED_BADGE, "forged_badge", *_SCANNERS, kind=Shows.BADGE),
    _refused(Shows.OLD_BADGE, "revoked_credential", *_SCANNERS, kind=Shows.BADGE),
    _refused("LIBRARY-778-004", "unknown_credential", *_SCANNERS),
    _refused(Shows.LATE_PHONE, "expired_phone", How.SCANNER, kind=Shows.PHONE),
)


def _codes(number: int) -> list[str]:
    return [f"{100_000 + 2 * (number % 100_000):06}", f"{100_001 + 2 * (number % 100_000):06}"]


def _id_number(number: int) -> str:
    seventeen = f"99999919900101{number % 1000:03}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    left = (12 - sum(int(digit) * weight for digit, weight in zip(seventeen, weights, strict=True))) % 11
    return seventeen + "0123456789X"[left]


def _time(second: int) -> dt.time:
    return (dt.datetime.min + dt.timedelta(seconds=second)).time()
