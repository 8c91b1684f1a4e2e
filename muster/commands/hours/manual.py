"""`muster manual`: times that one person enters and a second one confirms (S16)."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group, words_of
from muster.commands.opening import at_centre, listing
from muster.commands.options import ACTIVITY, AS, INSTEAD_OF, NUMBER, PREVIEW, VOLUNTEER
from muster.commands.previews import tell_preview

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


@click.group(cls=Group)
def manual() -> None:
    """Enter a time that no terminal knows, and let a second person confirm or decline it."""


@manual.command("enter")
@at_centre
@VOLUNTEER
@ACTIVITY
@click.option("--direction", type=click.Choice(["in", "out"]), required=True, help="Came in, or went out.")
@click.option("--at", required=True, help="When, as 2026-03-07T17:00 in the site's zone.")
@click.option("--reason", required=True, help="Why no terminal says so.")
@INSTEAD_OF
@PREVIEW
@AS
def manual_enter(
    now_ms: int,
    volunteer: int,
    activity: str,
    direction: str,
    at: str,
    reason: str,
    instead_of: tuple[str, ...],
    by: "Actor",
    *,
    only_shown: bool,
) -> None:
    """Enter a time; it counts once a second person has confirmed it.

    First shows the hours with and without it. Where a terminal's time is wrong, --instead-of names its event,
    as `muster rules explain` shows it.

    \b
    muster manual enter --volunteer 1001 --activity fair --direction out --at 2026-03-07T17:00 \\
        --reason "reader broken" --as zhao
    muster manual enter --volunteer 1001 --activity fair --direction out --at 2026-03-07T17:00 \\
        --instead-of north-gate/0f…e1/12 --reason "scanned for her friend" --as zhao
    """
    from settlement.local_times import local_ms
    from settlement.look_up import activity_called, volunteer_numbered
    from settlement.records.manual_records import ManualTime, enter_manual_record
    from settlement.records.replacements import replacements_named
    from settlement.rules.evidence import Direction
    from settlement.settling.preview import preview

    zone = activity_called(activity).site.zone
    volunteer_numbered(volunteer)
    replacements_named(instead_of, volunteer)
    at_ms = local_ms(at, zone)
    time = ManualTime(volunteer, activity, Direction(direction), at_ms, reason, instead_of)
    tell_preview(preview([time], by, now_ms), zone)
    if only_shown:
        return
    click.echo(f"Manual record {enter_manual_record(time, by, now_ms).pk} waits for a second person.")


@manual.command("confirm")
@at_centre
@NUMBER
@PREVIEW
@AS
def manual_confirm(now_ms: int, number: int, by: "Actor", *, only_shown: bool) -> None:
    """Confirm manual record NUMBER as a second person. First shows the hours with and without it."""
    from settlement.reach import reach_of
    from settlement.records.manual_records import confirm_manual_record, waiting_records
    from settlement.settling.preview import preview_record

    record = waiting_records(reach_of(by)).filter(pk=number).select_related("activity__site").first()
    if record is not None:
        tell_preview(preview_record(record, by, now_ms), record.activity.site.zone)
    if only_shown:
        return
    confirm_manual_record(number, by, now_ms)
    click.echo(f"Manual record {number} is confirmed; its line is computed anew and waits for a review.")


@manual.command("decline")
@at_centre
@NUMBER
@AS
@click.option("--note", required=True, help="Why it is not so.")
def manual_decline(now_ms: int, number: int, by: "Actor", note: str) -> None:
    """Decline manual record NUMBER, with the reason; it never counts."""
    from settlement.records.manual_records import decline_manual_record

    decline_manual_record(number, by, now_ms, note)
    click.echo(f"Manual record {number} is declined.")


@manual.command("list")
@at_centre
@AS
def manual_list(_now_ms: int, by: "Actor") -> None:
    """List the records, claims from terminals among them, that wait for a second person."""
    from settlement.evidence.replaced import names_replaced
    from settlement.local_times import local_text
    from settlement.reach import reach_of
    from settlement.records.manual_records import waiting_records
    from settlement.records.reasons import told_hand, told_reason

    words = words_of(click.get_current_context())
    found = list(waiting_records(reach_of(by)).select_related("activity__site", "of_dispute"))
    replaced = names_replaced(row.pk for row in found)
    rows = (
        (row.pk, row.volunteer_id, row.activity_id, row.direction,
         local_text(row.at_ms, row.activity.site.zone), " ".join(replaced.get(row.pk, ("–",))),
         told_hand(row.entered_by, words), told_reason(row, words))
        for row in found
    )  # fmt: skip
    headings = "number, volunteer, activity, direction, at, instead of, entered by, reason"
    listing(headings, rows, "No record waits.")
