"""`muster report`: what the centre tells others, as text, CSV, JSON or a page."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from muster.commands.group import FILE, Decorator, Group, settings_file
from muster.commands.opening import actor, centre_now, write_output
from muster.commands.options import AS, LANGUAGE

if TYPE_CHECKING:
    from foundation.words import Words
    from settlement.accounts.actor import Actor
    from settlement.reach import Reach
    from settlement.reports.table import Table

_YEAR = click.option("--year", type=click.IntRange(2000, 2200), required=True, help="Calendar year.")
_BRANCH = click.option("--organisation", "branch", default="", help="Path of a branch; all without it.")
_FORMS = (
    settings_file("settlement.toml"),
    click.option(
        "--language",
        type=LANGUAGE,
        default="en",
        show_default=True,
        help="Language of the report.",
    ),
    click.option("--csv", "form", flag_value="csv", help="Print CSV instead of a table."),
    click.option("--json", "form", flag_value="json", help="Print JSON instead of a table."),
    click.option("--html", "page", type=FILE, help="Write a page to this file, to be printed."),
    AS,
)


class ReportOptions(NamedTuple):
    """For whom a report is made, and when (UTC milliseconds)."""

    words: "Words"
    now_ms: int
    by: "Actor"

    @property
    def reach(self) -> "Reach":
        """How far the reader reaches."""
        from settlement.reach import reach_of

        return reach_of(self.by)

    def note_look(self, name: str) -> None:
        """Put on record that names were read in this report."""
        from settlement.accounts.audit import Action, Kind, Signed, note

        note(Action.EXPORT, Kind.VOLUNTEER, f"report {name}", Signed(self.by, self.now_ms))


@click.group(cls=Group)
def report() -> None:
    """Tell what approved service comes to. Only approved time counts."""


def _report(*options: Decorator) -> Callable[[Callable[..., "Table"]], None]:
    """Make a command of a function that makes a table: with these options, and those of every report."""

    def register(make: Callable[..., "Table"]) -> None:
        @wraps(make)
        def command(
            config: Path,
            language: str,
            form: str | None,
            page: Path | None,
            by: str | None,
            **asked: int | str | None,
        ) -> None:
            from foundation.words import Words

            now_ms = centre_now(config)
            options = ReportOptions(Words(language), now_ms, actor(by))
            if branch := asked.get("branch"):
                from settlement.look_up import organisation_at

                asked["branch"] = organisation_at(str(branch)).path
            _tell(make(options, **asked), options.words, form, page)

        decorated: Any = command
        wanted: tuple[Decorator, ...] = (*options, *_FORMS)
        for option in reversed(wanted):
            decorated = option(decorated)
        report.command(make.__name__)(decorated)

    return register


@_report(_YEAR, _BRANCH)
def value(asked: ReportOptions, year: int, branch: str) -> "Table":
    """Tell the economic value: time × the rate of the settings, with its source and year.

    \b
    muster report value --year 2026 --csv > value.csv
    """
    from settlement.reports import economic_value

    return economic_value.report(asked.reach, year, asked.words, branch)


@_report(
    _YEAR,
    _BRANCH,
    click.option("--places", type=click.IntRange(1), default=5, show_default=True, help="How many places."),
)
def ranking(asked: ReportOptions, year: int, branch: str, places: int) -> "Table":
    """Rank volunteers for commendation, by hours, then by recipients' ratings; ties are told.

    \b
    muster report ranking --year 2026 --places 5
    """
    from settlement.reports import ranking as of_ranking

    asked.note_look("ranking")
    return of_ranking.report(asked.reach, year, asked.words, branch, places=places)


@_report(
    click.option(
        "--months",
        type=click.IntRange(1, 1200),
        default=12,
        show_default=True,
        help="Without approved time for so long.",
    )
)
def lapsed(asked: ReportOptions, months: int) -> "Table":
    """List volunteers without approved time since some months.

    \b
    muster report lapsed --months 6
    """
    from settlement.reports import lapsed as of_lapsed
    from settlement.reports.calendar import today

    asked.note_look("lapsed")
    return of_lapsed.report(asked.reach, today(asked.now_ms), months, asked.words)


@_report(_YEAR, _BRANCH)
def indicators(asked: ReportOptions, year: int, branch: str) -> "Table":
    """Tell volunteers, active ones, hours and retention of every branch of the tree.

    \b
    muster report indicators --year 2026 --organisation 0001
    """
    from settlement.reports import indicators as of_indicators

    return of_indicators.report(asked.reach, year, asked.words, branch)


@_report(
    _YEAR,
    _BRANCH,
    click.option("--publish", "is_published", is_flag=True, help="Keep the notice as published."),
)
def notice(asked: ReportOptions, year: int, branch: str, *, is_published: bool) -> "Table":
    """Make the yearly public notice of hours and exchanged points, with masked names.

    \b
    muster report notice --year 2026 --language zh-Hans --html notice.html --publish
    """
    from settlement.reports import notice as of_notice

    table = of_notice.report(asked.reach, year, asked.words, branch)
    if is_published:
        of_notice.publish(table, year, branch, by=asked.by, now_ms=asked.now_ms)
    return table


@_report(_YEAR, _BRANCH)
def aggregate(asked: ReportOptions, year: int, branch: str) -> "Table":
    """Export service in groups in which nobody can be found: small groups are left out, and counted.

    \b
    muster report aggregate --year 2026 --csv > service-2026.csv
    """
    from settlement.reports import aggregate as of_aggregate

    return of_aggregate.report(asked.reach, year, asked.words, branch)


def _tell(table: "Table", words: "Words", form: str | None, page: Path | None) -> None:
    """Write the page if one is wanted, else print the report."""
    from settlement.reports import rendering
    from settlement.web.frame import centre_settings

    if page is not None:
        write_output(page, rendering.as_html(table, words, centre_settings().store))
        click.echo(f"The report is in {page}.")
    elif form == "csv":
        click.echo(rendering.as_csv(table), nl=False)
    elif form == "json":
        click.echo(rendering.as_json(table), nl=False)
    else:
        click.echo(rendering.as_text(table), nl=False)
