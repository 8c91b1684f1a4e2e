"""The bodies of the centre's commands: a settings file in, one process until SIGTERM or SIGINT."""

# ruff: noqa: PLC0415 - Django's models can be imported only after `start` has read the settings

import signal
import threading
from pathlib import Path

import structlog

from muster.clock import open_clock
from settlement.setup import start

_logger = structlog.get_logger()


def run_listener_command(config: Path) -> None:
    """Run the listener of these settings; raises SettingsError for what can't work."""
    settings = start(config)
    from settlement.listener import run_listener

    run_listener(settings, _until_told())


def run_settler_command(config: Path, *, full: bool = False) -> None:
    """Run the settler; with `full` settle everybody once and end."""
    settings = start(config)
    from settlement.settler import run_settler, settle_everything

    if not full:
        run_settler(settings, _until_told())
        return
    counted = settle_everything(open_clock(settings.clock_file).wall_ms())
    _logger.info("settled", volunteers=counted.volunteers, changed=counted.changed)


def run_web_command(config: Path) -> None:
    """Serve the pages."""
    settings = start(config)
    from settlement.web.server import run_web

    run_web(settings, _until_told())


def _until_told() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
