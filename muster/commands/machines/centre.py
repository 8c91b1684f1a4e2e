"""`muster centre`: preparing a centre, filling it, and what it hands to its terminals."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, FOLDER, Group, settings_file, words_of
from muster.commands.machines.completeness import alarms, completeness, restore_check, settle_alarm
from muster.commands.machines.signing_key import signing_key
from muster.commands.opening import at_centre, centre_now
from muster.commands.options import AS, REASON, WHY
from muster.commands.people.account import audit
from muster.commands.people.people_import import centre_import
from muster.commands.people.personal_data import retain

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor
    from settlement.settings import CentreSettings


@click.group(cls=Group)
def centre() -> None:
    """Prepare a centre and what it hands to its terminals."""


@centre.command("prepare")
@settings_file("settlement.toml")
@click.option(
    "--new-keys", is_flag=True, help="Let the keys here, or new ones, take the place of those it had."
)
def centre_prepare(config: Path, *, new_keys: bool) -> None:
    """Make the centre's tables, keys, identity and certificates where they are missing; safe to repeat.

    Certificates of broker and listener that have used up half of their life are renewed. Keys are made for a
    new database only: a second machine gets copies of those of the first. With --new-keys, for keys that are
    lost or stolen, every terminal must be enrolled anew.
    """
    from settlement.setup import start

    settings = start(config, new_keys=new_keys)
    from settlement.authority.own_certificates import BROKER, renew_due
    from settlement.authority.reload import reload_broker
    from settlement.signing_keys import load_signing_keys

    if BROKER in renew_due(settings):
        click.echo(reload_broker(settings.authority.broker_reload))
    key = load_signing_keys(settings).key.public
    click.echo(f"The centre is ready. Its public key, the `centre_key` of its terminals:\n{key.raw.hex()}")
    click.echo(f"The broker's certificate, key and list of revoked ones are in {settings.broker_folder}.")
    click.echo("Now start its services, then enter sites: `muster centre enter`, and `muster terminal add`.")
    _tell_risks(settings)


def _tell_risks(settings: "CentreSettings") -> None:
    from settlement.database.safety import risks

    words = words_of(click.get_current_context())
    for risk in risks(settings):
        click.echo(words.trouble(risk))


@centre.command("archive")
@settings_file("settlement.toml")
def centre_archive(config: Path) -> None:
    """Keep what terminals sent in files of its own; only then may they purge it. Safe to repeat.

    Then it signs the head of the tree over settled hours, as `muster proof checkpoint` does.

    \b
    muster centre archive      # once a day, by a timer
    """
    from foundation.clock import open_clock
    from settlement.setup import start

    settings = start(config)
    from settlement.centre import open_centre
    from settlement.ingest.archive import archive_everything
    from settlement.proof.checkpoints import make_checkpoint

    files = events = 0
    for done in archive_everything(settings.path(settings.archive_folder), open_centre(settings)):
        files, events = files + 1, events + done.last - done.first + 1
    click.echo(f"{events} events were archived in {files} files.")
    make_checkpoint(settings, open_clock(settings.clock_file).wall_ms())
    _tell_risks(settings)


@centre.command("backup")
@settings_file("settlement.toml")
@click.argument("folder", type=FOLDER)
def centre_backup(config: Path, folder: Path) -> None:
    """Copy database, keys, certificates and settings into a new folder under FOLDER, while the centre runs.

    FOLDER must be there: on a disk of its own, so that one that is not mounted is noticed. docs/operations.md
    says how a backup is put back. What it holds is as secret as the centre itself.

    \b
    muster centre backup /mnt/backup
    """
    import datetime as dt

    from settlement.backup import back_up

    done = back_up(config, folder, dt.datetime.now(dt.UTC))
    click.echo(f"{done.files} files are in {done.folder}.")
    if done.lacks_database:
        click.echo("The database is on a server: copy it too, with pg_dump --format=custom.")
    if done.lacks_authority_key:
        click.echo("The authority's key is in a security module: that needs a backup of its own.")
    click.echo("The archive is not in it: copy its folder as well, best to another place.")


@centre.command("roster")
@settings_file("settlement.toml")
@click.argument("terminal")
@click.argument("file", type=FILE)
@click.option("--version", "number", type=click.IntRange(1), help="A higher number than the next one.")
def centre_roster(config: Path, terminal: str, file: Path, number: int | None) -> None:
    """Write the signed roster of TERMINAL to FILE; over the network it gets the same one by itself.

    \b
    muster centre roster north-gate roster.json
    """
    now_ms = centre_now(config)
    from django.conf import settings

    from settlement.downlink.editions import publish_roster

    file.write_bytes(publish_roster(terminal, settings.CENTRE, now_ms, version=number or 0))
    click.echo(
        f"The roster of {terminal} is in {file}. Bring it there as its `roster_file`; at its next start the "
        "terminal takes it over and deletes it."
    )


@centre.command("settings")
@at_centre
@click.argument("terminal")
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@WHY
@AS
def centre_settings(now_ms: int, terminal: str, values: tuple[str, ...], reason: str, by: "Actor") -> None:
    """Give TERMINAL settings, in the place of all that were given before; without any, its own file holds.

    They win over its file from the moment they arrive. config/kiosk.toml says which keys can be given.

    \b
    muster centre settings north-gate direction=in result_shown_s=6
    muster centre settings north-gate
    """
    from settlement.accounts.audit import Signed
    from settlement.downlink.editions import give_settings
    from sync.contract.remote_settings import read_values

    given = give_settings(terminal, read_values(values), Signed(by, now_ms, reason))
    click.echo(f"Settings of version {given.version} are on their way to {terminal}.")


@centre.command("revoke")
@at_centre
@click.argument("terminal")
@click.option(
    "--let-it-forget", is_flag=True, help="Let the broker refuse it only once it has forgotten what it holds."
)
@WHY
@AS
def centre_revoke(now_ms: int, terminal: str, reason: str, by: "Actor", *, let_it_forget: bool) -> None:
    """Believe TERMINAL nothing more, let it forget what it holds, and let the broker refuse it.

    One that is connected forgets within seconds. One that is not keeps what it holds: the broker refuses it
    before it could be told. With --let-it-forget it may come back and is told then; run the command again,
    without it, to let the broker refuse it after all. Ends with 1 while the broker is not seen to refuse it.

    \b
    muster centre revoke north-gate
    muster centre revoke north-gate --let-it-forget
    """
    from django.conf import settings

    from settlement.accounts.audit import Signed
    from settlement.authority.revocation import Shut, refuse_at_broker, wait_for_wipe
    from settlement.downlink.editions import revoke
    from settlement.models import Terminal

    revoke(terminal, Signed(by, now_ms, reason))
    click.echo(f"{terminal} is revoked: nothing that it sends is believed any more.")
    grace_s = settings.CENTRE.authority.wipe_grace_s
    forgot = wait_for_wipe(terminal, grace_s)
    if forgot:
        click.echo("It has forgotten roster, settings and keys.")
    elif Terminal.objects.filter(id=terminal, wipe_told_ms=None).exists():
        click.echo("It was not told to forget what it holds: the listener (`muster listen`) is not running.")
    else:
        click.echo(
            f"It did not say within {grace_s} s that it has forgotten what it holds: it is switched off or "
            "without a network."
        )
    if let_it_forget and not forgot:
        click.echo("The broker lets it in until you run this command again without --let-it-forget.")
        return
    done = refuse_at_broker(terminal, settings.CENTRE)
    click.echo(_REFUSED_AT_BROKER[done.shut].format(terminal=terminal, why=done.why))
    if done.shut in {Shut.NOT_RELOADED, Shut.NOT_SEEN}:
        sys.exit(1)


_REFUSED_AT_BROKER = {
    "tried": "The broker refuses its certificate; this was tried. Its connection is ended.",
    "none_issued": "This centre issued no certificate to {terminal}: withdraw it where it was made.",
    "not_reloaded": "Its certificate is on the list of revoked ones. {why} Then run this command again.",
    "not_seen": "Its certificate is on the list of revoked ones, but the broker was not seen to refuse it "
    "({why}). Check crlfile in mosquitto.conf, restart the broker and run this command again.",
    "no_tls": "Its certificate is on the list of revoked ones, and the broker was told. Whether it obeys "
    "can't be tried: [broker] names no certificates.",
}
"""What became of it, by the name of the outcome."""


@centre.command("staff")
@at_centre
@click.argument("reference")
@click.argument("name", required=False)
@click.option("--site", help="Code of the only site where the person works; every site when left out.")
@click.option(
    "--role",
    type=click.Choice(["staff", "supervisor", "inspector"]),
    default="staff",
    show_default=True,
    help="What the person is there for.",
)
@click.option("--account", default="", help="Login of the same person's account at the centre.")
@click.option("--remove", is_flag=True, help="Take the right to act at terminals back.")
@WHY
@AS
def centre_staff(
    now_ms: int,
    reference: str,
    name: str | None,
    site: str | None,
    role: str,
    account: str,
    reason: str,
    by: "Actor",
    *,
    remove: bool,
) -> None:
    """Enter who may act at terminals: REFERENCE and NAME; the PIN is asked for. The next roster tells them.

    REFERENCE is the person's volunteer number where they are a volunteer too, else a word such as liaison-7.

    \b
    muster centre staff liaison-7 "Zhao Wei" --site north
    muster centre staff liaison-7 --remove
    """
    from settlement.accounts.audit import Signed
    from settlement.master_data.staff import enter_staff, remove_staff
    from sync.contract.roster import StaffRole

    signed = Signed(by, now_ms, reason)
    if remove:
        remove_staff(reference, signed)
        click.echo(f"{reference} can act at no terminal once it has its next roster.")
        return
    if not name:
        raise click.UsageError("Name the person as the site may show them.")
    pin = click.prompt("PIN", hide_input=True, confirmation_prompt=True)
    enter_staff(reference, name, pin, signed, role=StaffRole(role), site=site, account=account)
    click.echo(f"{reference} ({name}) can act at terminals once they have their next roster.")


@centre.command("enter")
@at_centre
@click.argument("file", type=FILE)
@WHY
@AS
def centre_enter(now_ms: int, file: Path, reason: str, by: "Actor") -> None:
    """Enter or correct the sites, organisations and activities of a TOML file: all of it, or nothing.

    An activity's `policy` fixes numbers otherwise than [rules] in the settings: debounce_s, early_credit_s,
    late_credit_s, break_mode, auto_break_after_s, auto_break_s, min_session_s, daily_cap_s,
    missing_out_policy.

    \b
    [[site]]
    code = "north"
    name = "North gate"
    zone = "Asia/Shanghai"
    [[organisation]]
    path = "0001"
    name = "City of Lanterns"
    issuer = "310115"
    [[activity]]
    id = "fair"
    site = "north"
    organisation = "0001"
    title = "Lantern fair"
    content = "guiding visitors"
    phases = [["executing", 2026-03-07T00:00:00], ["ended", 2026-03-07T18:00:00]]
    shifts = [[2026-03-07T09:00:00, 2026-03-07T17:00:00]]
    breaks = [[2026-03-07T12:00:00, 2026-03-07T12:30:00]]
    posts = {leader = 1500, guide = 1000}
    policy = {early_credit_s = 1800, break_mode = "scheduled"}
    """
    from settlement.accounts.audit import Signed
    from settlement.master_data.master_file import enter_master_file, read_master_file

    done = enter_master_file(read_master_file(file), Signed(by, now_ms, reason))
    for fault in done.faults:
        click.echo(words_of(click.get_current_context()).what(fault))
    if done.faults:
        click.echo(f"Nothing was entered: {len(done.faults)} mistakes. Correct them.")
        sys.exit(1)
    click.echo(f"{done.count} sites, organisations and activities are entered.")
    for notice in done.notices:
        click.echo(words_of(click.get_current_context()).what(notice))


@centre.command("move")
@at_centre
@click.argument("organisation")
@click.option("--under", help="Path of the organisation that stands above it from now on; none for the top.")
@REASON
@AS
def centre_move(now_ms: int, organisation: str, under: str | None, reason: str, by: "Actor") -> None:
    """Put ORGANISATION (its path) and all below it under another one; what it recorded goes along.

    \b
    muster centre move 00010003 --under 0002 --reason "the district was merged"
    """
    from settlement.accounts.audit import Signed
    from settlement.look_up import organisation_at
    from settlement.master_data.organisations import move_organisation

    above = organisation_at(under) if under else None
    moved = move_organisation(organisation_at(organisation), above, Signed(by, now_ms, reason))
    click.echo(f"{moved.name} stands at {moved.path} now.")


for _command in (
    centre_import,
    restore_check,
    alarms,
    settle_alarm,
    completeness,
    audit,
    retain,
    signing_key,
):
    centre.add_command(_command)
