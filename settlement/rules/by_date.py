"""Which version of the rules judges what: a stay's own date decides; new rules leave the past alone."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from settlement.rules.local_dates import LocalDates, local_dates
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.rules.rule_set import RuleSet


class RulesByDate:
    """The versions of the rules, each from a local date on (as it says whose) to the next one's."""

    def __init__(self, first: RuleSet, later: Iterable[tuple[date, RuleSet]] = ()) -> None:
        """`first` has held ever since; `later` follow each other by date."""
        self._versions = [(date.min, first), *later]
        self._only = first if len(self._versions) == 1 else None
        self._overridden: dict[tuple[int, ActivityPolicy], RuleSet] = {}

    @property
    def newest(self) -> RuleSet:
        """The version that holds last, perhaps from a date that lies ahead."""
        return self._versions[-1][1]

    @property
    def versions(self) -> tuple[tuple[date, RuleSet], ...]:
        """Each version with the date from which on it holds; `date.min` for the first."""
        return tuple(self._versions)

    def at(self, instant_s: int, site_zone: str = "") -> RuleSet:
        """What holds at that second (UTC, since 1970), at a site of that zone."""
        return self._only or self._versions[self._place_at(instant_s, site_zone)][1]

    def on(self, day: date) -> RuleSet:
        """What holds on that local date."""
        return next(rules for since, rules in reversed(self._versions) if since <= day)

    def of_stay(self, came_s: int, policy: ActivityPolicy, site_zone: str = "") -> RuleSet:
        """What judges a stay that began then, in an activity with that policy: one version, all of it."""
        if self._only is not None and policy is CENTRES:  # nearly always
            return self._only
        place = self._place_at(came_s, site_zone)
        if not policy.says_something:
            return self._versions[place][1]
        found = self._overridden.get((place, policy))
        if found is None:
            found = self._overridden[place, policy] = policy.over(self._versions[place][1])
        return found

    def calendar_at(self, instant_s: int, site_zone: str = "") -> LocalDates:
        """The local dates that hold at that second, at a site of that zone."""
        return local_dates(self.at(instant_s, site_zone).zone_at(site_zone))

    def from_day(self, since: date, rules: RuleSet) -> "RulesByDate":
        """The same until that date, and from then on these rules, whatever was to hold later."""
        if since == date.min:
            return RulesByDate(rules)
        before = [version for version in self._versions if version[0] < since]
        return RulesByDate(before[0][1], [*before[1:], (since, rules)])

    def says_the_same_as(self, other: "RulesByDate") -> bool:
        """Whether both judge every date by the same rules."""
        starts = {since for since, _ in (*self._versions, *other.versions)}
        return all(self.on(since) == other.on(since) for since in starts)

    def _place_at(self, instant_s: int, site_zone: str) -> int:
        for place in range(len(self._versions) - 1, 0, -1):
            since, rules = self._versions[place]
            if local_dates(rules.zone_at(site_zone)).date_of(instant_s) >= since:
                return place
        return 0


def by_date(rules: "RuleSet | RulesByDate") -> RulesByDate:
    """One rule set as what has held ever since; versions by date as they are."""
    return rules if isinstance(rules, RulesByDate) else RulesByDate(rules)


class RulesChange(msgspec.Struct, frozen=True):
    """That a version holds from a local date on; `date.min`: ever since."""

    since: date
    version: int


def unfold(changes: Iterable[RulesChange], contents: Mapping[int, RuleSet]) -> RulesByDate:
    """The versions by date that a history of changes comes to, in the order in which they were said.

    Each one says what holds from its date on, so it also takes the place of what was to follow later. The
    first one must have held ever since.
    """
    said = list(changes)
    found = RulesByDate(contents[said[0].version])
    for change in said[1:]:
        found = found.from_day(change.since, contents[change.version])
    return found
