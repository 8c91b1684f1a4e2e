"""What the pages do beside showing: approving what is clean in one click, and handing out long lists."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import transaction
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
_ROUNDS = 3
_EXPORT = """
import resource, sys
sys.path[:0] = {paths!r}
from web.centre import TOP, open_centre
open_centre({name!r})
from web.measuring import browser
answer = browser(TOP).get({url!r})
assert answer.status_code == 200, answer.status_code
lines = sum(part.count(b"\\n") for part in answer.streaming_content)
print(lines, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measure_approval(size: Size, now_ms: int, read: Callable[[], object]) -> None:
    """Approve all clean lines of one activity: what the click costs, and what the settler does later."""
    activity = Activity.objects.get(pk=f"a-{grid_of(size) + BUSY:04}")
    clicks, posts, decided = [], [], 0
    for _ in range(_ROUNDS):
        with transaction.atomic():
            reviewer = Reviewer(acting(TOP), now_ms)
            click = Click(activity, Verdict.APPROVE_CLEAN)
            clicks.append(seconds(lambda: decide_later(click, reviewer, 1)))  # noqa: B023 - run at once
            HeldReview.objects.filter(activity=activity).update(post_at_ms=0)
            posts.append(seconds(lambda: post_due(now_ms)))
            row = HeldReview.objects.get(activity=activity)
            decided = len(row.entries) - len(row.stayed)
            transaction.set_rollback(True)
    unit_s = median(seconds(read) for _ in range(500))
    for what, times in (("held", clicks), ("posted", posts)):
        ratio = median(times) / unit_s
        sign = "ok" if ratio <= MOST_TO_APPROVE else "OVER"
        print(f"approving {decided} clean lines, {what}: {ratio:.0f} x  {sign}", flush=True)


def measure_exports(name: str) -> None:
    """Long lists, each by a process of its own: how much memory it takes at its most."""
    here = Path(__file__).parents[1]
    for url in ("/reports/lapsed.csv?months=1", "/reports/notice.csv"):
        script = _EXPORT.format(paths=[str(here), str(here.parent)], name=name, url=url)
        told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        lines, memory_mb = map(int, told.stdout.splitlines()[-1].split())
        sign = "ok" if memory_mb <= MOST_MEMORY_MB else "OVER"
        print(f"{url}: {lines} lines, at most {memory_mb} MB  {sign}", flush=True)
