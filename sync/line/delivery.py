"""What the uplink sends next, and what it may believe was received: the terminal's half of the guarantee.

One batch is under way at a time. Nothing counts as delivered before the centre's acknowledgement names a hash
that this log has at that place; MQTT's own acknowledgements count for nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Protocol

from foundation.back_off import BackOff
from foundation.trouble import Trouble
from sync.contract.spans import Span, uncovered
from sync.contract.wire import MAX_BATCH_EVENT_BYTES, MAX_BATCH_EVENTS, Ack, EpochHead, Reject, RejectCode
from sync.line.troubles import LineTrouble
from sync.log.reader import Stretch

FIRST_WAIT_MS = 20_000
LONGEST_WAIT_MS = 600_000
_WAIT = BackOff(FIRST_WAIT_MS, LONGEST_WAIT_MS)
HELLO_EVERY_MS = 900_000
UNANSWERED = 3
"""So many batches in a row without an answer (some two minutes) are no busy centre: the line may be deaf."""
_UNANSWERED_AT_MOST = 7
"""Where a new connection did not help either, more and more; at last half an hour."""


class LogView(Protocol):
    """What delivery must know of the log."""

    def heads(self) -> list[EpochHead]:
        """Every epoch that holds events, oldest first."""

    def hash_at(self, epoch: str, seq: int) -> bytes | None:
        """The chain's hash at a place, or None."""

    def stretch(self, epoch: str, after: int, max_events: int, max_bytes: int) -> Stretch | None:
        """The events after a place."""

    def lost(self, epoch: str) -> Sequence[Span]:
        """The places that the log itself knows as lost."""


class Verdict(StrEnum):
    """What an acknowledgement turned out to be."""

    ADVANCED = "advanced"
    REPEATED = "repeated"
    WENT_BACK = "went_back"  # the centre restored an older backup; what it lost is sent again
    NOT_OURS = "not_ours"  # its hash is not this log's: not believed
    REJECTED = "rejected"


@dataclass(slots=True)
class _UnderWay:
    epoch: str
    last: int
    due_ms: int


@dataclass(slots=True)
class _Refused:
    """Events of one epoch that the centre does not take: the other epochs go on meanwhile."""

    last: int
    trouble: Trouble
    attempts: int
    due_ms: int


