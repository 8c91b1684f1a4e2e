"""Everything that stands behind a line of hours: its evidence, the rules, the ledger, and what it earns.

Read from what is stored; nothing is computed anew and nothing is written.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from msgspec import Struct

from foundation.errors import RulesError
from settlement.database.one_statement import read_together
from settlement.evidence.event_times import Clocks
from settlement.evidence.measured_times import MeasuredTime
from settlement.explain.corrections import Corrected, between, corrections_of
from settlement.explain.credited_stays import Credited, credited_stays_of
from settlement.explain.evidence import Evidence, Sources
from settlement.explain.lifted_caps import Lifted, lifted_caps_of
from settlement.explain.merges import Merged, merges_of
from settlement.explain.sentences import Step, Teller
from settlement.ledger.entries import BookedSession, StoredEntry, booked_sessions, stored_of
from settlement.ledger.totals import approved_part
from settlement.look_up import activity_called, volunteer_numbered
from settlement.merged_numbers import merged_numbers
from settlement.models import (
    Activity,
    EventOutcome,
    LedgerEntry,
    Line,
    Session,
    Settled,
    Unsettled,
    Volunteer,
)
from settlement.recognition.ratings import AssessedValue, value_of, value_parts
from settlement.review.long_stays import LongStay, long_stays_among
from settlement.review.rejected_before import RejectedBefore, rejected_before
from settlement.rule_book import rules_by_date, rules_now
from settlement.rules.flags import Flag
from settlement.rules.hours import display_hours
from settlement.rules.ledger import AdjustmentReason, Entry, EntryState, LineState, line_state, seconds_in
from settlement.rules.settle import LineKey
from settlement.rules.stars import stars
from settlement.rules.unnamed import Way
from settlement.troubles import DecisionTrouble
from sync.contract.roster import UNRESOLVED_ACTIVITY

_LATEST_S = 253_402_128_000
"""9999-12-30: clocks claim times beyond any calendar; those are listed at its end."""


class ExplainedSession(Struct, frozen=True):
    """A stay with the way from presence (`raw_s`) to T (`t_s`); instants are UTC seconds."""

    in_s: int | None
    out_s: int | None
    came: Evidence | None
    left: Evidence | None
    raw_s: int
    t_s: int
    flags: list[str]
    steps: list[Step]


class Uncounted(Struct, frozen=True):
    """Evidence of the day that entered no session, and why."""

    at_s: int
    source: str
    outcome: str
    text: str
    time: MeasuredTime | None = None
    """How closely a terminal's time is known, and who measured it."""


class Decided(Struct, frozen=True):
    """Who ended an entry's waiting, when (UTC milliseconds) and why; nobody where a newer entry did."""

    by: str
    at_ms: int
    note: str
    override: str


class ExplainedEntry(Struct, frozen=True):
    """A row of the ledger; `rules` is the version that computed it, `review` what became of it."""

    kind: str
    rev: int
    delta_s: int
    state: str
    reason: str
    flags: list[str]
    rules: int
    entered_ms: int
    review: Decided | None
    reopened: Decided | None = None
    """Who took its rejection back, where somebody did."""
    rejected: RejectedBefore | None = None
    """What was rejected of its line before, where it still waits."""
    corrected: list[Corrected] = []
    """What people had corrected since the entry before it."""
    stays: list[BookedSession] = []
    """The stays as they were when it was entered, where they are others now."""
    merged: Merged | None = None
    """The merge of numbers, or its end, that caused it."""


class Effect(Struct, frozen=True):
    """What a line earns: points, stars and V. Of what waits for a review nothing counts yet.

    `stars_without` and `stars` are those of all the volunteer's approved time without and with this line;
    `stars_after` would be reached once what waits in it is approved. `value` is V of the whole activity.
    """

    points: int
    points_after: int
    stars_without: int
    stars: int
    stars_after: int
    value: AssessedValue | None


class Explanation(Struct, frozen=True):
    """One line of a volunteer. `t_s` is what the rules make of it now, `approved_s` what counts.

    `state` is None where nothing was ever entered into the ledger; `rules` is the version of its date.
    """

    volunteer: int
    name: str
    activity: str
    title: str
    zone: str
    local_date: dt.date
    state: LineState | None
    t_s: int
    hours: str
    approved_s: int
    waiting_s: int
    rules: int | None
    waits_for_settler: bool
    flags: list[str]
    sessions: list[ExplainedSession]
    uncounted: list[Uncounted]
    entries: list[ExplainedEntry]
    effect: Effect
    cap_lifted: list[Lifted] = []
    stays_credited: list[Credited] = []
    long_stays: list[LongStay] = []
    """Perhaps one stay each, too long to be one by the rules."""
    newest_entry: int | None = None
    """The number of the newest row of the ledger."""


