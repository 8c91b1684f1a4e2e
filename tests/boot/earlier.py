"""What the release before left behind: a day of its own demo, played by its own code out of the history."""

import os
import subprocess
import sys
from pathlib import Path

from tests.boot.play import Play, number
from tests.boot.roots import HOUSE

BEFORE = "0.1.0"
_TERMINAL = "demo-north-gate"
_EVENTS = "SELECT count(*) FROM settlement_event"
_SECONDS = "SELECT sum(delta_s) FROM settlement_ledgerentry"


def upgrade(play: Play) -> str:
    """Take over a centre and a terminal of the release before: nothing of them is lost or reckoned anew."""
    day = play.folder / "earlier"
    _play_it(play.folder / "source", day)
    archive = play.folder / "earlier.tar"
    subprocess.run(
        ("tar", "cf", str(archive), "-C", str(day.parent), "--exclude=*.sock", day.name), check=True
    )
    for machine in play.machines.values():
        machine.put(archive, "/root/earlier.tar")
        machine.run(f"mkdir -p {day.parent} && tar xf /root/earlier.tar -C {day.parent}")
    database, settings = f"{day}/centre/centre.sqlite3", f"--config {day}/centre/settlement.toml"
    events, seconds = (number(play.centre, database, query) for query in (_EVENTS, _SECONDS))
    play.centre.run(f"muster centre prepare {settings} && muster settle --full --check {settings}")
    play.terminal.run(
        f"muster log verify --terminal {_TERMINAL} {day}/state/log.db && "
        f"muster log export --config {day}/terminal/kiosk.toml /root/carried.muster"
    )
    carried = play.folder / "carried.muster"
    play.terminal.fetch("/root/carried.muster", carried)
    play.centre.put(carried, "/root/carried.muster")
    play.centre.run(f"muster log import /root/carried.muster {settings}")
    after = [number(play.centre, database, query) for query in (_EVENTS, _SECONDS)]
    assert after == [events, seconds], f"{events} events and {seconds} s became {after}"
    return f"{events} events, {seconds} s as before"


def _play_it(source: Path, day: Path) -> None:
    """Let the code of that release play its day; needs a clone with its history."""
    listed = _git("log", "--format=%H", f'-Sversion = "{BEFORE}"', "--", "pyproject.toml").split()
    if not listed:
        raise LookupError(f"The history of {BEFORE} is not here: fetch the whole repository.")
    last = f"{listed[0]}~1"  # the commit that took the version out
    source.mkdir()
    code = subprocess.Popen(("git", "-C", str(HOUSE), "archive", last), stdout=subprocess.PIPE)
    subprocess.run(("tar", "x", "-C", str(source)), stdin=code.stdout, check=True)
    code.wait()
    environment = {**os.environ, "PYTHONPATH": str(source)}
    played = subprocess.run(
        (sys.executable, "-m", "muster", "demo", "--folder", str(day)),
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "expected = settled" in played.stdout, played.stdout[-500:]


def _git(*words: str) -> str:
    done = subprocess.run(("git", "-C", str(HOUSE), *words), check=True, capture_output=True, text=True)
    return done.stdout
