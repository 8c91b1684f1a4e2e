"""The economic value of service: T × rate, and never without saying where the rate comes from (S13)."""

from collections.abc import Iterable, Mapping

from django.conf import settings as django_settings
from msgspec import Struct

from foundation.words import Words
from settlement.reach import Reach
from settlement.reports.sources import branches
from settlement.reports.sums import seconds_by_recorder
from settlement.reports.table import Table, columns
from settlement.rules.hours import HourlyRate, check_rate, display_hours, economic_value_cents
from settlement.settings import CentreSettings


class RecordedSeconds(Struct, frozen=True):
    """Approved seconds that the organisation at `recorder` recorded; "" for none."""

    recorder: str
    t_s: int


class BranchValue(Struct, frozen=True):
    """What the time that one organisation recorded would have cost; `recorder` is its path."""

    recorder: str
    t_s: int
    cents: int


class EconomicValue(Struct, frozen=True):
    """The value by recording organisation, and of all together.

    The total is computed from the seconds of all: rounded sums differ from it by up to half a cent a row.
    """

    rows: tuple[BranchValue, ...]
    t_s: int
    cents: int


def economic_value(service: Iterable[RecordedSeconds], rate: HourlyRate) -> EconomicValue:
    """The value of approved service at an hourly rate. Raises RulesError as `check_rate` does."""
    check_rate(rate)
    seconds: dict[str, int] = {}
    for served in service:
        seconds[served.recorder] = seconds.get(served.recorder, 0) + served.t_s
    rows = tuple(
        BranchValue(path, t_s, economic_value_cents(t_s, rate.cents)) for path, t_s in sorted(seconds.items())
    )
    total_s = sum(seconds.values())
    return EconomicValue(rows, total_s, economic_value_cents(total_s, rate.cents))


def report(reach: Reach, year: int, words: Words, branch: str = "") -> Table:
    """The report of a year; raises RulesError RATE_WITHOUT_SOURCE unless the settings name both."""
    branch = reach.branch(branch)
    settings: CentreSettings = django_settings.CENTRE
    service = [RecordedSeconds(*found) for found in seconds_by_recorder(year, branch)]
    value = economic_value(service, settings.economic_value)
    return tabulate(value, settings.economic_value, year, words, {row.path: row.name for row in branches()})


def tabulate(
    value: EconomicValue, rate: HourlyRate, year: int, words: Words, names: Mapping[str, str]
) -> Table:
    """The report as a table; `names` are those of the organisations by their paths."""
    rows = [
        (row.recorder, names.get(row.recorder, "–"), display_hours(row.t_s), money(row.cents))
        for row in value.rows
    ]
    total = ("", words.say("report-total"), display_hours(value.t_s), money(value.cents))
    said = {"rate": money(rate.cents), "currency": rate.currency, "source": rate.source}
    return Table(
        title=words.say("report-value", year=str(year), currency=rate.currency),
        columns=columns(words, "path organisation hours value", numbers="hours value"),
        rows=(*rows, total),
        notes=(words.say("note-rate", year=str(rate.year), **said), words.say("note-rounding")),
    )


def money(cents: int) -> str:
    """An amount with two decimals and its sign."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"
