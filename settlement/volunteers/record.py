"""Everything that a volunteer served, line by line: what, where, for whom, how long, and who recorded it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from msgspec import Struct

from settlement.ledger.entries import StoredEntry, booked_sessions, stored_of, whole_entries
from settlement.models import Activity, LedgerEntry
from settlement.recognition.points import points_account
from settlement.recognition.ratings import AssessedValue, assessed_values
from settlement.recognition.stars import held_stars
from settlement.rules.hours import display_hours
from settlement.rules.ledger import Entry, EntryState, LineState, line_state, seconds_in
from settlement.rules.settle import LineKey
from settlement.rules.transfer import RecordedTime, personal_record


class Stay(Struct, frozen=True):
    """When somebody came and left, in UTC seconds; None where that end is missing."""

    came_s: int | None
    left_s: int | None


class ServiceLine(Struct, frozen=True):
    """One line of a personal record: `approved_s` counts, on `waiting_s` a reviewer has yet to decide."""

    local_date: dt.date
    activity: str
    title: str
    content: str
    recipients: str
    site: str
    recorder: str
    """The path of the organisation that recorded it, and its name; empty where none is entered."""
    recorder_name: str
    state: LineState
    approved_s: int
    waiting_s: int
    effect_pm: int | None = None
    """The assessed effect, where the line's activity has approved time."""
    stays: tuple[Stay, ...] = ()
    """Of the entry that was approved last, or else of the one that waits."""
    zone: str = "UTC"
    """The zone of the site, in which its times are told."""


class ServiceRecord(Struct, frozen=True):
    """A volunteer's whole record. T and V stand apart: V is never service time."""

    volunteer: int
    lines: tuple[ServiceLine, ...]
    total_s: int
    hours: str
    by_recorder: dict[str, int]
    """Approved seconds by the path of the organisation that recorded them."""
    value_s: int
    stars: int
    points: dict[int, int]
    """The balance by calendar year."""


class Earned(Struct, frozen=True):
    """What the approved time came to: V by activity, stars, and the balance of points by year."""

    values: tuple[AssessedValue, ...]
    stars: int
    points: dict[int, int]


def service_record(volunteer: int) -> ServiceRecord:
    """The record of a volunteer as it stands now, by date."""
    earned = Earned(
        tuple(assessed_values(volunteer)), held_stars(volunteer), points_account(volunteer).balance
    )
    return record_of(volunteer, whole_entries([volunteer]), earned)


def record_of(volunteer: int, rows: Collection[LedgerEntry], earned: Earned) -> ServiceRecord:
    """The record that these rows of `whole_entries` make."""
    effects = {value.activity: value.effect_pm for value in earned.values}
    known = {row.activity_id: row.activity for row in rows}
    lines = _lines([stored_of(row) for row in rows], effects, known, {row.pk: row for row in rows})
    record = personal_record(RecordedTime(line.recorder, line.approved_s) for line in lines)
    return ServiceRecord(
        volunteer=volunteer,
        lines=tuple(lines),
        total_s=record.total_s,
        hours=display_hours(record.total_s),
        by_recorder=record.by_recorder,
        value_s=sum(value.v_s for value in earned.values),
        stars=earned.stars,
        points=earned.points,
    )


def lines_of(stored: Collection[StoredEntry], effects: Mapping[str, int] | None = None) -> list[ServiceLine]:
    """The lines of these entries, by date; `effects` are the assessed ones by activity."""
    entries = LedgerEntry.objects.only("sessions").in_bulk(_said_last(stored).values())
    activities = Activity.objects.select_related("site", "organisation").in_bulk(
        {one.entry.key.activity for one in stored}
    )
    return _lines(stored, effects or {}, activities, entries)


def _lines(
    stored: Collection[StoredEntry],
    effects: Mapping[str, int],
    activities: Mapping[str, Activity],
    rows: Mapping[int, LedgerEntry],
) -> list[ServiceLine]:
    histories: dict[LineKey, list[Entry]] = defaultdict(list)
    for one in stored:
        histories[one.entry.key].append(one.entry)
    stays = {key: _stays(rows[pk]) for key, pk in _said_last(stored).items()}
    return [
        _line(
            activities[key.activity],
            key,
            history,
            effects.get(key.activity),
            stays.get(key, ()),
        )
        for key, history in sorted(
            histories.items(), key=lambda found: (found[0].local_date, found[0].activity)
        )
    ]


def _said_last(stored: Collection[StoredEntry]) -> dict[LineKey, int]:
    """The entry of each line that tells its stays: approved last, or else the one that waits."""
    said: dict[LineKey, int] = {}
    for state in (EntryState.PENDING, EntryState.APPROVED):
        said |= {one.entry.key: one.pk for one in stored if one.entry.state is state}
    return said


def _stays(row: LedgerEntry) -> tuple[Stay, ...]:
    return tuple(Stay(one.in_s, one.out_s) for one in booked_sessions(row))


def _line(
    activity: Activity, key: LineKey, history: list[Entry], effect_pm: int | None, stays: tuple[Stay, ...]
) -> ServiceLine:
    return ServiceLine(
        local_date=key.local_date,
        activity=activity.id,
        title=activity.title,
        content=activity.content,
        recipients=activity.recipients,
        site=activity.site.name,
        recorder=activity.organisation.path if activity.organisation else "",
        recorder_name=activity.organisation.name if activity.organisation else "",
        state=line_state(history),
        approved_s=seconds_in(EntryState.APPROVED, history),
        waiting_s=seconds_in(EntryState.PENDING, history),
        effect_pm=effect_pm,
        stays=stays,
        zone=activity.site.zone,
    )
