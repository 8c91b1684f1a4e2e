"""`muster dispute`: volunteers' objections to their hours, and how they end (Order 67, Art. 13)."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from muster.commands.group import Group, words_of
from muster.commands.opening import at_centre, listing
from muster.commands.options import ACTIVITY, AS, DAY, INSTEAD_OF, NUMBER, PREVIEW, VOLUNTEER
from muster.commands.previews import tell_preview

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def dispute() -> None:
    """Take down a volunteer's objection to a line, answer it, and see what is still to be done."""


@dispute.command("open")
@at_centre
@VOLUNTEER
@ACTIVITY
@DAY
@click.option("--objection", required=True, help="What the volunteer says, in words.")
@AS
def dispute_open(
    now_ms: int, volunteer: int, activity: str, day: dt.datetime, objection: str, by: "Actor"
) -> None:
    """Take down an objection to a line, or to the absence of one.

    \b
    muster dispute open --volunteer 1001 --activity fair --day 2026-03-07 --objection "Left at five" --as mei
    """
    from settlement.look_up import activity_called, volunteer_numbered
    from settlement.records.dispute_standing import standing_of
    from settlement.records.disputes import raise_dispute

    raised = raise_dispute(
        volunteer_numbered(volunteer), activity_called(activity), day.date(), objection, by=by, now_ms=now_ms
    )
    due = standing_of(raised, now_ms).due
    click.echo(f"Dispute {raised.pk} is to be answered by {due}.")


@dispute.command("answer")
@at_centre
@NUMBER
@click.option(
    "--outcome",
    type=click.Choice(["upheld", "partly_upheld", "rejected"]),
    required=True,
    help="The finding.",
)
@click.option("--answer", "text", required=True, help="The reasons, in words.")
@click.option("--came", multiple=True, help="When the volunteer came, as 2026-03-07T09:00 at the site.")
@click.option("--left", multiple=True, help="When the volunteer left; a second person confirms these times.")
@INSTEAD_OF
@PREVIEW
@AS
def dispute_answer(
    now_ms: int,
    number: int,
    outcome: str,
    text: str,
    came: tuple[str, ...],
    left: tuple[str, ...],
    instead_of: tuple[str, ...],
    by: "Actor",
    *,
    only_shown: bool,
) -> None:
    """End dispute NUMBER. Times that are corrected become manual records, in the same step.

    First shows the hours with and without them. Where a terminal's time is wrong, --instead-of names its
    event: the time that is given for the same end of the stay counts in its place. What was rejected of the
    line is reopened by an objection that is upheld.

    \b
    muster dispute answer 4 --outcome rejected --answer "The log shows four o'clock." --as zhao
    muster dispute answer 5 --outcome upheld --answer "Reader broken" --left 2026-03-07T17:00 --as zhao
    muster dispute answer 6 --outcome upheld --answer "Seen until six" --left 2026-03-07T18:00 \\
        --instead-of north-gate/0f…e1/12 --as zhao
    """
    from settlement.local_times import local_ms
    from settlement.records.disputes import (
        Correction,
        DisputeOutcome,
        DisputeResolution,
        answer_dispute,
        dispute_numbered,
        times_of,
    )
    from settlement.records.replacements import end_of, replacements_named
    from settlement.rules.evidence import Direction
    from settlement.settling.preview import preview

    said = [(Direction.IN, time) for time in came] + [(Direction.OUT, time) for time in left]
    found = dispute_numbered(number)
    zone, volunteer = found.activity.site.zone, found.volunteer_id
    if instead_of and not said:
        raise click.UsageError("--instead-of needs the time that counts: --came or --left.")
    replacements_named(instead_of, volunteer)
    directions = [direction for direction, _ in said]
    replaced: list[list[str]] = [[] for _ in said]
    for name in instead_of:
        end = end_of(name, volunteer)
        replaced[directions.index(end) if end in directions else 0].append(name)
    corrections = tuple(
        Correction(direction, local_ms(time, zone), tuple(names))
        for (direction, time), names in zip(said, replaced, strict=True)
    )
    if corrections:
        tell_preview(preview(times_of(found, corrections, text), by, now_ms), zone)
    if only_shown:
        return
    answer = DisputeResolution(DisputeOutcome(outcome), text, corrections)
    done = answer_dispute(number, answer, by=by, now_ms=now_ms)
    click.echo(f"Dispute {number} is answered: {outcome}.")
    for record in done.records:
        click.echo(f"Manual record {record.pk} waits for a second person: muster manual confirm {record.pk}")
    for entry in done.reopened:
        click.echo(f"Entry {entry} is reopened; its line is entered anew and waits for a review.")
    if answer.outcome is not DisputeOutcome.REJECTED and not (done.records or done.reopened):
        click.echo(words_of(click.get_current_context()).say("dispute-nothing_changed"))


@dispute.command("list")
@at_centre
@click.option("--all", "everything", is_flag=True, help="Also those that need nothing more.")
@AS
def dispute_list(now_ms: int, by: "Actor", *, everything: bool) -> None:
    """List the objections that are to be answered, or upheld and not amended yet; the oldest first.

    One is without_effect where all that its answer entered or reopened was decided and nothing of it counts.
    """
    from settlement.reach import reach_of
    from settlement.records.dispute_standing import DisputeState, standing_of

    done = () if everything else (DisputeState.REJECTED, DisputeState.AMENDED)
    found = reach_of(by).disputes().select_related("answer").order_by("raised_ms", "pk")
    standings = ((row, standing_of(row, now_ms)) for row in found)
    rows = (
        (
            row.pk,
            row.volunteer_id,
            row.activity_id,
            row.local_date,
            stands.state,
            stands.due,
            row.objection,
        )
        for row, stands in standings
        if stands.state not in done
    )
    listing("number, volunteer, activity, day, state, due, objection", rows, "No objection is open.")