@dataclass(slots=True)
class Delivery:
    """The state of delivering one log. Times are real monotonic milliseconds, not the evidence clock's."""

    log: LogView
    random: Random = field(default_factory=Random)
    connected: bool = False
    _delivered: dict[str, int] = field(default_factory=dict)
    _held: dict[str, list[Span]] = field(default_factory=dict)
    _needed: dict[str, list[Span]] = field(default_factory=dict)
    _foreign: set[str] = field(default_factory=set)
    _refused: dict[str, _Refused] = field(default_factory=dict)
    _unbelieved: Trouble | None = None
    _doubted: bool = False
    _generation: tuple[str, int] | None = None
    _under_way: _UnderWay | None = None
    _attempts: int = 0
    _silent_until_ms: int = 0
    _hello_due_ms: int = 0
    _unanswered: int = 0
    _patience: int = UNANSWERED
    _centre_away: bool = False
    _max_events: int = MAX_BATCH_EVENTS

    def on_connected(self) -> None:
        """The link is up: greet at once, and send again what was under way."""
        self.connected = True
        self.on_centre_back()

    def on_centre_back(self) -> None:
        """The centre says that it was started anew: what was under way may be lost there, ask at once."""
        self._centre_away = False
        self._under_way = None
        self._attempts = self._unanswered = 0
        self._silent_until_ms = 0
        self._hello_due_ms = 0
        for refused in self._refused.values():
            refused.due_ms = 0

    def on_centre_away(self) -> None:
        """The broker says that the centre is not there: nobody can answer."""
        self._centre_away = True

    def is_deaf(self, now_ms: int) -> bool:
        """Whether to make the connection anew: nothing is answered, and somebody should; a yes is said once.

        An open connection proves nothing of the subscription behind it.
        """
        if not self.connected or self._centre_away or self._unanswered < self._patience:
            return False
        if self._under_way and now_ms < self._under_way.due_ms:
            return False
        self._unanswered = 0
        self._patience = min(self._patience + 1, _UNANSWERED_AT_MOST)
        return True

    def on_changed(self) -> None:
        """The terminal holds another roster or other settings: say so at once."""
        self._hello_due_ms = 0

    def on_disconnected(self) -> None:
        """The link is down: nothing is sent until it is back."""
        self.connected = False
        self._under_way = None

    def hello_due(self, now_ms: int) -> bool:
        """Whether to greet now; a yes starts the next interval."""
        if not self.connected or now_ms < self._hello_due_ms:
            return False
        self._hello_due_ms = now_ms + HELLO_EVERY_MS
        return True

    def next_stretch(self, now_ms: int) -> Stretch | None:
        """The events to send now, or None while there is nothing to send or an answer is awaited."""
        if not self.connected or now_ms < self._silent_until_ms:
            return None
        if self._under_way and now_ms < self._under_way.due_ms:
            return None
        # What was refused waits for everything else, however long nobody looked.
        for head in sorted(self.log.heads(), key=lambda head: head.epoch in self._refused):
            first = next(self._unsent_of(head), None)
            if head.epoch in self._foreign or first is None or self._rests(head.epoch, now_ms):
                continue
            stretch = self.log.stretch(head.epoch, first[0] - 1, self._max_events, MAX_BATCH_EVENT_BYTES)
            if stretch:
                self._under_way = _UnderWay(head.epoch, stretch.last, now_ms + self._next_wait_ms())
                self._unanswered += 1
                return stretch
        self._under_way = None
        return None

    def on_ack(self, ack: Ack, now_ms: int) -> Verdict:
        """Take the centre's acknowledgement, already seen to be signed by it."""
        self._unanswered, self._patience = 0, UNANSWERED
        if ack.pause_ms:
            self._silent_until_ms = now_ms + ack.pause_ms
        self._doubted = ack.doubted is True
        self._note_generation(ack)
        if not self._is_ours(ack):
            self._foreign.add(ack.epoch)
            self._refused.pop(ack.epoch, None)
            self._under_way = None
            return Verdict.NOT_OURS
        self._foreign.discard(ack.epoch)
        before = self._delivered.get(ack.epoch, 0)
        self._delivered[ack.epoch] = ack.contiguous
        self._held[ack.epoch] = list(ack.held)
        if ack.rejects:
            self._on_reject(ack, ack.rejects[0], now_ms)
            return Verdict.REJECTED
        self._unbelieved = None
        self._attempts = 0
        refused = self._refused.get(ack.epoch)
        if refused and (ack.contiguous > before or not self._lacks(ack, refused.last)):
            del self._refused[ack.epoch]
        awaited = self._under_way
        if awaited and awaited.epoch == ack.epoch and not self._lacks(ack, awaited.last):
            self._under_way = None
        if ack.contiguous < before:
            self._under_way = None
            return Verdict.WENT_BACK
        return Verdict.ADVANCED if ack.contiguous > before else Verdict.REPEATED

    @property
    def trouble(self) -> Trouble | None:
        """What staff are told while the centre refuses something."""
        if self._foreign:
            epochs = sorted(epoch[:8] for epoch in self._foreign)
            return Trouble.of(LineTrouble.CENTRE_HOLDS_OTHERS, epochs=epochs)
        refused = next((one.trouble for one in self._refused.values()), None)
        return refused or self._unbelieved

    @property
    def concerns(self) -> list[Trouble]:
        """What staff are told besides, connected or not."""
        doubted = [Trouble.of(LineTrouble.LOG_DOUBTED)] if self._doubted else []
        lacking = [span for spans in self._needed.values() for span in spans]
        if not lacking:
            return doubted
        count = sum(last - first + 1 for first, last in lacking)
        return [*doubted, Trouble.of(LineTrouble.NEEDS_ARCHIVE, count=count, first=lacking[0][0])]

    def unsent(self) -> int:
        """How many events the centre has not acknowledged."""
        return sum(last - first + 1 for head in self.log.heads() for first, last in self._unsent_of(head))

    def oldest_unsent(self) -> tuple[str, int] | None:
        """The place of the oldest event that the centre has not acknowledged."""
        for head in self.log.heads():
            for first, _ in self._unsent_of(head):
                return head.epoch, first
        return None

    def _unsent_of(self, head: EpochHead) -> Iterator[Span]:
        """The spans of an epoch that the log has and the centre doesn't."""
        delivered = max(self._delivered.get(head.epoch, 0), head.oldest - 1)
        if delivered >= head.head:
            return iter(())
        covered = (*self._held.get(head.epoch, ()), *self.log.lost(head.epoch))
        return uncovered(delivered + 1, head.head, covered)

    def _lacks(self, ack: Ack, last: int) -> bool:
        """Whether the centre doesn't hold everything up to `last` that this log has."""
        if ack.contiguous >= last:
            return False
        return any(uncovered(ack.contiguous + 1, last, (*ack.held, *self._gone(ack.epoch))))

    def _gone(self, epoch: str) -> list[Span]:
        """The places of an epoch that this log has no more: purged, or lost to a torn page."""
        oldest = next((head.oldest for head in self.log.heads() if head.epoch == epoch), 1)
        return [*([(1, oldest - 1)] if oldest > 1 else []), *self.log.lost(epoch)]

    def _is_ours(self, ack: Ack) -> bool:
        """Whether the centre holds the events of this log; where the place is gone, the seal must do.

        A centre that was restored to before what was purged here holds less, nothing foreign. What is neither
        here nor there is noted.
        """
        self._needed.pop(ack.epoch, None)
        own = self.log.hash_at(ack.epoch, ack.contiguous)
        if own is not None and own.hex() != ack.hash:
            return False
        begins_here = ack.contiguous > 0 or self.log.hash_at(ack.epoch, 1) is not None
        if own is not None and begins_here:
            return True
        for first, last in self._gone(ack.epoch):
            if first <= max(ack.contiguous, 1) <= last:
                lost = self.log.lost(ack.epoch)
                self._needed[ack.epoch] = list(uncovered(ack.contiguous + 1, last, (*ack.held, *lost)))
                return True
        return own is not None

    def _note_generation(self, ack: Ack) -> None:
        """Greet at once when the centre was restored: of each epoch it may hold less than it said."""
        store, generation = self._generation or (ack.store, ack.generation)
        if store != ack.store or generation < ack.generation:
            self._hello_due_ms = 0
        if self._generation is None or store != ack.store or generation < ack.generation:
            self._generation = (ack.store, ack.generation)

    def _rests(self, epoch: str, now_ms: int) -> bool:
        """Whether the centre refused this epoch lately."""
        return epoch in self._refused and now_ms < self._refused[epoch].due_ms

    def _on_reject(self, ack: Ack, reject: Reject, now_ms: int) -> None:
        """Send less at a time, or again after a while: what only a person can heal then heals by itself."""
        reason = Trouble.term("reject", reject.code)
        self._under_way = None
        smaller = reject.code is RejectCode.SIZE and self._max_events > 1
        if smaller:
            self._max_events //= 2
        if not reject.last:  # a greeting, or what was not believed at all, names no events
            self._unbelieved = Trouble.of(LineTrouble.MESSAGES_REFUSED, reason=reason)
            self._silent_until_ms = now_ms + (0 if smaller else self._next_wait_ms())
            return
        before = self._refused.pop(ack.epoch, None)
        if not self._lacks(ack, reject.last):
            return  # the centre has these events all the same: nobody needs to do anything
        attempts = (before.attempts if before else 0) + (0 if smaller else 1)
        self._refused[ack.epoch] = _Refused(
            last=reject.last,
            trouble=Trouble.of(
                LineTrouble.EVENTS_REFUSED, first=reject.first, last=reject.last, reason=reason
            ),
            attempts=attempts,
            due_ms=now_ms + (0 if smaller else self._wait_ms(attempts)),
        )

    def _next_wait_ms(self) -> int:
        """How long to wait this time, longer with each that went without an answer."""
        self._attempts += 1
        return self._wait_ms(self._attempts)

    def _wait_ms(self, attempts: int) -> int:
        """How long to wait for an answer: 20 s, doubling to 10 min, the second half of it by chance.

        Not all of it, as when connecting anew: an answer on its way must not be overtaken by the next try.
        """
        at_least_ms = _WAIT.pause_ms(attempts) // 2
        return _WAIT.random_pause_ms(attempts, self.random, at_least_ms=at_least_ms)
