"""What a demo that goes on has to show: addresses of pages, commands to paste, and who may log in."""

import shlex
import sys
from pathlib import Path

from muster.demo import table
from muster.demo.centre import ACCOUNTS
from muster.demo.example_city import LogIn
from muster.demo.site import Site


def tell(site: Site, page: str) -> str:
    """All of it, as text; the commands have whole paths, so that any other window takes them."""
    day = site.day
    who = next(iter(ACCOUNTS))
    terminal, centre = ["--config", str(site.kiosk_config)], ["--config", str(site.centre_config)]
    rows = [
        ("now: who is here, who is missing", f"{page}now/"),
        ("review: what waits for a decision", f"{page}review/"),
        ("inbox: everything else that waits", f"{page}inbox/"),
        ("volunteers", f"{page}volunteers/"),
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


def tell_log_ins(log_ins: list[LogIn], page: str) -> str:
    """Who may log in at the pages, as a table, and what to do first."""
    rows = [("level", "organisation", "log-in", "password")]
    rows += [(one.level, one.organisation or "the whole centre", one.login, one.password) for one in log_ins]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    table = [
        "  " + "".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    first = (
        'First: log in as "senior", open Review, choose "Lantern market" and approve all clean lines at\n'
        "once, then open a doubtful one and decide it by its evidence. Who has not logged in reads, and\n"
        "decides nothing."
    )
    return "\n".join([f"To log in at {page}account/log-in/ (one of each level):", *table, "", first])


def _command(*arguments: str) -> str:
    """A command line of this very Muster, whether or not it is on the path."""
    beside = Path(sys.executable).with_name("muster")
    program = [str(beside)] if beside.exists() else [sys.executable, "-m", "muster"]
    return shlex.join([*program, *arguments])
