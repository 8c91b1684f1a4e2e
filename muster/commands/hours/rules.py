"""`muster rules`: try the settlement rules, and ask why a line counts what it counts."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, LANGUAGE, REASON

_DATE = click.DateTime(["%Y-%m-%d"])

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


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
@at_centre
@click.option("--volunteer", type=click.IntRange(1), required=True, help="The volunteer's number.")
@click.option("--activity", required=True, help="The activity's id.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="One local date; all of them when left out."
)
@click.option("--language", type=LANGUAGE, help="Of the sentences; the centre's when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print values with their sentences, for programs.")
@AS
def rules_explain(
    now_ms: int,
    volunteer: int,
    activity: str,
    day: dt.datetime | None,
    language: str | None,
    by: "Actor",
    *,
    as_json: bool,
) -> None:
    """Tell why the lines of a volunteer count what they count: evidence, rules, ledger, what they earn.

    Ends with where to read the rules that it names.

    \b
    muster rules explain --volunteer 1001 --activity lantern-fair
    muster rules explain --volunteer 1001 --activity lantern-fair --date 2026-03-07 --language ar
    """
    import msgspec
    from django.conf import settings

    from foundation.words import Words
    from settlement.explain.explain_to import explain_to
    from settlement.explain.explanation_text import tell_line
    from settlement.explain.rules_document import tell_rules
    from settlement.explain.sentences import Teller
    from settlement.look_up import activity_called

    teller = Teller(Words(language or settings.CENTRE.language), activity_called(activity).site.zone)
    lines = explain_to(by, volunteer, activity, teller, day.date() if day else None, now_ms)
    if as_json:
        click.echo(msgspec.json.encode(lines))
        return
    told = ["\n".join(tell_line(line, teller)) for line in lines]
    click.echo("\n\n".join([*told, tell_rules(lines, teller)]))


@rules.command("versions")
@at_centre
def rules_versions(_now_ms: int) -> None:
    """List which rules hold from which date, who put them in force and why.

    The last one that was said holds from its date on, whatever an earlier one said of later dates.
    """
    from settlement.local_times import local_text
    from settlement.rule_book import rules_now
    from settlement.settling.rule_changes import changes_of_rules

    zone = rules_now().settlement_tz
    rows = (
        (row.since or "always", row.version_id, row.by or "–", local_text(row.at_ms, zone), row.reason or "–")
        for row in changes_of_rules()
    )
    listing("from, version, by, said, reason", rows, "No rules are in force yet.")


@rules.command("apply")
@at_centre
@click.option("--from", "since", type=_DATE, required=True, help="The first local date that they judge.")
@REASON
@AS
def rules_apply(now_ms: int, since: dt.datetime, reason: str, by: "Actor") -> None:
    """Let the rules of the settings judge every line from a date on: for everybody, or for nobody.

    Raise `version` in [rules] first. From a date that is past, hours that were approved are adjusted where
    they come out otherwise; `muster rules replay` tells beforehand what that would be.

    \b
    muster rules apply --from 2026-12-01 --reason "decided by the board on 20 November"
    """
    from django.conf import settings

    from settlement.settling.rule_changes import apply_rules

    rules = settings.CENTRE.rules
    count = apply_rules(rules, since.date(), by, reason, now_ms)
    click.echo(f"Version {rules.version} holds from {since:%Y-%m-%d} on.")
    click.echo(f"{count} volunteers are settled anew; `muster rules versions` shows what holds when.")


@rules.command("replay")
@at_centre
@click.option(
    "--rules", "proposed", type=FILE, required=True, help="A file with the table [rules]; the rest stays."
)
@click.option("--csv", "table", type=FILE, help="Write the changed lines to this file, not to the terminal.")
@click.option("--from", "since", type=_DATE, help="The local date from which on they would hold; always.")
@AS
def rules_replay(
    now_ms: int, proposed: Path, table: Path | None, since: dt.datetime | None, by: "Actor"
) -> None:
    """Tell what changed rules would alter, without altering anything.

    \b
    muster rules replay --rules new.toml --from 2026-12-01
    muster rules replay --rules new.toml --csv changes.csv
    """
    from settlement.rule_book import rules_by_date
    from settlement.settings import read_rules
    from settlement.settling.replay import replay
    from settlement.settling.replay_report import spreadsheet, tell_line, tell_settings, tell_total

    held = rules_by_date()
    changed = read_rules(proposed, held.newest)
    click.echo("\n".join(tell_settings(held.newest, changed)))
    would = held.from_day(since.date() if since else dt.date.min, changed)
    if table is None:
        total = replay(held, would, by, now_ms, lambda found: click.echo(tell_line(found)))
    else:
        with spreadsheet(table) as write:
            total = replay(held, would, by, now_ms, write)
    click.echo("\n".join(tell_total(total)))
