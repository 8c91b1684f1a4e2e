"""Who comes when: the city's cases first, then everybody for whom all goes as usual. Pure, and no chance.

The same plan, moment and number of volunteers give the same people at the same seconds.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from msgspec import Struct

from muster.demo.city.people import STRANGER, Resident, members
from muster.demo.city.plan import (
    THOUSAND,
    Calendar,
    Case,
    CaseScan,
    CityActivity,
    CityPlan,
    Does,
    Shows,
)
from muster.demo.city.scans import Scan

_PEOPLE_PER_COPY = 130
_MOST_COPIES = 3
_MINUTE_MS = 60_000
_LATE_OF_TEN, _EARLY_OF_TEN, _GONE_OF_TWENTY = 1, 1, 1
_MISSING_OF_TEN = (3, 7)


class PlayedCase(Struct, frozen=True):
    """A case, to whom it happened, and what that person says about it."""

    case: Case
    volunteer: int
    says: str = ""


@dataclass(slots=True)
class Roll:
    """Everything that happened, and who is expected where on which post."""

    scans: list[Scan] = field(default_factory=list)
    cases: list[PlayedCase] = field(default_factory=list)
    expected: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


class Caller:
    """Draws up the roll of a city."""

    def __init__(
        self, plan: CityPlan, residents: list[Resident], now_ms: int, staff: tuple[str, str]
    ) -> None:
        """`staff` are the two who write down at a terminal who has nothing to show."""
        self._plan, self._residents, self._staff = plan, residents, staff
        self._now_ms = now_ms
        self._calendar = Calendar.at(now_ms, plan.zone)
        self._busy: set[tuple[int, int]] = set()
        self._happened: Counter[int] = Counter()
        self._roll = Roll()

    def draw_up(self) -> Roll:
        """The roll."""
        copies = min(_MOST_COPIES, max(1, len(self._residents) // _PEOPLE_PER_COPY))
        for case in self._plan.case:
            for copy in range(1 if case.once else copies):
                self._play(case, copy)
        for activity in self._plan.activity:
            for day in () if activity.planned else activity.days:
                self._fill(activity, day)
        return self._roll

    def _play(self, case: Case, copy: int) -> None:
        activity = self._plan.activity_called(case.activity)
        # Whoever is not expected has nothing to do there on its other days either.
        days = case.days if case.expected else case.days.union(activity.days)
        volunteer = self._somebody_free(activity, days)
        self._busy.update((volunteer, day) for day in days)
        self._happened[volunteer] += 1
        says = case.says[copy % len(case.says)] if case.says else ""
        self._roll.cases.append(PlayedCase(case, volunteer, says))
        if activity.posts and case.expected:
            self._expect(activity, volunteer)
        self._roll.scans += [self._case_scan(case, scan, volunteer, copy) for scan in case.scans]

    def _somebody_free(self, activity: CityActivity, days: frozenset[int]) -> int:
        """Of the own people who have nothing else on these days the last to whom least happened so far.

        The first ones come as usual.
        """
        own = [one.number for one in self._residents if one.organisation == activity.organisation]
        free = [number for number in reversed(own) if not any((number, day) in self._busy for day in days)]
        return min(free, key=lambda number: self._happened[number])

    def _case_scan(self, case: Case, scan: CaseScan, volunteer: int, copy: int) -> Scan:
        # Two people never stand at one reader at the same moment, nor do they stay equally long.
        later_ms = copy * _MINUTE_MS * (3 if scan.does is Does.OUT else 1)
        day = case.day - scan.later
        activity = scan.activity or case.activity
        site = self._plan.activity_called(case.activity if activity == "?" else activity).site
        came = case.scans[0].at
        return Scan(
            at_ms=self._calendar.ms(day, scan.at) + later_ms,
            terminal=scan.terminal or case.terminal or self._plan.terminal_at(site),
            volunteer=STRANGER if scan.shows is Shows.STRANGER else volunteer,
            does=scan.does,
            activity=activity,
            shows=scan.shows,
            clock=case.clock,
            claims_ms=self._calendar.ms(case.day, scan.claims) if scan.claims else 0,
            came_ms=self._calendar.ms(case.day, came) + later_ms if scan.claims else 0,
            staff=self._staff if scan.by_staff else None,
        )

    def _fill(self, activity: CityActivity, day: int) -> None:
        """Let the day's share of the members come as usual; where some are expected, a few of them do not."""
        chance = Random(f"{activity.id} {day}")  # noqa: S311 - a play
        pool = members(self._residents, activity.organisation)
        wanted = max(2, activity.people * len(pool) // THOUSAND)
        free = [number for number in pool if (number, day) not in self._busy]
        drawn = [*free[:1], *chance.sample(free[1:], min(wanted, len(free)) - 1)] if free else []
        for place, volunteer in enumerate(drawn):
            self._busy.add((volunteer, day))
            if activity.posts:
                self._expect(activity, volunteer)
            if activity.posts and place % 10 in _MISSING_OF_TEN:
                continue
            self._roll.scans += self._stay(activity, day, volunteer, chance)

    def _stay(self, activity: CityActivity, day: int, volunteer: int, chance: Random) -> Iterator[Scan]:
        """In and out as far as it is over by now."""
        came_ms, left_ms = self._times(activity, day, chance)
        runs = self._calendar.ms(day, activity.shift[1]) > self._now_ms
        if runs:
            came_ms = min(came_ms, self._now_ms - chance.randrange(2, 40) * _MINUTE_MS)
            stays = chance.randrange(20) >= _GONE_OF_TWENTY
            left_ms = self._now_ms + _MINUTE_MS if stays else self._now_ms - chance.randrange(1, 90) * 1000
        for at_ms, does in ((came_ms, Does.IN), (left_ms, Does.OUT)):
            if at_ms <= self._now_ms:
                yield Scan(
                    at_ms=at_ms,
                    terminal=self._plan.terminal_at(activity.site),
                    volunteer=volunteer,
                    does=does,
                    activity=activity.id,
                )

    def _times(self, activity: CityActivity, day: int, chance: Random) -> tuple[int, int]:
        starts_ms, ends_ms = self._calendar.span(day, activity.shift)
        if activity.stay is not None:
            stay_ms = _length_ms(activity.stay)
            begins_ms = starts_ms + chance.randrange(0, ends_ms - starts_ms - stay_ms) // 1000 * 1000
            return begins_ms, begins_ms + stay_ms + chance.randrange(-900, 600) * 1000
        late = chance.randrange(10) < _LATE_OF_TEN
        early = chance.randrange(10) < _EARLY_OF_TEN
        came_ms = starts_ms + (chance.randrange(400, 2400) if late else -chance.randrange(20, 900)) * 1000
        left_ms = ends_ms + (-chance.randrange(400, 3000) if early else chance.randrange(20, 900)) * 1000
        return came_ms, left_ms

    def _expect(self, activity: CityActivity, volunteer: int) -> None:
        posts: Sequence[str] = activity.posts
        held = self._roll.expected[volunteer]
        if all(name != activity.id for name, _ in held):
            held.append((activity.id, posts[volunteer % len(posts)]))


def _length_ms(span: dt.time) -> int:
    return (span.hour * 60 + span.minute) * _MINUTE_MS
