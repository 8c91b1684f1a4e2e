"""What the centre has and what it lacks: `muster centre` on completeness, alarms and restored databases."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import Command, settings_file, words_of
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, LANGUAGE

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.command("restore-check", cls=Command)
@settings_file("settlement.toml")
@click.option("--restored", is_flag=True, help="This database was just put back: let terminals notice.")
def restore_check(config: Path, *, restored: bool) -> None:
    """List what the database lacks of what terminals told of or the archive keeps, and where it is.

    With --restored, to be given once after a backup was put back and before the listener starts, terminals
    greet anew and send what is missing. Look again after that: only then it is known what they have.

    \b
    muster centre restore-check --restored
    muster centre restore-check
    """
    from settlement.setup import start

    settings = start(config)
    from settlement.ingest.restore_check import Where, lacking, raise_generation

    if restored:
        click.echo(f"This is generation {raise_generation()} of the database: terminals will greet anew.")
    found = list(lacking(settings.path(settings.archive_folder)))
    listing(
        "terminal, epoch, events, how many, where",
        (
            (
                one.terminal,
                one.epoch[:8],
                f"{one.first}–{one.last}",
                one.last - one.first + 1,
                one.file or _WHERE[one.where],
            )
            for one in found
        ),
        "Nothing is missing that a terminal has told of or the archive keeps.",
    )
    if any(one.where is Where.ARCHIVE for one in found):
        click.echo("\nBring each file back: `muster log import FILE`. Nothing is taken twice.")


_WHERE = {
    "terminal": "at the terminal: it sends them once it is connected",
    "nowhere": "purged at the terminal, and in no file of this archive: look for another copy of it",
}


@click.command("alarms", cls=Command)
@at_centre
@click.option(
    "--days", type=click.IntRange(1), default=30, show_default=True, help="How far back they arrived."
)
@AS
def alarms(now_ms: int, days: int, by: "Actor") -> None:
    """List the alarms of terminals, the newest first, and say what each means and what to do.

    Those with a number the centre raised itself, because two logs speak in one terminal's name: they stay
    open, whatever their age, and the site is not complete, until `muster centre settle-alarm`.

    \b
    muster centre alarms
    muster centre alarms --days 365
    """
    from foundation.trouble import Trouble
    from settlement.evidence.alarms import alarms_since
    from settlement.evidence.log_alarms import log_alarms_since
    from settlement.local_times import local_text
    from settlement.reach import reach_of

    reach = reach_of(by)
    since_ms = now_ms - days * 86_400_000
    raised, found = list(log_alarms_since(reach, since_ms)), list(alarms_since(reach, since_ms))
    if raised:
        listing(
            "number, first seen, last seen, times, terminal, alarm, detail, settled",
            (
                (
                    one.pk,
                    local_text(one.first_ms, one.terminal.site.zone),
                    local_text(one.last_ms, one.terminal.site.zone),
                    one.times,
                    one.terminal_id,
                    one.code,
                    one.detail,
                    f"{one.settled_by}: {one.reason}" if one.settled_ms else "open",
                )
                for one in raised
            ),
            "",
        )
        click.echo()
    rows = (
        (
            "–" if one.wall_ms is None else local_text(one.wall_ms, one.zone),
            one.terminal,
            one.code,
            one.detail,
        )
        for one in found
    )
    whose = "alarm of a terminal's own" if raised else "alarm"
    listing("terminal's clock, terminal, alarm, detail", rows, f"No {whose} came in the last {days} days.")
    words = words_of(click.get_current_context())
    for code in sorted({one.code for one in raised} | {one.code for one in found}):
        click.echo(f"\n{code}: {words.trouble(Trouble.term('alarm', code))}")


@click.command("settle-alarm", cls=Command)
@at_centre
@click.argument("number", type=int)
@click.argument("reason")
@AS
def settle_alarm(now_ms: int, number: int, reason: str, by: "Actor") -> None:
    """Say what alarm NUMBER was (REASON, in words): it keeps its site incomplete no longer.

    Nothing of the evidence is changed. A new proof opens a new alarm.

    \b
    muster centre settle-alarm 3 "an old image was put back; ten check-ins entered by hand"
    """
    from settlement.evidence import log_alarms

    row = log_alarms.settle_alarm(number, by, reason, now_ms)
    click.echo(f"Alarm {row.pk} ({row.code}) about {row.terminal_id} is settled.")


@click.command("completeness", cls=Command)
@at_centre
@click.option("--site", "code", help="One site; all of them when left out.")
@click.option("--language", type=LANGUAGE, help="Of the sentences; the centre's when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print values, for programs.")
@AS
def completeness(now_ms: int, code: str | None, language: str | None, by: "Actor", *, as_json: bool) -> None:
    """Tell up to when the evidence of each site and activity is whole, and what is missing after that.

    \b
    muster centre completeness
    muster centre completeness --site north-gate --json
    """
    import msgspec
    from django.conf import settings

    from foundation.words import Words
    from settlement.explain.completeness_text import tell_completeness
    from settlement.explain.sentences import Teller
    from settlement.look_up import site_coded
    from settlement.reach import check_reaches, reach_of
    from settlement.review.site_completeness import completeness_of

    sites = [site_coded(code)] if code else list(reach_of(by).sites().order_by("name", "code"))
    check_reaches(by, *sites)
    found = [completeness_of(site, now_ms) for site in sites]
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    words = Words(language or settings.CENTRE.language)
    for of_site in found:
        for sentence in tell_completeness(of_site, now_ms, Teller(words, of_site.zone)):
            click.echo(sentence)
