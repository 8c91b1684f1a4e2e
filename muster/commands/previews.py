"""Telling what hours would be, before a time is entered or confirmed."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import words_of

if TYPE_CHECKING:
    from settlement.settling.preview import Preview


def tell_preview(found: "Preview", zone: str) -> None:
    """Print the lines that would change, what would not count, and what is there already."""
    from settlement.local_times import local_text
    from settlement.rules.hours import display_hours

    words = words_of(click.get_current_context())
    for outcome in found.held:
        click.echo(words.say("preview-held", why=words.code("outcome", outcome)))
    for line in found.lines:
        said = {"activity": line.activity, "day": line.local_date.isoformat()}
        before, after = (display_hours(seconds or 0) for seconds in (line.before_s, line.after_s))
        click.echo(words.say("preview-line", **said, before=before, after=after))
        for flag in sorted(set(line.flags_after) - set(line.flags_before)):
            click.echo("  " + words.say("preview-remark", remark=words.code("flag", flag)))
    if not found.lines:
        click.echo(words.say("preview-nothing"))
    for there in found.already:
        at = local_text(there.at_s * 1000, zone)
        click.echo(words.say(f"already-{there.direction}", at=at, event=there.event))
