"""Plays a show: sets the stage, opens the window, clears up, and says what it came to."""

import shutil
import sys
import tempfile
from pathlib import Path

import click
import structlog

from muster.demo.play import empty_folder
from muster.demo.show.app import Photographed, ShowApp
from muster.demo.show.script import load_script
from muster.demo.show.stage import ShowStage
from muster.demo.show.tally import Tally

_WITHOUT_A_TERMINAL = (110, 33)
_SEED = 20_260_307
HONEST = (
    "The power is cut by kill -9 of a terminal's processes, and what its log holds behind the last commit\n"
    "is torn away: a window needs no root. `make faults` cuts the power of a real file system."
)
"""What `p` does, told before anybody presses it."""


def play_show(folder: Path | None, script: str | None, photographed: Photographed | None = None) -> int:
    """Play it; returns the exit status: 0 when all that was shown is settled, once."""
    cues = load_script(script) if script else []
    files = empty_folder(folder) if folder else Path(tempfile.mkdtemp(prefix="muster-show-"))
    click.secho("DEMO - made-up people, made-up hours. A real centre refuses them.", bold=True)
    click.echo(f"{HONEST}\nA centre, a broker and three terminals are starting, each with its own log …")
    counted = Tally()
    with (files / "show.log").open("w", encoding="utf-8") as log:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))
        stage = ShowStage(files, _SEED)
        try:
            app = ShowApp(stage, cues, photographed)
            seen = sys.stdout.isatty() and photographed is None
            counted = app.run(headless=not seen, size=None if seen else _WITHOUT_A_TERMINAL) or app.counted
        finally:
            stage.close()
    click.echo(counted.sentence())
    if counted.is_even and folder is None:
        shutil.rmtree(files)  # kept, with its logs, when something went wrong
    return 0 if counted.is_even else 1
