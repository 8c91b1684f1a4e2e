"""`muster review`: nothing counts before a named person approved it (S14, S15)."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from foundation.trouble import Trouble
from muster.commands.group import Group, words_of
from muster.commands.opening import at_centre, listing
from muster.commands.options import ACTIVITY, AS, NOTE, REASON, ROW_NUMBER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor
    from settlement.review.decide import Reviewed

_ENTRIES = click.argument("entries", nargs=-1, type=ROW_NUMBER)
_ACTIVITY = click.option("--activity", help="The activity's id.")
_DAY = click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="One local date, as 2026-03-07.")


@click.group(cls=Group)
def review() -> None:
    """See which hours wait for a decision, and decide; each decision names its person."""


@review.command("list")
@at_centre
@_ACTIVITY
@_DAY
@AS
def review_list(_now_ms: int, activity: str | None, day: dt.datetime | None, by: "Actor") -> None:
    """List the entries that wait, with their remarks (! keeps one out of an approval in bulk).

    Of a line of which something was rejected it says by whom, why, and how many hours are new since.

    \b
    muster review list --activity fair --day 2026-03-07
    """
    from settlement.look_up import activity_called
    from settlement.reach import reach_of
    from settlement.review.queue import waiting_entries
    from settlement.review.rejection_text import told_rejection
    from settlement.rules.hours import display_hours

    words = words_of(click.get_current_context())
    found = activity_called(activity) if activity else None
    rows = []
    for waiting in waiting_entries(reach_of(by), found, day.date() if day else None):
        entry = waiting.stored.entry
        remarks = [f"{'!' if flag in waiting.blocking else ''}{flag}" for flag in entry.flags]
        remarks += [f"not seen by {inspector}" for inspector in waiting.missed_by]
        if waiting.rejected is not None:
            remarks.append(f"!{told_rejection(waiting.rejected, words)}")
        if waiting.long_stay is not None:
            remarks.append(f"one stay of {display_hours(waiting.long_stay.seconds)} h? (credit-stay)")
        lacks = [f"{terminal}: {why}" for terminal, why in sorted(waiting.readiness.unready.items())]
        rows.append(
            (
                waiting.stored.pk,
                *entry.key,
                entry.kind,
                display_hours(entry.delta_s),
                waiting.readiness.due,
                ", ".join(lacks) or "ready",
                " ".join(remarks),
            )
        )
    listing("entry, volunteer, activity, day, kind, hours, due, evidence, remarks", rows, "Nothing waits.")


@review.command("approve")
@at_centre
@_ENTRIES
@_ACTIVITY
@_DAY
@AS
@NOTE
def review_approve(
    now_ms: int,
    entries: tuple[int, ...],
    activity: str | None,
    day: dt.datetime | None,
    by: "Actor",
    note: str,
) -> None:
    """Approve ENTRIES that were looked at one by one, or all clean ones of an activity.

    \b
    muster review approve 12 13 --as zhao
    muster review approve --activity fair --day 2026-03-07 --as zhao
    """
    if bool(entries) == bool(activity):
        raise click.UsageError("Name entries, or an activity whose clean lines are to be approved.")
    if entries and day:
        raise click.UsageError("--day goes with --activity; entries are named by their numbers.")
    from settlement.look_up import activity_called
    from settlement.review.decide import Reviewer, approve, approve_clean_lines

    reviewer = Reviewer(by, now_ms, note)
    if activity:
        done = approve_clean_lines(activity_called(activity), reviewer, day.date() if day else None)
    else:
        done = approve(entries, reviewer)
    _tell("approved", done, all_wanted=bool(entries))


@review.command("reject")
@at_centre
@_ENTRIES
@AS
@click.option("--note", required=True, help="Why these hours do not count.")
def review_reject(now_ms: int, entries: tuple[int, ...], by: "Actor", note: str) -> None:
    """Reject ENTRIES, with the reason.

    \b
    muster review reject 12 --note "was not on site" --as zhao
    """
    from settlement.review.decide import Reviewer, reject

    _tell("rejected", reject(_named(entries), Reviewer(by, now_ms, note)), all_wanted=True)


@review.command("reopen")
@at_centre
@click.argument("entry", type=ROW_NUMBER)
@REASON
@AS
def review_reopen(now_ms: int, entry: int, reason: str, by: "Actor") -> None:
    """Take back the rejection of ENTRY, with whatever else of its line was rejected, as another person.

    The line is entered anew and waits for a decision of its own; the rejected entry stays as it is.

    \b
    muster review reopen 12 --reason "the other gate saw her" --as qian
    """
    from settlement.review.reopen import reopen

    opened = ", ".join(str(number) for number in reopen(entry, by=by, reason=reason, now_ms=now_ms))
    click.echo(f"Reopened: {opened}. The line is entered anew and waits for a review.")


@review.command("override")
@at_centre
@_ENTRIES
@AS
@NOTE
@click.option("--reason", required=True, help="Why to go on although evidence is missing.")
def review_override(now_ms: int, entries: tuple[int, ...], by: "Actor", note: str, reason: str) -> None:
    """Approve ENTRIES although evidence is missing, once their review is due.

    \b
    muster review override 12 --reason "the terminal was stolen" --as zhao
    """
    from settlement.review.decide import Reviewer, approve

    _tell("approved", approve(_named(entries), Reviewer(by, now_ms, note, reason)), all_wanted=True)


@review.command("lift-cap")
@at_centre
@click.argument("entry", type=ROW_NUMBER)
@REASON
@AS
def review_lift_cap(now_ms: int, entry: int, reason: str, by: "Actor") -> None:
    """Let all that was measured count on the days on which ENTRY was cut to the daily limit.

    The line is computed anew without the limit, and then waits for a decision of its own.

    \b
    muster review lift-cap 12 --reason "the flood, until relief came at 18:00" --as zhao
    """
    from settlement.review.lifted_caps import lift_cap

    days = lift_cap(entry, by, reason, now_ms)
    click.echo(f"The daily limit is lifted on {', '.join(map(str, days))}; the line is computed anew.")


@review.command("credit-stay")
@at_centre
@click.argument("entry", type=ROW_NUMBER)
@REASON
@click.option(
    "--override", default="", help="Why to go on although evidence is missing, once the review is due."
)
@AS
def review_credit_stay(now_ms: int, entry: int, reason: str, by: "Actor", override: str) -> None:
    """Let a check-in and a check-out that are too far apart be one stay, and approve its line.

    ENTRY is of the line of either; `muster rules explain` shows the two together.

    \b
    muster review credit-stay 12 --reason "on duty for two days, as the leader says" --as zhao
    """
    from settlement.rules.hours import display_hours
    from settlement.settling.credited_stays import credit_stay

    done = credit_stay(entry, by, reason, now_ms, override=override)
    stay, approved = display_hours(done.stay.seconds), display_hours(done.approved_s)
    click.echo(f"The two are one stay of {stay} h now; {approved} h of its line are approved.")


@review.command("events")
@at_centre
@AS
def review_events(_now_ms: int, by: "Actor") -> None:
    """List the terminals' events that somebody must look at, and why.

    no_activity and several_activities: `muster review name` says what they were for. The others are mended
    by entering the volunteer, the card or the activity that they name, or by a manual record.
    """
    from settlement.local_times import local_text
    from settlement.reach import reach_of
    from settlement.records.named_activities import events_to_look_at

    rows = (
        (f"{row.chain}/{row.seq}", row.kind, row.volunteer_id or "–",
         "–" if row.wall_ms is None else local_text(row.wall_ms, row.chain.terminal.site.zone),
         row.review_reason)
        for row in events_to_look_at(reach_of(by))
    )  # fmt: skip
    listing("event, kind, volunteer, terminal's clock, reason", rows, "No event needs to be looked at.")


@review.command("name")
@at_centre
@click.argument("events", nargs=-1, required=True)
@ACTIVITY
@REASON
@AS
def review_name(now_ms: int, events: tuple[str, ...], activity: str, reason: str, by: "Actor") -> None:
    """Name the activity of EVENTS whose terminal had no roster and named none; they are settled anew.

    \b
    muster review name north-gate/0f…e1/12 --activity fair --reason "she was on its list" --as zhao
    """
    from settlement.look_up import activity_called
    from settlement.records.named_activities import event_named, name_activity

    places = [event_named(text) for text in events]
    name_activity(places, activity_called(activity), by, reason, now_ms)
    click.echo(f"{len(places)} {'event was' if len(places) == 1 else 'events were'} for {activity}.")


def _named(entries: tuple[int, ...]) -> tuple[int, ...]:
    if not entries:
        raise click.UsageError("Name at least one entry; `muster review list` shows them.")
    return entries


def _tell(what: str, done: "Reviewed", *, all_wanted: bool) -> None:
    """Say what was decided, and why the rest was not; ends with 1 if all was wanted and some was not."""
    words = words_of(click.get_current_context())
    click.echo(f"{len(done.decided)} {'entry' if len(done.decided) == 1 else 'entries'} {what}.")
    for entry, refusal in done.refused:
        click.echo(words.say("command-entry_stays", entry=str(entry), why=words.trouble(Trouble.of(refusal))))
    sys.exit(1 if done.refused and all_wanted else 0)
