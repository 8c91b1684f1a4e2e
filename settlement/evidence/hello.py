"""What a terminal's hello tells the centre: how it is doing, and how far its log reaches."""

import structlog

from settlement.evidence.store import cursor_of
from settlement.look_up import storable
from settlement.messages.acknowledgement import Cursor, start_of
from settlement.models import Chain, Event, TerminalStatus
from sync.contract.wire import EpochHead, Hello

_logger = structlog.get_logger()


def store_hello(hello: Hello, now_ms: int) -> tuple[Cursor, ...]:
    """Store the terminal's status and the heads of its epochs; returns the cursor of each epoch it named.

    Needs an open transaction. An epoch of which nothing arrived yet is noted, so that its absence shows.
    """
    if hello.taken_over is True:
        _logger.error("alarm_session_taken_over", terminal=hello.terminal)
    TerminalStatus.objects.update_or_create(
        terminal_id=hello.terminal,
        defaults={
            "hello_ms": now_ms,
            "boot": hello.boot,
            "mono_ms": hello.mono_ms,
            "wall_ms": hello.wall_ms,
            "clock_state": hello.clock.state,
            "clock_error_ms": hello.clock.error_ms,
            "roster": hello.roster,
            "config": hello.config,
            "unsent": hello.unsent,
            "software": storable(hello.software),
        },
    )
    return tuple(_note_head(hello.terminal, head) for head in hello.epochs)


def _note_head(terminal: str, head: EpochHead) -> Cursor:
    row, _ = Chain.objects.get_or_create(
        terminal_id=terminal, epoch=head.epoch, defaults={"hash": start_of(terminal, head.epoch).hash}
    )
    if head.head > row.head:
        # A condition instead of a lock: a batch that is being stored may have moved the head further.
        Chain.objects.filter(pk=row.pk, head__lt=head.head).update(head=head.head)
        row.head = head.head
    _compare(row, head)
    return cursor_of(row)


def _compare(row: Chain, head: EpochHead) -> None:
    """Raise the alarm when the terminal's newest event is not the one that the centre holds there."""
    held = Event.objects.filter(chain=row, seq=head.head).values_list("hash", flat=True).first()
    forked = held is not None and bytes(held).hex() != head.hash
    if forked or head.head < row.contiguous:
        _logger.error(
            "alarm_fork" if forked else "alarm_log_shortened",
            terminal=row.terminal_id,
            epoch=row.epoch,
            head=head.head,
            contiguous=row.contiguous,
        )
