"""What a terminal's hello tells the centre: how it is doing, and how far its log reaches."""

import structlog

from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.branches import look_for_branches
from settlement.evidence.freshness import is_newest, note_followed, order_of
from settlement.evidence.log_alarms import raise_alarm
from settlement.evidence.store import cursor_of
from settlement.look_up import storable
from settlement.messages.acknowledgement import Cursor, start_of
from settlement.models import Chain, Event, TerminalStatus
from sync.contract.wire import EpochHead, Hello

_logger = structlog.get_logger()


def store_hello(hello: Hello, now_ms: int) -> tuple[Cursor, ...]:
    """Store the terminal's status and the heads of its epochs; returns the cursor of each epoch it named.

    Needs an open transaction. An epoch of which nothing arrived yet is noted, so that its absence shows. A
    greeting that is not the newest is answered, and moves nothing.
    """
    last = TerminalStatus.objects.filter(terminal=hello.terminal).first()
    newest = is_newest(hello, last)
    if newest:
        _store_status(hello, last, now_ms)
    else:
        _logger.info("hello_not_newest", terminal=hello.terminal, boot=hello.boot, mono_ms=hello.mono_ms)
    cursors = tuple(_note_head(hello, head, now_ms, newest=newest) for head in hello.epochs)
    if newest:
        note_followed(hello, last)
    return cursors


def _store_status(hello: Hello, last: TerminalStatus | None, now_ms: int) -> None:
    if hello.taken_over is True:
        raise_alarm(
            hello.terminal,
            CentreAlarm.SESSION_TAKEN_OVER,
            now_ms,
            shown_by=f"{hello.boot}/{hello.mono_ms}",
            detail="another device speaks with its certificate",
        )
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
            **order_of(hello, last),
        },
    )


def _note_head(hello: Hello, head: EpochHead, now_ms: int, *, newest: bool) -> Cursor:
    row, _ = Chain.objects.get_or_create(
        terminal_id=hello.terminal,
        epoch=head.epoch,
        defaults={"hash": start_of(hello.terminal, head.epoch).hash},
    )
    if head.head > row.head:
        # A condition instead of a lock: a batch that is being stored may have moved the head further.
        Chain.objects.filter(pk=row.pk, head__lt=head.head).update(head=head.head)
        row.head = head.head
        look_for_branches(row, None, now_ms)
    if newest:
        _compare(row, head, hello, now_ms)
    return cursor_of(row)


def _compare(row: Chain, head: EpochHead, hello: Hello, now_ms: int) -> None:
    """Raise the alarm when the terminal's newest event is not the one that the centre holds there."""
    held = Event.objects.filter(chain=row, seq=head.head).values_list("hash", flat=True).first()
    code, agreed = CentreAlarm.FORK, head.head - 1
    if held is None or bytes(held).hex() == head.hash:
        if head.head >= row.contiguous or _was_written_after(row, head.head + 1, hello):
            return
        code, agreed = CentreAlarm.LOG_SHORTENED, head.head
    raise_alarm(
        row.terminal_id,
        code,
        now_ms,
        epoch=row.epoch,
        seq=agreed,
        shown_by=head.hash if code is CentreAlarm.FORK else "",
        detail=f"its log has epoch {row.epoch[:8]} up to event {head.head}, the centre to {row.contiguous}",
    )


def _was_written_after(row: Chain, seq: int, hello: Hello) -> bool:
    """Whether the terminal wrote this event after it greeted: an earlier hello may arrive after a batch."""
    event = Event.objects.filter(chain=row, seq=seq).values_list("boot", "mono_ms").first()
    return event is not None and event[0] == hello.boot and (event[1] or 0) >= hello.mono_ms
