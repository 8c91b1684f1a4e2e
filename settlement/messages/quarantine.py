"""Keeping messages that were not taken: bounded per terminal, equal messages counted once."""

import hashlib

from django.db import transaction
from django.db.models import Count, F, Sum

from foundation.errors import MessageError
from settlement.look_up import storable
from settlement.models import Quarantine
from settlement.settings import QuarantineSettings

STRANGER = ""
"""Where messages of terminals that are not enrolled are kept together: they can't crowd others out."""


def keep(
    terminal: str, topic: str, payload: bytes, error: MessageError, now_ms: int, limits: QuarantineSettings
) -> None:
    """Keep a message with the reason why it was not taken; the oldest ones of the terminal make room.

    A message larger than all the room is cut: its beginning shows where it came from.
    """
    raw = payload[: limits.bytes]
    digest = hashlib.sha256(payload).hexdigest()
    with transaction.atomic():
        again = Quarantine.objects.filter(terminal=terminal, digest=digest)
        if again.update(times=F("times") + 1, last_ms=now_ms):
            return
        _make_room(terminal, len(raw), limits)
        Quarantine.objects.bulk_create(
            [
                Quarantine(
                    terminal=terminal,
                    topic=storable(topic)[:200],
                    reason=error.code,
                    detail=storable(error.what)[:300],
                    digest=digest,
                    raw=raw,
                    size=len(raw),
                    first_ms=now_ms,
                    last_ms=now_ms,
                )
            ],
            ignore_conflicts=True,
        )


def _make_room(terminal: str, size: int, limits: QuarantineSettings) -> None:
    """Drop the oldest messages of the terminal until one more of `size` bytes fits."""
    kept = Quarantine.objects.filter(terminal=terminal)
    totals = kept.aggregate(rows=Count("pk"), size=Sum("size", default=0))
    rows, used = totals["rows"], totals["size"]
    dropped = []
    for pk, freed in kept.order_by("pk").values_list("pk", "size"):
        if rows < limits.rows and used + size <= limits.bytes:
            break
        dropped.append(pk)
        rows, used = rows - 1, used - freed
    if dropped:
        Quarantine.objects.filter(pk__in=dropped).delete()
