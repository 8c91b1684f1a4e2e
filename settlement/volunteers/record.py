"""Everything that a volunteer served, line by line: what, where, for whom, how long, and who recorded it."""

import datetime as dt
from collections import defaultdict

from msgspec import Struct

from settlement.ledger.entries import entries_of
from settlement.models import Activity
from settlement.recognition.points import points_account
from settlement.recognition.ratings import assessed_values
from settlement.recognition.stars import held_stars
from settlement.rules.hours import display_hours
from settlement.rules.ledger import Entry, EntryState, LineState, line_state, seconds_in
from settlement.rules.settle import LineKey
from settlement.rules.transfer import RecordedTime, personal_record


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


def service_record(volunteer: int) -> ServiceRecord:
    """The record of a volunteer as it stands now, by date."""
    histories: dict[LineKey, list[Entry]] = defaultdict(list)
    for stored in entries_of([volunteer]):
        histories[stored.entry.key].append(stored.entry)
    activities = Activity.objects.select_related("site", "organisation").in_bulk(
        {key.activity for key in histories}
    )
    values = {value.activity: value for value in assessed_values(volunteer)}
    lines = []
    for key, history in sorted(histories.items(), key=lambda found: (found[0].local_date, found[0].activity)):
        value = values.get(key.activity)
        lines.append(_line(activities[key.activity], key, history, value.effect_pm if value else None))
    record = personal_record(RecordedTime(line.recorder, line.approved_s) for line in lines)
    return ServiceRecord(
        volunteer=volunteer,
        lines=tuple(lines),
        total_s=record.total_s,
        hours=display_hours(record.total_s),
        by_recorder=record.by_recorder,
        value_s=sum(value.v_s for value in values.values()),
        stars=held_stars(volunteer),
        points=points_account(volunteer).balance,
    )


def _line(activity: Activity, key: LineKey, history: list[Entry], effect_pm: int | None) -> ServiceLine:
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
    )
