"""What the pages do beside showing: approving what is clean in one click, and handing out long lists."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import connection, transaction
from web.centre import TOP
from web.master_data import BUSY, grid_of
from web.measuring import seconds
from web.sizes import Size

from settlement.accounts.accounts import acting
from settlement.models import Activity, HeldReview
from settlement.review.decide import Reviewer
from settlement.review.held import Click, Verdict, decide_later, post_due

MOST_TO_APPROVE = 300
"""Times the read of one row."""
MOST_MEMORY_MB = 200
MOST_LINES = 1_000_000
"""Of a list, which may be longer."""
_ROUNDS = 3
_EXPORT = """
import resource, sys, time
sys.path[:0] = {paths!r}
from web.centre import TOP, open_centre
open_centre({name!r})
from foundation.words import Words
from settlement.accounts.accounts import acting
from settlement.reach import reach_of
from settlement.reports.kinds import Asked, kind_called
from settlement.reports.rendering import csv_parts
by, now_ms = acting(TOP), time.time_ns() // 1_000_000
asked = Asked(now_ms=now_ms, year={year}, branch="", places=100, months=1, by=by)
parts = csv_parts(kind_called({code!r}).make(reach_of(by), asked, Words("en")))
lines = 0
for part in parts:
    lines += part.count(b"\\n")
    if lines >= {most}:
        break
print(lines, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measure_approval(size: Size, now_ms: int, read: Callable[[], object]) -> None:
    """Approve all clean lines of one activity: what the click costs, and what the settler does later."""
    activity = Activity.objects.get(pk=f"a-{grid_of(size) + BUSY:04}")
    clicks, posts, keys, decided = [], [], [], 0
    for _ in range(_ROUNDS):
        with transaction.atomic():
            reviewer = Reviewer(acting(TOP), now_ms)
            click = Click(activity, Verdict.APPROVE_CLEAN)
            clicks.append(seconds(lambda: decide_later(click, reviewer, 1)))  # noqa: B023 - run at once
            HeldReview.objects.filter(activity=activity).update(post_at_ms=0)
            posts.append(seconds(lambda: post_due(now_ms)))
            keys.append(seconds(connection.check_constraints))
            row = HeldReview.objects.get(activity=activity)
            decided = len(row.entries) - len(row.stayed)
            transaction.set_rollback(True)
    unit_s = median(seconds(read) for _ in range(500))
    whole = [post_s + keys_s for post_s, keys_s in zip(posts, keys, strict=True)]
    for what, times in (
        ("held", clicks),
        ("posted", posts),
        ("posted, with the keys that its commit checks", whole),
    ):
        ratio = median(times) / unit_s
        sign = "ok" if ratio <= MOST_TO_APPROVE else "OVER"
        print(f"approving {decided} clean lines, {what}: {ratio:.0f} x  {sign}", flush=True)


def measure_exports(name: str) -> None:
    """Long lists, each by a process of its own as far as asked: how much memory it takes at its most."""
    here = Path(__file__).parents[1]
    year = dt.datetime.now(dt.UTC).year
    for code in ("lines", "lapsed"):
        paths = [str(here), str(here.parent)]
        script = _EXPORT.format(paths=paths, name=name, code=code, year=year, most=MOST_LINES)
        told = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True)
        lines, memory_mb = map(int, told.stdout.splitlines()[-1].split())
        sign = "ok" if memory_mb <= MOST_MEMORY_MB else "OVER"
        print(f"{code} as CSV: {lines} lines, at most {memory_mb} MB  {sign}", flush=True)
