"""Opening the centre for one command."""

from pathlib import Path

from muster.clock import open_clock
from muster.errors import SettingsError


def centre_now(config: Path) -> int:
    """Prepare the centre of these settings, and tell its time (UTC milliseconds).

    Only then can the modules be imported that hold its tables. Raises SettingsError.
    """
    from settlement.setup import start

    return open_clock(start(config).clock_file).wall_ms()


def read_input(file: Path) -> bytes:
    """What a file holds; raises SettingsError where it can't be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} can't be read: {error.strerror}.", remedy="Check its name.") from error


def write_output(file: Path, content: bytes) -> None:
    """Write a file that a command was asked for; raises SettingsError where that can't be done."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise SettingsError(
            f"{file} can't be written: {error.strerror}.",
            remedy="Name a file in a folder that you may write.",
        ) from error
