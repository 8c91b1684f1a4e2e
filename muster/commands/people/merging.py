"""`muster record merge` and `unmerge`: two numbers of one person, shown before it is done."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Command, words_of
from muster.commands.opening import at_centre
from muster.commands.options import AS, PREVIEW, VOLUNTEER_NUMBER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor
    from settlement.settling.merging import Previewed

_GONE = click.argument("gone", type=VOLUNTEER_NUMBER)
_WHY = click.option("--why", "--reason", "reason", required=True, help="Why; it stands on record.")


@click.command("merge", cls=Command)
@at_centre
@click.argument("kept", type=VOLUNTEER_NUMBER)
@_GONE
@_WHY
@PREVIEW
@AS
def record_merge(now_ms: int, kept: int, gone: int, reason: str, by: "Actor", *, only_shown: bool) -> None:
    """Let the person of number GONE, who was registered twice, go under KEPT, with all that was recorded.

    First shows the hours before and after. What was approved for GONE counts no more at once, and what KEPT
    gains waits for a review. GONE takes nothing new; its cards stand for KEPT.

    \b
    muster record merge 1001 2001 --why "same identity card, folder 12" --as zhao
    """
    from settlement.settling.merging import merge_numbers, preview_merge

    _tell(preview_merge(kept, gone, by, now_ms))
    if not only_shown:
        merge_numbers(kept, gone, by, reason, now_ms)
        click.echo(words_of(click.get_current_context()).say("merge-done", kept=str(kept), gone=str(gone)))


@click.command("unmerge", cls=Command)
@at_centre
@_GONE
@_WHY
@PREVIEW
@AS
def record_unmerge(now_ms: int, gone: int, reason: str, by: "Actor", *, only_shown: bool) -> None:
    """Take the merge of number GONE back: each of the two numbers stands for a person of its own again.

    First shows the hours before and after. What was approved for the other number and is GONE's counts no
    more at once; what GONE gains waits for a review.

    \b
    muster record unmerge 2001 --why "twins, seen together" --as zhao
    """
    from settlement.settling.merging import preview_taking_back, take_merge_back

    _tell(preview_taking_back(gone, by, now_ms))
    if not only_shown:
        row = take_merge_back(gone, by, reason, now_ms)
        said = {"kept": str(row.kept_id), "gone": str(gone)}
        click.echo(words_of(click.get_current_context()).say("merge-taken_back", **said))


def _tell(found: "Previewed") -> None:
    """The lines of both numbers that would be others."""
    from settlement.rules.hours import display_hours

    words = words_of(click.get_current_context())
    for number, lines in found.items():
        if lines:
            click.echo(words.say("preview-of_number", number=str(number)))
        for line in lines:
            before, after = (display_hours(seconds or 0) for seconds in (line.before_s, line.after_s))
            said = {"activity": line.activity, "day": line.local_date.isoformat()}
            click.echo("  " + words.say("preview-merged", **said, before=before, after=after))
            for flag in sorted(set(line.flags_after) - set(line.flags_before)):
                click.echo("    " + words.say("preview-remark", remark=words.code("flag", flag)))
    if not any(found.values()):
        click.echo(words.say("preview-nothing"))
