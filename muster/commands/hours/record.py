"""`muster record`: a volunteer's personal file, and what is entered of the person."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Group, words_of
from muster.commands.opening import at_centre, listing, write_output
from muster.commands.options import ACTIVITY, AS, REASON, VOLUNTEER, VOLUNTEER_NUMBER, WHY
from muster.commands.people.merging import record_merge, record_unmerge
from muster.commands.people.personal_data import erase, export

if TYPE_CHECKING:
    from pathlib import Path

    from settlement.accounts.actor import Actor
    from settlement.volunteers.file import PersonalFile
    from settlement.volunteers.record import ServiceLine

_NUMBER = click.argument("number", type=VOLUNTEER_NUMBER)
_ORGANISATION = click.option("--organisation", required=True, help="The path of the organisation.")


@click.group(cls=Group)
def record() -> None:
    """One volunteer: what is recorded, to hand it to that person, and what that person may."""


@record.command("show")
@at_centre
@VOLUNTEER
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.option("--file", type=FILE, help="Write the JSON to this file instead.")
@AS
def record_show(now_ms: int, volunteer: int, file: "Path | None", by: "Actor", *, as_json: bool) -> None:
    """Show every line, the hours, stars, points, certificates, objections and withdrawals of a volunteer.

    \b
    muster record show --volunteer 1001
    muster record show --volunteer 1001 --file mei.json
    """
    import msgspec

    from settlement.volunteers.file import personal_file

    found = personal_file(volunteer, by, now_ms)
    told = msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    if file is not None:
        write_output(file, told, is_personal=True)
        click.echo(f"The record of volunteer {volunteer} is in {file}.")
    elif as_json:
        click.echo(told, nl=False)
    else:
        _tell(found)


@record.command("naming")
@at_centre
@VOLUNTEER
@click.option("--allow/--refuse", "may_be_named", required=True, help="What the volunteer wishes.")
@AS
def record_naming(now_ms: int, volunteer: int, by: "Actor", *, may_be_named: bool) -> None:
    """Note whether a volunteer may stand in rankings, and with a masked name in public notices.

    \b
    muster record naming --volunteer 1001 --refuse
    """
    from settlement.accounts.audit import Signed
    from settlement.master_data.people import allow_naming

    allow_naming(volunteer, Signed(by, now_ms), may_be_named=may_be_named)
    click.echo(f"Volunteer {volunteer} {'may' if may_be_named else 'is not to'} be named.")


@record.command("suspend")
@at_centre
@_NUMBER
@REASON
@AS
def record_suspend(now_ms: int, number: int, reason: str, by: "Actor") -> None:
    """Let terminals refuse whatever volunteer NUMBER presents, once they have their next roster.

    Hours stay as they are. One badge or card alone is withdrawn with `muster badge revoke`.

    \b
    muster record suspend 1001 --reason "under investigation" --as zhao
    """
    from settlement.master_data.access import SignedBy, suspend

    suspend(number, SignedBy(by, reason, now_ms))
    click.echo(f"Volunteer {number} is suspended; terminals know it once they have their next roster.")


@record.command("resume")
@at_centre
@_NUMBER
@REASON
@AS
def record_resume(now_ms: int, number: int, reason: str, by: "Actor") -> None:
    """Let volunteer NUMBER, who was suspended, check in again.

    \b
    muster record resume 1001 --reason "cleared" --as zhao
    """
    from settlement.master_data.access import SignedBy, resume

    resume(number, SignedBy(by, reason, now_ms))
    click.echo(f"Volunteer {number} may check in again; terminals know it once they have their next roster.")


@record.command("rename")
@at_centre
@_NUMBER
@click.argument("name")
@click.option("--speaks", "language", default="", help="The language that terminals speak with the person.")
@REASON
@AS
def record_rename(now_ms: int, number: int, name: str, language: str, reason: str, by: "Actor") -> None:
    """Correct the name of volunteer NUMBER, as sites may show it.

    \b
    muster record rename 1001 "Li Mei" --reason "was misspelt"
    """
    from settlement.accounts.audit import Signed
    from settlement.look_up import volunteer_numbered
    from settlement.master_data.people import enter_volunteer

    known = volunteer_numbered(number)
    enter_volunteer(number, name, Signed(by, now_ms, reason), language or known.language)
    click.echo(f"Volunteer {number} is called {name.strip()} from the next roster on.")


@record.command("join")
@at_centre
@_NUMBER
@_ORGANISATION
@WHY
@AS
def record_join(now_ms: int, number: int, organisation: str, reason: str, by: "Actor") -> None:
    """Let volunteer NUMBER belong to an organisation from now on.

    \b
    muster record join 1001 --organisation 00010003
    """
    from settlement.accounts.audit import Signed
    from settlement.look_up import organisation_at, volunteer_numbered
    from settlement.master_data.organisations import join_organisation

    home = organisation_at(organisation)
    join_organisation(volunteer_numbered(number), home, Signed(by, now_ms, reason))
    click.echo(f"Volunteer {number} belongs to {home.name}.")


@record.command("leave")
@at_centre
@_NUMBER
@_ORGANISATION
@REASON
@AS
def record_leave(now_ms: int, number: int, organisation: str, reason: str, by: "Actor") -> None:
    """Let volunteer NUMBER leave an organisation, on the written request; hours stay as they are.

    \b
    muster record leave 1001 --organisation 00010003 --reason "request of 7 March, folder 4"
    """
    from settlement.accounts.audit import Signed
    from settlement.look_up import organisation_at, volunteer_numbered
    from settlement.master_data.organisations import leave_organisation

    home = organisation_at(organisation)
    leave_organisation(volunteer_numbered(number), home, Signed(by, now_ms, reason))
    click.echo(f"Volunteer {number} belongs to {home.name} no more.")


@record.command("assign")
@at_centre
@_NUMBER
@ACTIVITY
@click.option("--post", help="The post within the activity.")
@click.option("--remove", is_flag=True, help="Expect the volunteer there no more.")
@WHY
@AS
def record_assign(
    now_ms: int, number: int, activity: str, post: str | None, reason: str, by: "Actor", *, remove: bool
) -> None:
    """Expect volunteer NUMBER at an activity, or no more; what was served there stays.

    \b
    muster record assign 1001 --activity fair --post guide
    muster record assign 1001 --activity fair --remove
    """
    from settlement.accounts.audit import Signed
    from settlement.look_up import activity_called, volunteer_numbered
    from settlement.master_data.people import assign, unassign

    person, place, signed = volunteer_numbered(number), activity_called(activity), Signed(by, now_ms, reason)
    if remove:
        unassign(place, person, signed)
        click.echo(f"Volunteer {number} is expected at {activity} no more.")
        return
    assign(place, person, signed, post=post)
    click.echo(f"Volunteer {number} is expected at {activity}.")


for _command in (export, erase, record_merge, record_unmerge):
    record.add_command(_command)


_HEADINGS = "day, from–to, activity, content, recipients, site, hours, state, recorded by"


def _times(line: "ServiceLine") -> Iterator[str]:
    """Each stay's local times of day, to the minute; ? where an end is missing."""
    from settlement.local_times import clock_text

    for stay in line.stays:
        ends = (stay.came_s, stay.left_s)
        came, left = ("?" if end is None else clock_text(end * 1000, line.zone) for end in ends)
        yield f"{came}–{left}"


