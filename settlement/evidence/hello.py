"""What a terminal's hello tells the centre: how it is doing, and how far its log reaches."""

import structlog

from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.freshness import is_newest, note_followed, order_of
from settlement.evidence.log_alarms import raise_alarm
from settlement.evidence.said import began_ms, said_ms
from settlement.evidence.told_heads import note_heads
from settlement.look_up import storable
from settlement.messages.acknowledgement import Cursor
from settlement.models import TerminalStatus
from sync.contract.wire import Hello

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
    cursors = note_heads(hello, now_ms, newest=newest)
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
    known_ms = last.boot_began_ms if last and last.boot == hello.boot else None
    boot_began_ms = began_ms(hello, now_ms, known_ms)
    TerminalStatus.objects.update_or_create(
        terminal_id=hello.terminal,
        defaults={
            "hello_ms": now_ms,
            "said_ms": said_ms(hello, now_ms, boot_began_ms),
            "boot_began_ms": boot_began_ms,
            "boot": hello.boot,
            "mono_ms": hello.mono_ms,
            "wall_ms": hello.wall_ms,
            "clock_state": hello.clock.state,
            "clock_error_ms": hello.clock.error_ms,
            "roster": hello.roster,
            "config": hello.config,
            "unsent": hello.unsent,
            "software": storable(hello.software),
            "believes": hello.believes or "",
            **order_of(hello, last),
        },
    )
