"""Two logs that go on from one place: a card image that was put back, or a second device with its keys.

Every opening of a log draws a new epoch, whose first event names the end of the epoch before. So an honest
log has at most one epoch behind another, and that one follows its very last event.
"""

from collections.abc import Collection
from itertools import islice

from foundation.errors import MessageError
from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.log_alarms import MOST_AT_ONCE, raise_alarm
from settlement.models import Chain
from sync.contract import events
from sync.contract.events import EpochStart


def look_for_branches(row: Chain, first_event: bytes | None, now_ms: int) -> None:
    """Compare an epoch with those before and behind it, once something of it arrived; needs a transaction.

    `first_event` is given where it is among what arrived. Each is seen whatever came first.
    """
    if first_event is not None and _note_predecessor(row, first_event):
        before = Chain.objects.filter(terminal=row.terminal_id, epoch=row.previous_epoch).first()
        if before and before.head > row.previous_seq:
            _raise_shortened(before, row, now_ms)
        others = Chain.objects.filter(terminal=row.terminal_id, previous_epoch=row.previous_epoch)
        if (other := others.exclude(pk=row.pk).order_by("pk").first()) is not None:
            _raise_twins(row, other, now_ms)
    look_behind([row], now_ms)


def look_behind(rows: Collection[Chain], now_ms: int) -> None:
    """Compare epochs of one terminal, whose heads moved, with those that follow them; needs a transaction."""
    reached = {row.epoch: row for row in rows}
    terminal = next(iter(rows)).terminal_id
    behind = Chain.objects.filter(terminal=terminal, previous_epoch__in=list(reached))
    cuts = {
        cut.previous_epoch: cut
        for cut in behind.order_by("-previous_seq")
        if cut.previous_seq < reached[cut.previous_epoch].head
    }
    for cut in islice(cuts.values(), MOST_AT_ONCE):
        _raise_shortened(reached[cut.previous_epoch], cut, now_ms)


def _note_predecessor(row: Chain, first_event: bytes) -> bool:
    try:
        event = events.decode(first_event)
    except MessageError:
        return False
    if not isinstance(event, EpochStart) or event.previous is None:
        return False
    row.previous_epoch, row.previous_seq = event.previous.epoch, event.previous.seq
    row.save(update_fields=["previous_epoch", "previous_seq"])
    return True


def _raise_shortened(before: Chain, behind: Chain, now_ms: int) -> None:
    raise_alarm(
        before.terminal_id,
        CentreAlarm.LOG_SHORTENED,
        now_ms,
        epoch=before.epoch,
        seq=behind.previous_seq,
        detail=f"epoch {behind.epoch[:8]} follows event {behind.previous_seq} of {before.epoch[:8]},"
        f" which went on to {before.head}",
    )


def _raise_twins(row: Chain, other: Chain, now_ms: int) -> None:
    raise_alarm(
        row.terminal_id,
        CentreAlarm.LOG_TWINS,
        now_ms,
        epoch=row.previous_epoch,
        seq=min(row.previous_seq, other.previous_seq),
        shown_by=row.epoch,
        detail=f"epochs {other.epoch[:8]} and {row.epoch[:8]} both follow {row.previous_epoch[:8]}",
    )
