"""Opening the centre for one command, and what such commands read and print."""

import os
import pwd
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation.clock import open_clock
from foundation.errors import SettingsError
from foundation.troubles import FileTrouble
from muster.commands.group import settings_file

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor


def centre_now(config: Path) -> int:
    """Prepare the centre of these settings, and tell its time (UTC milliseconds).

    Only then can the modules be imported that hold its tables. Raises SettingsError.
    """
    from settlement.setup import start

    return open_clock(start(config).clock_file).wall_ms()


def at_centre(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option of the settings; it is called with the centre opened, and `now_ms` first.

    Whose option `--as` it has is given the actor as `by`.
    """

    @settings_file("settlement.toml")
    @wraps(command)
    def opened(config: Path, **given: object) -> None:
        now_ms = centre_now(config)
        from settlement.accounts.click import one_click

        if "by" in given:
            given["by"] = actor(given["by"])
        with one_click():
            command(now_ms, **given)

    return opened


def actor(login: object) -> "Actor":
    """Who acts: the account of that login, or the one that is tied to the system's user.

    Needs the centre opened. Raises RulesError where there is none.
    """
    from settlement.accounts.accounts import acting

    return acting(str(login) if login else None, _system_user())


def _system_user() -> str:
    """Whoever sits there; who became root by sudo is still the same person."""
    try:
        own = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # an account without a name
        return ""
    return os.environ.get("SUDO_USER", own) if own == "root" else own


def listing(headings: str, rows: Iterable[tuple[object, ...]], nothing: str) -> None:
    """Print rows under headings (apart by commas), or say that there is nothing."""
    from settlement.reports.rendering import aligned

    shown = [tuple(map(str, row)) for row in rows]
    click.echo("\n".join(aligned([tuple(headings.split(", ")), *shown])) if shown else nothing)


def read_input(file: Path) -> bytes:
    """What a file holds; raises SettingsError where it can't be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_READ, path=file, why=error.strerror) from error


def write_output(file: Path, content: bytes, *, is_personal: bool = False) -> None:
    """Write a file that a command was asked for; raises SettingsError where that can't be done.

    What `is_personal` only its owner may read.
    """
    try:
        if is_personal:
            file.touch(mode=0o600)
            file.chmod(0o600)
        file.write_bytes(content)
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_WRITTEN, path=file, why=error.strerror) from error
