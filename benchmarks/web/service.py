"""What was served and decided at the measured centre: lines, sessions, entries, reviews, what waits."""

from django.db import connection
from web.filling import run, told
from web.master_data import BLOCKS, BUSY, grid_of
from web.sizes import Size

from settlement.rules.flags import Flag


def enter(size: Size, now_ms: int, today: str, account: int, raw: bytes) -> None:
    """All of it, by SQL; `raw` are the bytes of an event, which every stored one has."""
    grid = grid_of(size)
    gate = f"n % {2 * size.sites}"
    values = {
        "volunteers": size.volunteers, "lines": size.lines, "today_lines": size.today, "clean": size.clean,
        "sites": size.sites, "blocks": BLOCKS, "per_block": grid // BLOCKS, "grid": grid, "busy": BUSY,
        "epochs": size.epochs, "now_ms": now_ms, "today": today, "account": account, "raw": raw.hex(),
        "flags": "ARRAY[" + ",".join(f"'{flag}'" for flag in Flag) + "]", "kinds": len(Flag),
        "source": f"('gate-' || {gate} || '/' || md5({gate} || '/' || {size.epochs}) || '/')",
    }  # fmt: skip
    for part in ("lines", "results", "ledger", "expected", "desks", "events"):
        with told(part):
            run(part, **values)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_line")
