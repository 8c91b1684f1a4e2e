"""How far a terminal's log reaches, as a greeting tells it: noted, compared with what is held, answered.

A valid signature is no licence: whatever a greeting names, it costs a fixed number of statements, and leaves
no more rows of epochs that never come than one greeting may name.
"""

import structlog
from django.db import connection
from django.db.models import Exists, OuterRef

from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.branches import look_behind
from settlement.evidence.log_alarms import MOST_AT_ONCE, raise_alarm
from settlement.evidence.store import cursors_of
from settlement.messages.acknowledgement import Cursor, start_of
from settlement.models import Chain, Event, RowKey
from sync.contract.wire import MAX_HELLO_EPOCHS, EpochHead, Hello

# A condition instead of a lock: a batch that is being stored may have moved the head further.
_MOVE = "UPDATE settlement_chain SET head = %s WHERE id = %s AND head < %s"
_PURGED = "UPDATE settlement_chain SET oldest = %s WHERE id = %s"
# As VALUES: a condition for each place would be an expression too deep for SQLite.
_AT = """
SELECT chain_id, seq, hash, boot, mono_ms FROM settlement_event
WHERE (chain_id, seq) IN (VALUES {places})
"""

_logger = structlog.get_logger()


def note_heads(hello: Hello, now_ms: int, *, newest: bool) -> tuple[Cursor, ...]:
    """Note the heads of the epochs that a greeting names, once each; returns the cursor of each, in order.

    Needs a transaction. Only the newest greeting of a terminal can show that its log is not what it was.
    """
    heads = {head.epoch: head for head in hello.epochs}
    rows = _rows(hello.terminal, heads)
    moved = [row for row in rows.values() if heads[row.epoch].head > row.head]
    if moved:
        for row in moved:
            row.head = heads[row.epoch].head
        with connection.cursor() as cursor:
            cursor.executemany(_MOVE, [(row.head, row.pk, row.head) for row in moved])
        look_behind(moved, now_ms)
    purged = [row for row in rows.values() if newest and heads[row.epoch].oldest > row.oldest]
    if purged:
        with connection.cursor() as cursor:
            cursor.executemany(_PURGED, [(heads[row.epoch].oldest, row.pk) for row in purged])
    if newest:
        _compare(rows, heads, hello, now_ms)
    known = {cursor.epoch: cursor for cursor in cursors_of(rows.values())}
    return tuple(known.get(epoch) or start_of(hello.terminal, epoch) for epoch in heads)


def _rows(terminal: str, heads: dict[str, EpochHead]) -> dict[str, Chain]:
    """The rows of these epochs; an epoch of which nothing arrived yet gets one, so that its absence shows."""
    of_terminal = Chain.objects.filter(terminal=terminal)
    named = of_terminal.filter(epoch__in=list(heads))
    rows = {row.epoch: row for row in named}
    new = [epoch for epoch in heads if epoch not in rows]
    if not new:
        return rows
    something = Exists(Event.objects.filter(chain=OuterRef("pk")))
    room = MAX_HELLO_EPOCHS - of_terminal.filter(~something, contiguous=0).count()
    if len(new) > room:
        _logger.warning("hello_names_too_much", terminal=terminal, epochs=len(new), room=max(room, 0))
    made = new[-room:] if room > 0 else []
    Chain.objects.bulk_create(
        [Chain(terminal_id=terminal, epoch=epoch, hash=start_of(terminal, epoch).hash) for epoch in made],
        ignore_conflicts=True,
    )
    return {row.epoch: row for row in named.all()} if made else rows


def _compare(rows: dict[str, Chain], heads: dict[str, EpochHead], hello: Hello, now_ms: int) -> None:
    """Raise the alarm where the terminal's newest event of an epoch is not the one that is held there."""
    elsewhere = [row for row in rows.values() if heads[row.epoch].head != row.contiguous]
    places = [(row.pk, heads[row.epoch].head + after) for row in elsewhere for after in (0, 1)]
    held = _events_at(places)
    raised = 0
    for row in rows.values():
        told = heads[row.epoch]
        here = (row.hash,) if told.head == row.contiguous else held.get((row.pk, told.head))
        code, agreed = CentreAlarm.FORK, told.head - 1
        if here is None or here[0] == told.hash:
            _, boot, mono_ms = held.get((row.pk, told.head + 1), ("", hello.boot, hello.mono_ms))
            # A greeting may arrive after the batch of an event that was written later.
            if told.head >= row.contiguous or (boot == hello.boot and mono_ms >= hello.mono_ms):
                continue
            code, agreed = CentreAlarm.LOG_SHORTENED, told.head
        raised += 1
        if raised > MOST_AT_ONCE:
            return
        raise_alarm(
            row.terminal_id,
            code,
            now_ms,
            epoch=row.epoch,
            seq=agreed,
            shown_by=told.hash if code is CentreAlarm.FORK else "",
            detail=f"its log has epoch {row.epoch[:8]} to event {told.head}, the centre to {row.contiguous}",
        )


def _events_at(places: list[RowKey]) -> dict[RowKey, tuple[str, str, int]]:
    """Hash, boot and monotonic time of those that are held."""
    if not places:
        return {}
    query = _AT.format(places=", ".join(["(%s, %s)"] * len(places)))
    with connection.cursor() as cursor:
        cursor.execute(query, [number for place in places for number in place])
        return {
            (chain, seq): (bytes(digest).hex(), boot, mono_ms or 0)
            for chain, seq, digest, boot, mono_ms in cursor.fetchall()
        }
