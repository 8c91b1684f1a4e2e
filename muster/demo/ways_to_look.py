"""What a demo that goes on has to show: addresses of pages, commands to paste, and who may log in."""

import shlex
import sys
from pathlib import Path

from muster.demo import table
from muster.demo.centre import ACCOUNTS
from muster.demo.site import Site


def tell(site: Site, page: str) -> str:
    """All of it, as text; the commands have whole paths, so that any other window takes them."""
    day = site.day
    who = next(iter(ACCOUNTS))
    terminal, centre = ["--config", str(site.kiosk_config)], ["--config", str(site.centre_config)]
    rows = [
        ("the centre's board", page),
        *((f"  of {on}", f"{page}?date={on}") for on in table.dates(day) if on != day.date),
        ("the rules", f"{page}rules"),
        ("the staff's monitor", _command("monitor", *terminal)),
        *((f"  log in there as {one.reference}", f"with PIN {one.pin} ({one.name})") for one in day.staff),
        ("the volunteers' screen", _command("screen", *terminal)),
        ("what waits for a reviewer", _command("review", "list", "--as", who, *centre)),
        ("what is objected to", _command("dispute", "list", "--as", who, *centre)),
    ]
    width = max(len(what) for what, _ in rows) + 2
    return "\n".join(f"  {what:{width}}{how}" for what, how in rows)


def _command(*arguments: str) -> str:
    """A command line of this very Muster, whether or not it is on the path."""
    beside = Path(sys.executable).with_name("muster")
    program = [str(beside)] if beside.exists() else [sys.executable, "-m", "muster"]
    return shlex.join([*program, *arguments])
