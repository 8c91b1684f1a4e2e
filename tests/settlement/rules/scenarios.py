"""Generated days: a few people, a few activities, scans around a midnight or a change of the clocks.

Instants lie on a coarse grid with small shifts to either side of it, so that boundaries are hit often; the
rules' durations are short, so that every rule matters within some hours. Every third day has duties as long
as 12½ and 24 hours are beside a longest session of twelve, and stays to match; on some they follow each
other without a gap.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Activity, ActivityKind, Credential, Direction, Event, ManualEntry
from settlement.rules.policy import ActivityPolicy
from settlement.rules.rule_set import BreakMode, DateZone, MissingOutPolicy, RuleSet

MOMENTS = [
    ("Asia/Shanghai", "2026-03-07T16:00:00"),  # midnight
    ("Asia/Riyadh", "2026-03-07T21:00:00"),  # midnight
    ("Europe/Berlin", "2026-03-29T01:00:00"),  # clocks go forward
    ("Europe/Berlin", "2026-10-25T01:00:00"),  # back
    ("Europe/Berlin", "2026-03-28T23:00:00"),  # midnight of the short day
    ("America/New_York", "2026-03-08T07:00:00"),
    ("America/New_York", "2026-11-01T06:00:00"),
    ("America/New_York", "2026-11-01T04:00:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00"),  # back by half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30:00"),
    ("Australia/Lord_Howe", "2026-10-03T13:30:00"),
]

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def on_days(count):
    """On so many generated days, the same ones each time; on a fifth of them in `make quick`."""
    days = count // 5 if os.environ.get("MUSTER_QUICK") else count
    return settings(max_examples=days, deadline=None, derandomize=True, suppress_health_check=SLOW_IS_FINE)


GRID_S = 600
SHIFTS_MS = [0, 0, 0, 1000, -1000, 900, 100, -1, 59_000, 60_000, 61_000, 5000]


@dataclass(frozen=True)
class Scenario:
    deliveries: tuple
    activities: dict
    credentials: dict
    rules: RulesByDate
    settle_at_s: int
    lifted: dict
    credited: dict

    def arguments(self, deliveries=None):
        given = self.deliveries if deliveries is None else deliveries
        said = (self.lifted, self.credited)
        return given, self.activities, self.credentials, self.rules, self.settle_at_s, *said


@st.composite
def scenarios(draw):
    zone, moment = draw(st.sampled_from(MOMENTS))
    middle_s = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())

    def second(low, high):
        return middle_s + GRID_S * draw(st.integers(low, high))

    names = draw(st.sampled_from([["A1", "A2", "B1"], ["A1", "A2"], ["A1"]]))
    rules = draw(_rule_sets(zone))
    longest = draw(st.sampled_from([0, 0, rules.max_session_s // GRID_S]))
    activities = {name: draw(_activities(name, middle_s, longest)) for name in names}
    if longest and draw(st.booleans()):  # nothing lengthens a stay
        activities = {name: msgspec.structs.replace(one, shifts=()) for name, one in activities.items()}
    revoked_ms = draw(st.sampled_from([None, None, None, second(-6, 12) * 1000]))
    lost_ms = draw(st.sampled_from([None] * 5 + [second(-12, 6) * 1000]))
    credentials = {
        "K1": Credential("V1", lost_ms), "K2": Credential("V2"), "K9": Credential("V1", revoked_ms)
    }  # fmt: skip
    if len(names) > 1 and draw(st.integers(0, 3)) == 0:
        rules = msgspec.structs.replace(rules, break_mode=BreakMode.SCHEDULED)
        stays = draw(_stays_in_breaks(activities, middle_s))
        stays += draw(st.lists(_stays(names, middle_s, longest), max_size=2))
    else:
        stays = draw(st.lists(_stays(names, middle_s, longest), min_size=1, max_size=6))
    events = [_numbered(event, n) for n, event in enumerate(event for stay in stays for event in stay)]
    credited = _credited(draw, stays, events) if longest else {}
    again = draw(st.lists(st.sampled_from(events), max_size=2))
    today = datetime.fromtimestamp(middle_s, ZoneInfo(zone)).date()
    later = []
    if draw(st.integers(0, 2)) == 0:
        since = today + timedelta(days=draw(st.integers(-1, 1)))
        changed = draw(_rule_sets(draw(st.sampled_from([zone, zone, "Asia/Shanghai"]))))
        later = [(since, msgspec.structs.replace(changed, version=2))]
    dates = st.sampled_from([today - timedelta(days=1), today])
    return Scenario(
        tuple(draw(st.permutations(events + again))),
        activities,
        credentials,
        RulesByDate(rules, later),
        second(6, 60 + 2 * longest),
        {"V1": draw(st.sets(dates))} if draw(st.integers(0, 3)) == 0 else {},
        credited,
    )


def _credited(draw, stays, events):
    """Whole stays of which a reviewer says that they are one, however long; seldom those of two."""
    left, found, whole = iter(events), {}, []
    for stay in stays:
        ends = [next(left) for _ in stay]
        if len(ends) == 2:
            whole.append(ends)
    for came, gone in whole:
        if draw(st.booleans()):
            found[came.id] = gone.id
    if len(whole) > 1 and draw(st.integers(0, 5)) == 0:
        found[whole[0][0].id] = whole[1][1].id
    return found


@st.composite
def _activities(draw, name, middle_s, longest):
    def interval(low, high):
        start = draw(st.integers(low, high))
        return (middle_s + GRID_S * start, middle_s + GRID_S * (start + draw(st.integers(1, 18))))

    phase = draw(st.sampled_from(["always"] * 6 + ["closed", "split"]))
    before_s, until_s = interval(-20, -6)
    split = ((before_s, min(until_s, middle_s)), (middle_s, None))
    return Activity(
        id=name,
        site="S2" if name == "A2" else "S1",
        zone=draw(st.sampled_from(["", "Asia/Urumqi", "America/New_York"])),
        kind=draw(st.sampled_from([ActivityKind.SERVICE] * 5 + [ActivityKind.TRAINING])),
        executing={"always": ((0, None),), "closed": (interval(-12, 0),), "split": split}[phase],
        shifts=draw(_duties(middle_s, longest) if longest else _shifts(middle_s)),
        breaks=tuple(interval(-10, 10) for _ in range(draw(st.integers(0, 2)))),
        roster=draw(st.sampled_from([None, None, frozenset({"V1"})])),
        policy=draw(_policies()) if draw(st.integers(0, 3)) == 0 else ActivityPolicy(),
    )


@st.composite
def _policies(draw):
    """What an activity fixes otherwise; None mostly."""

    def one_of(*choices):
        return draw(st.sampled_from([None, None, *choices]))

    return ActivityPolicy(
        debounce_s=one_of(0, 600),
        early_credit_s=one_of(0, 1200),
        late_credit_s=one_of(0, 600),
        break_mode=one_of(*BreakMode),
        auto_break_after_s=one_of(1800),
        auto_break_s=one_of(900),
        min_session_s=one_of(0, 1800),
        daily_cap_s=one_of(1800, 7200, 90_000),
        missing_out_policy=one_of(*MissingOutPolicy),
    )


@st.composite
def _shifts(draw, middle_s):
    """None, one, or several in order; some touch, some leave a gap."""
    shifts, start = [], draw(st.integers(-14, 2))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 1, 2, 3]))):
        end = start + draw(st.integers(1, 12))
        shifts.append((middle_s + GRID_S * start, middle_s + GRID_S * end))
        start = end + draw(st.integers(0, 4))
    return tuple(shifts)


@st.composite
def _duties(draw, middle_s, longest):
    """One to three that last half a grid's step longer than the longest session, or twice as long."""
    shifts, start = [], draw(st.integers(-14, 2))
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        end = start + draw(st.sampled_from([longest + 0.5, 2 * longest, 2 * longest, 3]))
        shifts.append((middle_s + int(GRID_S * start), middle_s + int(GRID_S * end)))
        start = end + draw(st.sampled_from([0, 0, 1, longest]))
    return tuple(shifts)


