"""`muster proof`: settled hours under signed heads, and what is proven of them (docs/proofs.md)."""

import sys
from typing import TYPE_CHECKING

import click

from muster.commands.group import FILE, Group, words_of
from muster.commands.opening import at_centre, read_input, write_output
from muster.commands.options import AS

if TYPE_CHECKING:
    from pathlib import Path

    from settlement.accounts.actor import Actor

_LONGEST_NUMBER = 18


@click.group(cls=Group)
def proof() -> None:
    """Sign the head of the tree over settled hours, make proofs, check them, and compare tree and rows."""


@proof.command("checkpoint")
@at_centre
@click.option("--newest", is_flag=True, help="Only show the newest one; sign nothing.")
def proof_checkpoint(now_ms: int, *, newest: bool) -> None:
    """Take what was posted since into the tree, sign its head, and print it.

    Every night, and for each certificate, it is done without being asked.

    \b
    muster proof checkpoint
    """
    from django.conf import settings

    from settlement.proof.checkpoints import make_checkpoint, newest_checkpoint

    note = newest_checkpoint() if newest else make_checkpoint(settings.CENTRE, now_ms)
    click.echo(note or "There is none yet.", nl=not note)


@proof.command("keys")
@at_centre
def proof_keys(_now_ms: int) -> None:
    """Print the public keys by which proofs of this centre are checked: give them to everybody.

    \b
    muster proof keys > keys.txt
    """
    from django.conf import settings

    from settlement.proof.checkpoints import note_keys

    for key in note_keys(settings.CENTRE):
        click.echo(key)


@proof.command("make")
@at_centre
@click.argument("what")
@click.argument("file", type=FILE)
@click.option(
    "--show",
    type=click.Choice(["name", "volunteer"]),
    multiple=True,
    help="Tell the name of a certificate, or the volunteer's number, in clear; may be repeated.",
)
@AS
def proof_make(now_ms: int, what: str, file: "Path", show: tuple[str, ...], by: "Actor") -> None:
    """Write the proof of WHAT to FILE: the number of a certificate, or of an entry that was decided on.

    It shows hours, and neither a name nor a number unless --show says so.

    \b
    muster proof make VSC-310115-2026-000001-48 mei.tlog-proof --as zhao
    muster proof make 4711 line.tlog-proof --as zhao
    """
    from settlement.papers.proof import certificate_proof, entry_proof

    what = what.strip().upper()
    is_entry = what.isascii() and what.isdecimal() and len(what) <= _LONGEST_NUMBER
    made = entry_proof(int(what), by, now_ms, show) if is_entry else certificate_proof(what, by, now_ms, show)
    write_output(file, made.encode(), is_personal=True)
    click.echo(f"The proof is in {file}.")


@proof.command("check")
@click.argument("file", type=FILE)
@click.option("--keys", type=FILE, required=True, help="Public keys of the centre, a line for each.")
def proof_check(file: "Path", keys: "Path") -> None:
    """Tell what the proof in FILE proves; ends with 1 if nothing. Needs no centre, database or network.

    \b
    muster proof check mei.tlog-proof --keys keys.txt
    """
    from foundation.errors import SettingsError
    from settlement.proof.note import read_keys
    from settlement.proof.proof_text import ProofError, check_proof
    from settlement.troubles import CentreTrouble

    try:
        believed = read_keys(read_input(keys).decode())
    except ValueError as error:
        raise SettingsError(CentreTrouble.PROOF_KEYS_WRONG, path=keys) from error
    try:
        # Whoever saves what a QR code says may lose the newline at its end.
        text = read_input(file).decode(errors="replace").replace("\r", "").strip() + "\n"
        proven = check_proof(text, believed)
    except ProofError as error:
        click.echo(words_of(click.get_current_context()).code("proof", error.fault))
        sys.exit(1)
    for name, value in proven.plain.items():
        click.echo(f"{name}: {value}")
    for one in proven.shown:
        click.echo(f"{one.name}: {one.value}")
    head = proven.head
    click.echo(f"This is place {proven.index} of the {head.size} that {head.origin} signed for.")
    click.echo(f"The key is {proven.key.key.key_id}.")


@proof.command("audit")
@at_centre
@click.option(
    "--against",
    type=FILE,
    multiple=True,
    help="A checkpoint or a proof that somebody kept; may be repeated.",
)
def proof_audit(_now_ms: int, against: tuple["Path", ...]) -> None:
    """Compute every leaf anew from the rows, and compare tree and signed heads; ends with 1 if they differ.

    \b
    muster proof audit --against mei.tlog-proof
    """
    from django.conf import settings

    from settlement.proof.audit import audit
    from settlement.proof.checkpoints import note_keys

    words = words_of(click.get_current_context())
    seen = audit(note_keys(settings.CENTRE), [_note_in(file) for file in against])
    for one in seen.found:
        click.echo(words.code("tampering", one.tampering, what=one.what))
    click.echo(
        f"{seen.leaves} leaves and {seen.heads} heads were compared; {seen.waiting} rows wait for the next "
        f"head; {len(seen.found)} findings."
    )
    sys.exit(1 if seen.found else 0)


def _note_in(file: "Path") -> str:
    """The checkpoint in a file, alone or at the end of a proof; raises SettingsError."""
    from foundation.errors import SettingsError
    from settlement.proof.note import read_head
    from settlement.proof.proof_text import read_proof
    from settlement.troubles import CentreTrouble

    try:
        text = read_input(file).decode()
        note = read_proof(text).checkpoint if text.startswith("c2sp.org/") else text
        read_head(note)
    except ValueError as error:
        raise SettingsError(CentreTrouble.PROOF_NOTE_WRONG, path=file) from error
    return note
