"""The settled lines of a year as Order No. 67 records service: who served when, where, for whom, how long."""

import datetime as dt
from collections.abc import Generator

from django.db.models import Sum

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.merged_numbers import merged_numbers
from settlement.models import Activity
from settlement.reach import Reach
from settlement.reports.clear_names import shown_name
from settlement.reports.order_fields import order_columns
from settlement.reports.sources import Person, approved_entries, in_portions, people
from settlement.reports.sums import rows_of, statement
from settlement.reports.table import Cell, LongTable
from settlement.rules.hours import display_hours

_AT_ONCE = 1000
_FIELDS = (
    "name number activity service_dates place service_content recipients service_time recording_unit"
    " person_in_charge"
)


def long_report(reach: Reach, year: int, words: Words, by: Actor | None, branch: str = "") -> LongTable:
    """The approved time of a year that a branch recorded, line by line, by date.

    Names stand in clear for who may certify, masked for everybody else.
    """
    return LongTable(
        title=words.say("report-lines", year=str(year)),
        columns=order_columns(words, _FIELDS, numbers="number service_time"),
        rows=_rows(year, reach.branch(branch), by),
        notes=(words.say("note-order_67"), words.say("note-hours")),
    )


def _rows(year: int, branch: str, by: Actor | None) -> Generator[tuple[Cell, ...], None, None]:
    lines = approved_entries(year, branch).values("volunteer_id", "activity_id", "local_date")
    summed = lines.annotate(t_s=Sum("delta_s")).filter(t_s__gt=0)
    found = rows_of(statement(summed.order_by("local_date", "activity_id", "volunteer_id")))
    try:
        merged = merged_numbers()
        for portion in in_portions(found, _AT_ONCE):
            known = people({merged.kept(number) for number, *_ in portion})
            rows = Activity.objects.select_related("site", "organisation")
            activities = rows.in_bulk({activity for _, activity, *_ in portion})
            for number, activity, day, summed_s in portion:
                # PostgreSQL sums to decimals.
                yield _row(known[merged.kept(number)], activities[activity], day, int(summed_s), by)
    finally:
        found.close()


def _row(person: Person, of: Activity, day: dt.date | str, t_s: int, by: Actor | None) -> tuple[Cell, ...]:
    recorder = of.organisation
    return (
        shown_name(person, by),
        person.number,
        of.title,
        # SQLite keeps dates as text.
        day if isinstance(day, str) else day.isoformat(),
        of.site.name,
        of.content,
        of.recipients,
        display_hours(t_s),
        recorder.name if recorder else "",
        recorder.in_charge if recorder else "",
    )
