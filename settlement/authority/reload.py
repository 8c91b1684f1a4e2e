"""Letting the broker read its certificate and the revoked ones anew, by the command of the settings."""

import shlex
import subprocess

import structlog

_WITHIN_S = 60

_logger = structlog.get_logger()


class ReloadError(Exception):
    """The broker could not be told; says why, and what a person can do."""


def run_reload(command: str) -> None:
    """Run the command; an empty one is none. Raises ReloadError."""
    if not command:
        return
    try:
        done = subprocess.run(
            shlex.split(command), capture_output=True, text=True, check=False, timeout=_WITHIN_S
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ReloadError(_told(command, str(error))) from error
    if done.returncode:
        why = " ".join((done.stderr or done.stdout).split()) or f"it ended with {done.returncode}"
        raise ReloadError(_told(command, why))
    _logger.info("broker_reloaded", command=command)


def reload_broker(command: str) -> str:
    """As `run_reload`; a sentence for people in every case."""
    try:
        run_reload(command)
    except ReloadError as error:
        return str(error)
    return (
        f"The broker reads its files anew (`{command}`)."
        if command
        else "Let the broker read its files anew."
    )


def _told(command: str, why: str) -> str:
    return (
        f"The broker could not be told to read its files anew: `{command}` failed ({why}). Run it as root on "
        "the broker's machine, or correct broker_reload in [authority]."
    )