def explain_lines(
    volunteer: int, activity: str, teller: Teller, day: dt.date | None = None
) -> list[Explanation]:
    """Explain the lines of a volunteer in an activity, by date; all of them, or the one of that local date.

    Raises RulesError UNKNOWN_VOLUNTEER, UNKNOWN_ACTIVITY, NO_LINE or NO_LINE_THAT_DAY where there is nothing
    to explain.
    """
    about = About(volunteer_numbered(volunteer), activity_called(activity), teller)
    return about.explain(day)


class About:
    """All that is stored of one volunteer in one activity; the same few queries however much that is."""

    def __init__(self, person: Volunteer, activity: Activity, teller: Teller) -> None:
        """The activity's site is read unless it was read along."""
        self._person, self._activity, self._teller = person, activity, teller
        self._rules = rules_by_date()
        self._clocks = Clocks(self._rules)
        self._numbers = merged_numbers().numbers_of(person.number)
        mine: dict[str, Any] = {"volunteer": person, "activity": activity}
        lines, settled, waits, approved, *worth = read_together(
            (Line.objects.filter(**mine), ("local_date", "t_s")),
            (Settled.objects.filter(volunteer=person), ("volunteer_id",)),
            (Unsettled.objects.filter(volunteer__in=self._numbers), ("volunteer_id",)),
            approved_part(person.number, activity.pk),
            *value_parts(person.number, activity.pk),
        )
        self._lines = {dt.date.fromisoformat(day): t_s for day, t_s in lines}
        self._is_settled, self._waits = bool(settled), bool(waits)
        _, total_s, there_s = approved[0]
        self._approved_s = total_s or 0
        # Without any approved entry there is no value, not one of nothing.
        self._value = None if there_s is None else value_of(person.number, activity.pk, there_s, *worth)
        self._sessions: dict[dt.date, list[Session]] = defaultdict(list)
        for session in Session.objects.filter(**mine).order_by("pk"):
            self._sessions[session.line_date].append(session)
        self.long_stays = [*long_stays_among(one for of_day in self._sessions.values() for one in of_day)]
        self._rows: dict[dt.date, list[LedgerEntry]] = defaultdict(list)
        rows = (
            LedgerEntry.objects.filter(**mine).select_related("review__account", "reopening").order_by("pk")
        )
        self.stored = [*map(self._keep, rows)]
        self._entries: dict[dt.date, list[Entry]] = defaultdict(list)
        for stored in self.stored:
            self._entries[stored.entry.key.local_date].append(stored.entry)
        waiting = [stored for stored in self.stored if stored.entry.state is EntryState.PENDING]
        before = rejected_before(waiting, self.stored)
        self._rejected = {stored.pk: before.get(stored.entry.key) for stored in waiting}
        self._outcomes: dict[dt.date, list[EventOutcome]] = defaultdict(list)
        here = Q(activity=UNRESOLVED_ACTIVITY, chain__terminal__site=activity.site)
        held = EventOutcome.objects.filter(Q(activity=activity.id) | here, volunteer=person)
        for outcome in held.select_related("chain", "record").order_by("at_s", "pk"):
            at_s = min(max(outcome.at_s, 0), _LATEST_S)
            self._outcomes[self._rules.calendar_at(at_s, activity.site.zone).date_of(at_s)].append(outcome)
        is_merged = any(
            row.reason == AdjustmentReason.MERGED for of_day in self._rows.values() for row in of_day
        )
        self._merges = merges_of(person.number) if is_merged else {}
        # Corrections are told where an entry follows another one, and asked for only there.
        is_changed = any(len(of_day) > 1 for of_day in self._rows.values())
        self._corrections = corrections_of(activity.id, self._numbers) if is_changed else []
        self._sources = Sources((), self._clocks)

    def _keep(self, row: LedgerEntry) -> StoredEntry:
        self._rows[row.local_date].append(row)
        return stored_of(row)

    def explain(self, day: dt.date | None = None) -> list[Explanation]:
        """The lines by date, all or the one of that date; raises RulesError as `explain_lines` does."""
        days = self._days() if day is None else self._days() & {day}
        if not days:
            about_what: dict[str, object] = {
                "volunteer": self._person.number, "activity": self._activity.title,
            }  # fmt: skip
            if day:
                raise RulesError(DecisionTrouble.NO_LINE_THAT_DAY, **about_what, day=day)
            raise RulesError(DecisionTrouble.NO_LINE, **about_what)
        stays = [stay for on in days for stay in self._sessions.get(on, [])]
        named = [name for stay in stays for name in (stay.in_event, stay.out_event)]
        uncounted = [one.source for on in days for one in self._outcomes.get(on, []) if one.chain]
        self._sources = Sources([*named, *uncounted], self._clocks)
        return [self._line(on) for on in sorted(days)]

    def stays_by_line(self) -> dict[LineKey, LongStay]:
        """What may be one stay each, by the lines that show one of its two events."""
        found: dict[LineKey, LongStay] = {}
        for stay in self.long_stays:
            for on in (stay.came_on, stay.left_on):
                found.setdefault(LineKey(str(self._person.number), self._activity.pk, on), stay)
        return found

    def _days(self) -> set[dt.date]:
        return {*self._sessions, *self._lines, *self._rows, *self._outcomes}

    def _line(self, day: dt.date) -> Explanation:
        t_s, history = self._lines.get(day, 0), self._entries.get(day, [])
        approved_s = seconds_in(EntryState.APPROVED, history)
        waiting_s = seconds_in(EntryState.PENDING, history)
        sessions = self._sessions.get(day, [])
        return Explanation(
            volunteer=self._person.number,
            name=self._person.display_name,
            activity=self._activity.id,
            title=self._activity.title,
            zone=self._activity.site.zone,
            local_date=day,
            state=line_state(history) if history else None,
            t_s=t_s,
            hours=display_hours(t_s),
            approved_s=approved_s,
            waiting_s=waiting_s,
            rules=self._rules.on(day).version if self._is_settled else None,
            waits_for_settler=self._waits,
            flags=sorted({flag for session in sessions for flag in session.flags}),
            sessions=[self._session(session) for session in sessions],
            uncounted=[self._uncounted(outcome) for outcome in self._outcomes.get(day, [])],
            entries=self._ledger(day, sessions),
            effect=self._effect(day, approved_s, waiting_s),
            cap_lifted=self._cap_lifted(day, sessions),
            stays_credited=self._credited(sessions),
            long_stays=[stay for stay in self.long_stays if day in (stay.came_on, stay.left_on)],
            newest_entry=self._rows[day][-1].pk if self._rows.get(day) else None,
        )

    def _ledger(self, day: dt.date, sessions: Sequence[Session]) -> list[ExplainedEntry]:
        rows, now = self._rows.get(day, []), [(row.in_s, row.out_s, row.t_s) for row in sessions]
        found, before_ms = [], rows[0].entered_ms if rows else 0
        for row in rows:
            then = booked_sessions(row)
            since = between(self._corrections, before_ms, row.entered_ms)
            stays = then if [(one.in_s, one.out_s, one.t_s) for one in then] != now else []
            merged = self._merges.get(row.entered_ms) if row.reason == AdjustmentReason.MERGED else None
            found.append(_entry(row, self._rejected.get(row.pk), since, stays, merged))
            before_ms = row.entered_ms
        return found

    def _session(self, row: Session) -> ExplainedSession:
        return ExplainedSession(
            in_s=row.in_s,
            out_s=row.out_s,
            came=self._sources.evidence(row.in_event),
            left=self._sources.evidence(row.out_event),
            raw_s=row.raw_s,
            t_s=row.t_s,
            flags=row.flags,
            steps=self._teller.steps(row.in_s, row.out_s, row.raw_s, row.trace, row.t_s),
        )

    def _cap_lifted(self, day: dt.date, sessions: Sequence[Session]) -> list[Lifted]:
        if not any(Flag.CAP_LIFTED in session.flags for session in sessions):
            return []
        return lifted_caps_of(self._numbers, self._activity, day)

    def _credited(self, sessions: Sequence[Session]) -> list[Credited]:
        if not any(Flag.LONG_STAY in session.flags for session in sessions):
            return []
        return credited_stays_of(sessions)

    def _uncounted(self, row: EventOutcome) -> Uncounted:
        text = self._teller.outcome(row.outcome)
        if row.activity == UNRESOLVED_ACTIVITY:
            text = self._teller.words.code("explain-named", self._sources.way(row.source) or Way.NONE)
        return Uncounted(row.at_s, row.source, row.outcome, text, self._sources.time(row.source))

    def _effect(self, day: dt.date, approved_s: int, waiting_s: int) -> Effect:
        now = rules_now()

        def stars_of(seconds: int) -> int:
            return stars(seconds, now.star_thresholds_h)

        def points_of(seconds: int) -> int:
            return self._rules.on(day).points_per_activity_day if seconds > 0 else 0

        return Effect(
            points=points_of(approved_s),
            points_after=points_of(approved_s + waiting_s),
            stars_without=stars_of(self._approved_s - approved_s),
            stars=stars_of(self._approved_s),
            stars_after=stars_of(self._approved_s + waiting_s),
            value=self._value,
        )


def _entry(
    row: LedgerEntry,
    rejected: RejectedBefore | None,
    corrected: list[Corrected],
    stays: list[BookedSession],
    merged: Merged | None,
) -> ExplainedEntry:
    review, reopening = getattr(row, "review", None), getattr(row, "reopening", None)
    return ExplainedEntry(
        kind=row.kind,
        rev=row.rev,
        delta_s=row.delta_s,
        state=review.state if review else EntryState.PENDING,
        reason=row.reason,
        flags=row.flags,
        rules=row.rules_id,
        entered_ms=row.entered_ms,
        review=Decided(review.by, review.at_ms, review.note, review.override) if review else None,
        reopened=Decided(reopening.by, reopening.at_ms, reopening.reason, "") if reopening else None,
        rejected=rejected,
        corrected=corrected,
        stays=stays,
        merged=merged,
    )
