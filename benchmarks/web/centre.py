"""The measured centre: a database of its own, filled once, and two accounts: the top's and a district's."""

import datetime as dt
import os
import sys
import time
from pathlib import Path

import psycopg

SERVER = os.environ.get("MUSTER_TEST_POSTGRESQL", "")
_CONFIG = Path(os.environ.get("MUSTER_SETTLEMENT", ""))
TOP, BRANCH = "bench-top", "bench-branch"
_DAY_MS = 86_400_000
_SHANGHAI_MS = 8 * 3_600_000


def open_centre(name: str) -> Path:
    """The settings file of the centre of that size; its tables are filled where they are empty."""
    if not SERVER:
        sys.exit(
            "Run it as `python tests/postgresql.py python benchmarks/web_pages.py`: it needs PostgreSQL."
        )
    config = _configure(name)
    from settlement.setup import start  # noqa: PLC0415 - reads the settings that were written above

    start(config)
    from settlement.models import Volunteer  # noqa: PLC0415

    if not Volunteer.objects.exists():
        _fill(name)
    return config


def _configure(name: str) -> Path:
    database = f"bench_{name}"
    with psycopg.connect(SERVER + "postgres", autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {database}")
    folder = _CONFIG.parent / f"centre-{name}"
    folder.mkdir(exist_ok=True)
    config = _CONFIG.parent / f"{name}.toml"
    config.write_text(
        f'directory = "{folder}"\ndatabase = "{SERVER}{database}"\n'
        "[web]\nhttps = false\nport = 18460\npublic_port = 18464\n"
        "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        '[accounts]\nsecond_factor_from = "nobody"\n'
    )
    return config


def _fill(name: str) -> None:
    from web import master_data, service  # noqa: PLC0415
    from web.filling import told, unguarded  # noqa: PLC0415
    from web.sizes import SIZES  # noqa: PLC0415

    size = SIZES[name]
    now_ms = time.time_ns() // 1_000_000
    day = (now_ms + _SHANGHAI_MS) // _DAY_MS
    today = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    print(f"filling: {size.volunteers} volunteers, {size.lines} lines, {size.sites} sites", flush=True)
    top = _account(TOP)
    with told("all of it"), unguarded():
        master_data.enter(size, now_ms, day * _DAY_MS - _SHANGHAI_MS, top)
        service.enter(size, now_ms, today.isoformat(), top, _event(now_ms))
    _account(BRANCH, "00010002")


def _account(login: str, path: str = "") -> int:
    from settlement.models import Account, Organisation  # noqa: PLC0415

    row = Account.objects.create(
        login=login, real_name=login, person=login, level="senior" if path else "super", created_ms=0,
        organisation=Organisation.objects.get(path=path) if path else None,
    )  # fmt: skip
    return row.pk


def _event(now_ms: int) -> bytes:
    """What a terminal wrote once; every stored event has these bytes."""
    from tests.settlement.paper_terminal import PaperTerminal  # noqa: PLC0415

    terminal = PaperTerminal()
    terminal.check_in(wall_ms=now_ms)
    written: bytes = terminal.events[0]
    return written
