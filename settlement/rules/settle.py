"""The rules from end to end: events of any number of volunteers in, sessions, lines and totals out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from settlement.rules.admission import Outcome, Scan, Taken, admit
from settlement.rules.by_date import RulesByDate, by_date
from settlement.rules.evidence import Activity, ActivityKind, Credential, Event
from settlement.rules.flags import BIT, Flag, flags_of
from settlement.rules.limits import ByDate, cap_days, drop_other_time, share_out
from settlement.rules.pairing import Draft, Interval, manual_hands, pair
from settlement.rules.rule_set import RuleSet
from settlement.rules.trace import TraceStep
from settlement.rules.window import credit_within_window

_NOT_ASSIGNED = BIT[Flag.NOT_ASSIGNED]
_MANUAL = BIT[Flag.MANUAL]
_NOBODY: frozenset[str] = frozenset()
NOTHING_LIFTED: Mapping[str, Collection[date]] = {}
"""The daily cap holds for everybody."""
NOTHING_CREDITED: Mapping[str, str] = {}
"""No stay is longer than a stay may be."""
_LONGEST_DATE_S = 2 * 86_400
"""No two moments of one local date are further apart."""
_LAST_S = 253_370_000_000
"""Of the year 9998: no calendar holds what later times clocks claim."""


class LineKey(NamedTuple):
    """What a line is counted under (S12)."""

    volunteer: str
    activity: str
    local_date: date
    """Local date of the check-in; of the check-out where there is no check-in."""


class Session(msgspec.Struct, frozen=True, gc=False):
    """One stay in one activity. Instants are whole seconds since 1970, UTC."""

    volunteer: str
    activity: str
    in_s: int | None
    out_s: int | None
    t_s: int
    """T, the measured service time in seconds."""
    flags: tuple[Flag, ...]
    """In alphabetical order."""
    parts: tuple[Interval, ...]
    """The credited seconds themselves, in order; no other session of the volunteer has any of them."""
    by_date: ByDate
    """T by the local dates on which it was served."""
    line_date: date
    raw_s: int
    """Measured presence before any rule; `raw_s` plus the changes of `trace` is `t_s`."""
    trace: tuple[TraceStep, ...]
    in_event: str | None
    out_event: str | None
    rules: int = 1
    """The version that judged it: that of its date."""

    @property
    def start_s(self) -> int:
        """The first known end."""
        return self.in_s if self.in_s is not None else self.out_s or 0


class Line(msgspec.Struct, frozen=True, gc=False):
    """What a volunteer earned in one activity on one local date; the unit of review."""

    key: LineKey
    t_s: int
    flags: tuple[Flag, ...] = ()
    """Of all its sessions, in alphabetical order."""
    hands: frozenset[str] = frozenset()
    """Who entered or confirmed a manual event of it, and therefore may not review it (S15)."""


class Settlement(msgspec.Struct, frozen=True):
    """What the rules make of the evidence; the same for any order of arrival."""

    rule_set_version: int
    """The newest that there is; each session names its own."""
    outcomes: tuple[Outcome, ...]
    """One for each delivery, in the order in which they were given."""
    sessions: tuple[Session, ...]
    """By (first known end, activity, volunteer)."""
    lines: tuple[Line, ...]
    """By key; training and travel have none."""
    totals: dict[str, int]
    """T of each volunteer who has a session, in seconds."""
    emptied: tuple[Line, ...] = ()
    """Lines of which entries by hand took all events away: what was approved of them is taken back on the
    word of people, whose hands are named (S16)."""


def by_line(sessions: Iterable[Session]) -> dict[LineKey, list[Session]]:
    """The sessions under the key of their line, each list in the order given."""
    found: dict[LineKey, list[Session]] = {}
    for session in sessions:
        key = LineKey(session.volunteer, session.activity, session.line_date)
        found.setdefault(key, []).append(session)
    return found


def settle_volunteers(
    deliveries: Sequence[Event],
    activities: Mapping[str, Activity],
    credentials: Mapping[str, Credential],
    rules: RuleSet | RulesByDate,
    settle_at_s: int,
    lifted: Mapping[str, Collection[date]] = NOTHING_LIFTED,
    credited: Mapping[str, str] = NOTHING_CREDITED,
) -> Settlement:
    """Apply S0–S12 to every delivery there is of some volunteers.

    Volunteers do not influence each other: settle one, a thousand, or all. All events of a volunteer must be
    among the deliveries, in order of arrival (which matters only where one id came with different contents).
    Each stay is judged as a whole by the version of `rules` that holds on its date. `settle_at_s` decides
    only whether the last check-in is still open (S6). `lifted` are the dates on which a volunteer may earn
    more than the daily cap (S11); `credited` names check-outs, by their check-ins, that end too long a stay
    (S5).
    """
    versions = by_date(rules)
    outcomes, admitted, taken = admit(deliveries, activities, credentials, versions)
    sessions: list[Session] = []
    lines: list[Line] = []
    totals: dict[str, int] = {}
    emptied: list[Line] = []
    for volunteer, scans in admitted.items():
        drafts = _drafts_of(volunteer, scans, activities, versions, settle_at_s, outcomes, credited)
        if not drafts:
            continue
        if taken:
            _mark_taken(drafts, taken.get(volunteer, ()))
        by_dates = cap_days(drafts, lifted.get(volunteer, ()))
        own = [_session(volunteer, draft, dates) for draft, dates in zip(drafts, by_dates, strict=True)]
        totals[volunteer] = sum(session.t_s for session in own)
        sessions += own
        lines += _lines_of(volunteer, drafts, own)
    if taken:
        emptied = _emptied(taken, activities, versions, {line.key for line in lines})
    if len(admitted) > 1:
        sessions.sort(key=lambda session: (session.start_s, session.activity, session.volunteer))
        lines.sort(key=_key_of)
    made = (tuple(outcomes), tuple(sessions), tuple(lines), totals, tuple(emptied))
    return Settlement(versions.newest.version, *made)


def _drafts_of(
    volunteer: str,
    scans: dict[str, list[Scan]],
    activities: Mapping[str, Activity],
    rules: RulesByDate,
    settle_at_s: int,
    outcomes: list[Outcome],
    credited: Mapping[str, str],
) -> list[Draft]:
    """The volunteer's sessions in the order (first known end, activity), with T before the daily cap."""
    drafts: list[Draft] = []
    for activity_id, of_activity in scans.items():
        activity = activities[activity_id]
        paired = pair(of_activity, activity, rules, settle_at_s, outcomes, credited)
        if activity.roster is not None and volunteer not in activity.roster:
            for draft in paired:
                draft.bits |= _NOT_ASSIGNED
        drafts += paired
    drafts.sort(key=_session_order)
    for draft in drafts:
        credit_within_window(draft)
        drop_other_time(draft)
    share_out(drafts)
    return drafts


