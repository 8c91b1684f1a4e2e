"""A settler that kills itself (-9) at a named point, the given time that it comes there.

Imported by scripts that run within a centre of their own.
"""

import os
import signal

from django.db import connection

from settlement.models import Line
from settlement.settling import settler


def _before(owner, name):
    return owner, name, True


def _after(owner, name):
    return owner, name, False


POINTS = {
    "claimed": _after(settler, "_claim"),
    "computed": _after(settler, "compute"),
    "sessions written": _before(Line.objects, "bulk_create"),
    "results written": _after(settler, "store_results"),
    "ledger booked": _after(settler, "book"),
    "before commit": _before(connection, "_commit"),
    "committed": _after(connection, "_commit"),
}


def die_at(point, times):
    """From now on this process kills itself at that point, the `times`th time."""
    owner, name, is_before = POINTS[point]
    done, seen = getattr(owner, name), []

    def doomed(*arguments, **named):
        seen.append(None)
        if is_before and len(seen) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = done(*arguments, **named)
        if not is_before and len(seen) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, doomed)


def small_portions(most=3, claim_ms=2000):
    """Settle a few volunteers at a time, and let the claims of the dead run out soon."""
    settler.MOST_AT_ONCE, settler.CLAIM_MS = most, claim_ms
    settler._LOOK_EVERY_S = 0.05