def _tell(found: "PersonalFile") -> None:
    from settlement.local_times import local_text
    from settlement.rule_book import rules_now
    from settlement.rules.hours import display_hours

    record, words = found.record, words_of(click.get_current_context())
    click.echo(f"{found.name} ({found.number})")
    for merge in found.merges:
        said = {"gone": str(merge.gone), "kept": str(merge.kept), "by": merge.by, "reason": merge.reason}
        at = local_text(merge.at_ms, rules_now().settlement_tz)
        click.echo(words.say("explain-merged", at=at, **said))
    for held in found.memberships:
        click.echo(f"{'belonged' if held.left_ms else 'belongs'} to {held.name} ({held.path})")
    lines = (
        (line.local_date, " ".join(_times(line)) or "–", line.title, line.content or "–",
         line.recipients or "–", line.site,
         display_hours(line.approved_s), line.state, line.recorder_name or "–")
        for line in record.lines
    )  # fmt: skip
    click.echo()
    listing(_HEADINGS, lines, "No service yet.")
    click.echo(f"\nApproved service time: {record.hours} h")
    click.echo(f"Assessed value, which is no service time: {display_hours(record.value_s)} h")
    click.echo(f"Stars: {record.stars}")
    for year, left in sorted(record.points.items()):
        click.echo(f"Points of {year}: {left} left")
    for gift in found.gifts:
        click.echo(f"Gift of {gift.day}: {gift.tier}, {gift.state}")
    for certificate in found.certificates:
        click.echo(f"Certificate {certificate.number}: {certificate.hours} h, {certificate.standing}")
    for dispute in found.disputes:
        click.echo(f"Objection {dispute.number}: {dispute.state}, to be answered by {dispute.due}")
    for taken in found.withdrawals:
        what = taken.ref or "the person"
        click.echo(f"{taken.change} {what}: {taken.reason} ({taken.by})")