def _emptied(
    taken: Taken, activities: Mapping[str, Activity], rules: RulesByDate, computed: Collection[LineKey]
) -> list[Line]:
    """The lines of the events that were taken away, where nothing else computes them."""
    found: dict[LineKey, Line] = {}
    for volunteer, events in taken.items():
        for second, name, hands in events:
            activity = activities.get(name)
            if activity is None or activity.kind is not ActivityKind.SERVICE or not 0 <= second < _LAST_S:
                continue
            day = rules.calendar_at(second, activity.zone).date_of(second)
            key = LineKey(volunteer, name, day)
            if key not in computed:
                line = Line(key, 0, (Flag.MANUAL,), hands)
                found[key] = _together(found[key], line) if key in found else line
    return sorted(found.values(), key=_key_of)


def _mark_taken(drafts: list[Draft], taken: Sequence[tuple[int, str, frozenset[str]]]) -> None:
    """Mark the stays that are what they are because an entry by hand took an event away (S16).

    Those of its date, and the one around it: how they are paired and what they share rests on people's word.
    """
    for second, _, hands in taken:
        for draft in drafts:
            start_s = draft.start_s
            calendar = draft.calendar
            is_around = start_s <= second <= (start_s if draft.out_s is None else draft.out_s)
            is_near = abs(second - start_s) <= _LONGEST_DATE_S  # clocks claim times that no calendar holds
            if is_around or (is_near and calendar.date_of(second) == calendar.date_of(start_s)):
                draft.bits |= _MANUAL
                draft.hands |= hands


def _session_order(draft: Draft) -> tuple[int, str]:
    return (draft.start_s, draft.activity.id)


def _session(volunteer: str, draft: Draft, dates: ByDate) -> Session:
    in_event, out_event = draft.in_event, draft.out_event
    return Session(
        volunteer,
        draft.activity.id,
        draft.in_s,
        draft.out_s,
        draft.t_s,
        flags_of(draft.bits),
        draft.parts,
        dates,
        draft.calendar.date_of(draft.start_s),
        draft.raw_s,
        draft.steps,
        in_event.id if in_event is not None else None,
        out_event.id if out_event is not None else None,
        draft.rules.version,
    )


def _lines_of(volunteer: str, drafts: list[Draft], sessions: list[Session]) -> list[Line]:
    """The lines of one volunteer, by key."""
    lines: dict[LineKey, Line] = {}
    for draft, session in zip(drafts, sessions, strict=True):
        if draft.activity.kind is not ActivityKind.SERVICE:
            continue
        key = LineKey(volunteer, session.activity, session.line_date)
        hands = manual_hands(draft) if draft.bits & _MANUAL else _NOBODY
        line = Line(key, session.t_s, session.flags, hands)
        earlier = lines.get(key)
        lines[key] = line if earlier is None else _together(earlier, line)
    return sorted(lines.values(), key=_key_of) if len(lines) > 1 else list(lines.values())


def _together(one: Line, other: Line) -> Line:
    flags = tuple(sorted({*one.flags, *other.flags}))
    return Line(one.key, one.t_s + other.t_s, flags, one.hands | other.hands)


def _key_of(line: Line) -> LineKey:
    return line.key
