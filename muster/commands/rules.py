"""`muster rules`: try the settlement rules, and ask why a line counts what it counts."""

import datetime as dt
import sys
from pathlib import Path

import click

from foundation.clock import open_clock
from muster.commands.group import FILE, Group, settings_file
from muster.commands.options import LANGUAGE


@click.group(cls=Group)
def rules() -> None:
    """Try the settlement rules, and ask why hours are what they are."""


@rules.command("verify")
@click.argument("file", type=FILE)
def rules_verify(file: Path) -> None:
    """Run a file of worked cases; print each mismatch and `N passed, M failed`."""
    from settlement.cases.verify import main as verify

    sys.exit(verify(file))


@rules.command("explain")
@settings_file("settlement.toml")
@click.option("--volunteer", type=click.IntRange(1), required=True, help="The volunteer's number.")
@click.option("--activity", required=True, help="The activity's id.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="One local date; all of them when left out."
)
@click.option("--language", type=LANGUAGE, help="Of the sentences; the centre's when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print values with their sentences, for programs.")
def rules_explain(
    config: Path,
    volunteer: int,
    activity: str,
    day: dt.datetime | None,
    language: str | None,
    *,
    as_json: bool,
) -> None:
    """Tell why the lines of a volunteer count what they count: evidence, rules, ledger, what they earn.

    Ends with where to read the rules that it names.

    \b
    muster rules explain --volunteer 1001 --activity lantern-fair
    muster rules explain --volunteer 1001 --activity lantern-fair --date 2026-03-07 --language ar
    """
    from settlement.setup import start

    settings = start(config)
    import msgspec

    from foundation.words import Words
    from settlement.explain.explanation import explain_lines
    from settlement.explain.explanation_text import tell_line
    from settlement.explain.rules_document import tell_rules
    from settlement.explain.sentences import Teller
    from settlement.look_up import activity_called

    teller = Teller(Words(language or settings.language), activity_called(activity).site.zone)
    lines = explain_lines(volunteer, activity, teller, day.date() if day else None)
    if as_json:
        click.echo(msgspec.json.encode(lines))
        return
    told = ["\n".join(tell_line(line, teller)) for line in lines]
    click.echo("\n\n".join([*told, tell_rules(lines, teller)]))


@rules.command("replay")
@settings_file("settlement.toml")
@click.option(
    "--rules", "proposed", type=FILE, required=True, help="A file with the table [rules]; the rest stays."
)
@click.option("--csv", "table", type=FILE, help="Write the changed lines to this file, not to the terminal.")
def rules_replay(config: Path, proposed: Path, table: Path | None) -> None:
    """Tell what changed rules would alter, without altering anything.

    \b
    muster rules replay --rules new.toml
    muster rules replay --rules new.toml --csv changes.csv
    """
    from settlement.setup import start

    settings = start(config)
    from settlement.settings import read_rules
    from settlement.settling.replay import replay
    from settlement.settling.replay_report import spreadsheet, tell_line, tell_settings, tell_total

    changed = read_rules(proposed, settings.rules)
    now_ms = open_clock(settings.clock_file).wall_ms()
    click.echo("\n".join(tell_settings(settings.rules, changed)))
    if table is None:
        total = replay(settings.rules, changed, now_ms, lambda found: click.echo(tell_line(found)))
    else:
        with spreadsheet(table) as write:
            total = replay(settings.rules, changed, now_ms, write)
    click.echo("\n".join(tell_total(total)))
