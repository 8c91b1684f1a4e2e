"""Writing what the terminal learns about UTC into its log, and telling of jumps of its clock."""

import dataclasses
import queue

import structlog

from foundation.errors import MessageError
from kiosk.clock.anchors import Anchor, AnchorBook, anchor_of_answer
from kiosk.clock.jumps import ClockWatch
from kiosk.clock.trust import DEMO, AnchoredClock, clock_trust
from kiosk.storage.log_keeper import LogKeeper
from sync.contract import events
from sync.contract.events import AlarmCode, BootSeen, ClockAnchor, ClockState, Event
from sync.contract.wire import Ack

_logger = structlog.get_logger()


class ClockKeeper:
    """Watches one clock; everything but `learn` belongs to the thread that looks."""

    def __init__(self, clock: AnchoredClock, keeper: LogKeeper) -> None:
        """Say in the log that the machine was started, if it was since the log's last event.

        Within the same boot, the clock is held against that event: it may have been set meanwhile.
        """
        self._clock = clock
        self._keeper = keeper
        last = _last_event(keeper)
        same_boot = last is not None and last.boot == clock.boot_id
        self._watch = ClockWatch(last.wall_ms - last.mono_ms if last and same_boot else None)
        self._book = AnchorBook()
        self._learnt: queue.SimpleQueue[Anchor] = queue.SimpleQueue()
        if last and not same_boot:
            keeper.note_now(BootSeen, previous_boot=last.boot)

    def learn(self, ack: Ack, received_mono_ms: int) -> None:
        """Take the centre's time out of its acknowledgement, which came at `received_mono_ms`; any thread."""
        if ack.echo_boot == self._clock.boot_id:
            anchor = anchor_of_answer(ack.echo_mono_ms, received_mono_ms, ack.server_ms)
            if anchor:
                self._learnt.put(anchor)

    def look(self) -> None:
        """Called between readings: notice a jump, and write down what was learnt since."""
        jump = self._watch.look(self._clock)
        if jump is not None:
            _logger.warning("clock_jump", old=jump.old_offset_ms, new=jump.new_offset_ms)
            self._keeper.alarm(AlarmCode.CLOCK_JUMP, jump.detail)
            self._book.jumped()
        learnt = []
        while not self._learnt.empty():
            learnt.append(self._learnt.get())
        trust = clock_trust(self._clock.machine)
        if trust.source == DEMO:
            return  # right by definition
        if trust.state is ClockState.SYNCED and trust.error_ms is not None:
            now = self._clock.mono_ms(), self._clock.wall_ms()
            learnt.append(Anchor(*now, trust.error_ms + 1, trust.source))
        for anchor in learnt:
            self._take(anchor)

    def _take(self, learnt: Anchor) -> None:
        anchor = dataclasses.replace(learnt, drift_ppm=self._clock.drift_ppm)
        worth_writing = self._book.take(anchor)
        self._clock.anchor = self._book.best
        if not worth_writing:
            return
        mono_ms = self._clock.mono_ms()
        written = self._keeper.note_now(
            ClockAnchor,
            true_ms=anchor.true_at(mono_ms),
            # One more: the event's own moment comes a little later.
            error_ms=anchor.error_at(mono_ms) + 1,
            source=anchor.source,
        )
        if written:
            self._book.wrote(anchor)


def _last_event(keeper: LogKeeper) -> Event | None:
    """The last that an earlier engine logged, if this one understands it."""
    before = keeper.log.last_before
    try:
        return events.decode(before) if before else None
    except MessageError:
        return None  # a newer Muster wrote it
