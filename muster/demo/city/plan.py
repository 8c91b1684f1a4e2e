"""What the example city is made of, as its file says it, and its days as dates."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from foundation import settings
from settlement.accounts.actor import Level
from settlement.master_data.activities import ActivityValues
from settlement.rules.evidence import Phase
from settlement.rules.policy import CENTRES, ActivityPolicy
from settlement.rules.rule_set import BreakMode

Span = tuple[dt.time, dt.time]
THOUSAND = 1000


class Organisation(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the city's organisations; `people` are those of a hundred volunteers who belong to it."""

    path: str
    name: str
    issuer: str
    in_charge: str
    people: int


class CityAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may log in at the pages. That of the lowest level is its organisation's first volunteer."""

    level: Level
    login: str
    password: str
    name: str = ""
    organisation: str = ""


class CitySite(Struct, frozen=True, forbid_unknown_fields=True):
    """A place of the city, and who runs it."""

    code: str
    name: str
    organisation: str


class CityTerminal(Struct, frozen=True, forbid_unknown_fields=True):
    """A terminal; one may be silent for so many hours, and lack the last events that it told of.

    Of one that is `taken_over` another device has a copy of the certificate, and one that sends `junk` sent a
    message that nobody can read.
    """

    name: str
    site: str
    silent_hours: int = 0
    lacks: int = 0
    taken_over: bool = False
    junk: bool = False


class CityActivity(Struct, frozen=True, forbid_unknown_fields=True, rename={"break_": "break"}):
    """What people come for on some days; `people` of a thousand members come on each.

    With `posts` it expects those who come and a few others, else nobody in particular. With `stay` there is
    no shift at the centre, and each stays that long within these hours. What is `approved` was approved
    already; what is only `planned` is in that phase since yesterday.
    """

    id: str
    title: str
    site: str
    organisation: str
    content: str
    recipients: str
    days: tuple[int, ...]
    opens: dt.time
    shift: Span
    closes: dt.time
    people: int
    stay: dt.time | None = None
    break_: Span | None = None
    posts: tuple[str, ...] = ()
    approved: bool = False
    planned: Phase | None = None


class Does(StrEnum):
    """What somebody does at a terminal; who claims says when the stay was over."""

    IN = "in"
    OUT = "out"
    CLAIM = "claim"


class Shows(StrEnum):
    """What somebody shows there."""

    BADGE = "badge"
    CODE = "code"
    STRANGER = "stranger"


class CityClock(StrEnum):
    """How a terminal's clock goes."""

    RIGHT = "right"
    SLOW = "slow"
    UNKNOWN = "unknown"


class CaseScan(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a case, on its day or `later` by so many; empty: the case's activity or terminal."""

    at: dt.time
    does: Does
    later: int = 0
    activity: str = ""
    terminal: str = ""
    shows: Shows = Shows.BADGE
    claims: dt.time | None = None
    by_staff: bool = False


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """A time that people write down at the centre."""

    at: dt.time
    does: Does


class Elsewhere(Struct, frozen=True, forbid_unknown_fields=True):
    """The case's other line, in another activity on the same day."""

    activity: str
    flags: tuple[str, ...]


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody for whom something is not as usual; `then` are the deeds of `deeds` that follow.

    `flags` are among those that the line ends with; there is no line where it is `lineless`. What happens
    `once` does not happen to several people in a large city. Each of several says something else.
    """

    what: str
    activity: str
    day: int
    scans: tuple[CaseScan, ...] = ()
    written: tuple[Written, ...] = ()
    flags: tuple[str, ...] = ()
    also: Elsewhere | None = None
    then: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    terminal: str = ""
    clock: CityClock = CityClock.RIGHT
    expected: bool = True
    once: bool = False
    lineless: bool = False

    @property
    def days(self) -> frozenset[int]:
        """Every day on which something happens."""
        return frozenset({self.day, *(self.day - scan.later for scan in self.scans)})


class CityPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    zone: str
    organisation: tuple[Organisation, ...]
    account: tuple[CityAccount, ...]
    site: tuple[CitySite, ...]
    terminal: tuple[CityTerminal, ...]
    activity: tuple[CityActivity, ...]
    case: tuple[Case, ...]

    def activity_called(self, name: str) -> CityActivity:
        """The activity with that id."""
        return next(one for one in self.activity if one.id == name)

    def terminal_at(self, site: str) -> str:
        """The first terminal of a site."""
        return next(one.name for one in self.terminal if one.site == site)


class Calendar(Struct, frozen=True):
    """The city's days, counted back from today."""

    today: dt.date
    zone: str

    @classmethod
    def at(cls, now_ms: int, zone: str) -> "Calendar":
        """The calendar of a moment."""
        return cls(dt.datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)).date(), zone)

    def date(self, days_ago: int) -> dt.date:
        """The date of a day."""
        return self.today - dt.timedelta(days=days_ago)

    def ms(self, days_ago: int, at: dt.time) -> int:
        """UTC milliseconds of a local time of a day."""
        local = dt.datetime.combine(self.date(days_ago), at, ZoneInfo(self.zone))
        return int(local.timestamp()) * 1000

    def span(self, days_ago: int, span: Span) -> tuple[int, int]:
        """The same of a beginning and an end."""
        begins, ends = span
        return self.ms(days_ago, begins), self.ms(days_ago, ends)


def load_city() -> CityPlan:
    """The city that ships with Muster."""
    return settings.load(Path(__file__).with_name("city.toml"), CityPlan)


def values_of(activity: CityActivity, calendar: Calendar) -> ActivityValues:
    """An activity as the centre takes it; it executes from its first day's opening to its last day's end."""
    first, last = max(activity.days), min(activity.days)
    days = sorted(activity.days, reverse=True)
    breaks = [calendar.span(day, activity.break_) for day in days] if activity.break_ else []
    return ActivityValues(
        id=activity.id,
        site=activity.site,
        title=activity.title,
        organisation=activity.organisation,
        content=activity.content,
        recipients=activity.recipients,
        posts=dict.fromkeys(activity.posts, THOUSAND),
        assigned_only=bool(activity.posts),
        policy=ActivityPolicy(break_mode=BreakMode.SCHEDULED) if breaks else CENTRES,
        phases=(
            ((activity.planned, calendar.ms(1, activity.opens)),)
            if activity.planned
            else (
                (Phase.EXECUTING, calendar.ms(first, activity.opens)),
                (Phase.ENDED, calendar.ms(last, activity.closes)),
            )
        ),
        shifts=() if activity.stay else tuple(calendar.span(day, activity.shift) for day in days),
        breaks=tuple(breaks),
    )