@st.composite
def _rule_sets(draw, zone):
    def one_of(*choices):
        return draw(st.sampled_from(choices))

    return RuleSet(
        settlement_tz=zone,
        date_zone=one_of(*DateZone),
        debounce_s=one_of(60, 60, 0, 600),
        max_session_s=one_of(14_400, 14_400, 7200),
        min_session_s=one_of(600, 600, 0, 1201),
        daily_cap_s=one_of(None, 3600, 5400, 28_800),
        early_credit_s=one_of(0, 0, 600),
        late_credit_s=one_of(0, 0, 1199),
        late_grace_s=one_of(300, 0),
        leave_grace_s=one_of(300, 0),
        close_after_s=one_of(7200, 600),
        max_shift_s=one_of(90_000, 90_000, 90_000, 28_799, 14_400),
        break_mode=one_of(*BreakMode),
        auto_break_after_s=one_of(1800, 3600),
        auto_break_s=one_of(900, 1800),
        missing_out_policy=one_of(*MissingOutPolicy),
    )


@st.composite
def _stays(draw, names, middle_s, longest):
    """One or both ends of a stay of V1, mostly with nothing odd about it."""
    name = draw(st.sampled_from(names))
    start = draw(st.integers(-15, 12))
    usual = st.integers(0, 18)
    lasts = st.one_of(usual, st.integers(longest, 2 * longest + 14)) if longest else usual
    ends = (start, start + draw(lasts))
    directions = draw(st.sampled_from([("in", "out")] * 6 + [("toggle", "toggle"), ("in",), ("out",)]))
    return [
        draw(_events(name, middle_s + GRID_S * place, Direction(direction)))
        for place, direction in zip(ends, directions, strict=False)
    ]


@st.composite
def _stays_in_breaks(draw, activities, middle_s):
    """A long stay, a short one elsewhere in its break, and a third that begins before the long one ends.

    Such days are rare among those that are drawn freely; here parts of stays lie in each other's gaps.
    """
    outer, inner, *_ = draw(st.permutations(sorted(activities)))
    starts = draw(st.integers(-12, -4))
    breaks = starts + draw(st.integers(1, 4))
    resumes = breaks + draw(st.integers(2, 4))
    ends = resumes + draw(st.integers(2, 5))
    pause = (middle_s + GRID_S * breaks, middle_s + GRID_S * resumes)
    activities[outer] = msgspec.structs.replace(activities[outer], breaks=(pause,), shifts=())
    later = draw(st.sampled_from([name for name in sorted(activities) if name != outer]))
    spans = (
        (outer, starts, ends),
        (inner, breaks, draw(st.integers(breaks + 1, resumes))),
        (later, draw(st.integers(resumes, ends)), ends + draw(st.integers(0, 4))),
    )
    return [
        [
            _plain_event(name, middle_s + GRID_S * place, direction)
            for place, direction in ((came, Direction.IN), (left, Direction.OUT))
        ]
        for name, came, left in spans
    ]


def _plain_event(name, second, direction):
    """A scan of V1's card with nothing odd about it."""
    return Event(
        id="",
        terminal="T1",
        seq=1,
        credential="K1",
        activity=name,
        direction=direction,
        method="qr",
        device_ms=second * 1000,
        received_ms=second * 1000,
    )


@st.composite
def _events(draw, name, second, direction):
    def rarely(usual, *others):
        return usual if draw(st.integers(0, 7)) else draw(st.sampled_from(others))

    offset_ms = rarely(0, None, 500, -40_000, 300_000, -301_000)
    corrected_ms = second * 1000 + draw(st.sampled_from(SHIFTS_MS))
    manual = None
    credential = rarely("K1", "K1", "K9", "K2", "K404")
    if rarely(False, True):
        credential = rarely(None, "K1", "K404")
        manual = ManualEntry(
            rarely("V1", "V2", None),
            rarely("reader broken", " ", None),
            rarely("staff1", "V1", ""),
            rarely("staff2", "staff1", "V1", None),
            draw(st.sampled_from([(), (), (), ("e0",), ("e1",), ("e2", "e3"), ("e1", "e4", "e404")])),
        )
    return Event(
        id="",
        terminal=draw(st.sampled_from(["T1", "T2"])),
        seq=draw(st.integers(1, 3)),
        credential=credential,
        activity=rarely(name, name, "A404"),
        direction=direction,
        method="qr" if manual is None else "manual",
        manual=manual,
        device_ms=corrected_ms - (offset_ms or 0),
        offset_ms=offset_ms,
        error_ms=rarely(None, 0, 60_000, 60_001, 900_500),
        received_ms=corrected_ms + rarely(0, 3_600_000, -60_000, -61_000),
        used_twice=manual is None and rarely(False, True),
    )


def _numbered(event, number):
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return Event(**fields | {"id": f"e{number}"})
