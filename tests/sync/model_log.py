"""A log in memory, as delivery and a model of the centre look at it: epochs of chained bytes."""

from sync.contract import chain
from sync.contract.wire import Ack, EpochHead, Reject
from sync.log.reader import Stretch
from tests.sync.samples import NINE_MS, TERMINAL


def name_of(epoch: int) -> str:
    """The epoch's name on the wire."""
    return f"{epoch:032x}"


class ModelLog:
    """Epochs of events; each event says its epoch and its seq."""

    def __init__(self, *lengths: int) -> None:
        self.epochs: list[list[bytes]] = []
        self._hashes: list[list[bytes]] = []
        for length in lengths:
            self.open_epoch()
            for _ in range(length):
                self.append()

    def open_epoch(self) -> None:
        """As an engine that starts."""
        self._hashes.append([chain.genesis(TERMINAL, name_of(len(self.epochs)))])
        self.epochs.append([])

    def append(self, size: int = 0) -> None:
        """One more event in the newest epoch, of at least `size` bytes."""
        events = self.epochs[-1]
        events.append(f"{len(self.epochs)}/{len(events) + 1}".encode().ljust(size, b"."))
        self._hashes[-1].append(chain.link(self._hashes[-1][-1], events[-1]))

    def heads(self) -> list[EpochHead]:
        """Every epoch that holds events."""
        return [
            EpochHead(name_of(number), 1, len(events), self.hash_at(name_of(number), len(events)).hex())
            for number, events in enumerate(self.epochs)
            if events
        ]

    def hash_at(self, epoch: str, seq: int) -> bytes | None:
        """The chain's hash at a place, or None."""
        number = int(epoch, 16)
        if number >= len(self.epochs) or seq > len(self.epochs[number]):
            return None
        return self._hashes[number][seq]

    def stretch(self, epoch: str, after: int, max_events: int, max_bytes: int) -> Stretch | None:
        """The events after a place."""
        chosen: list[bytes] = []
        for event in self.epochs[int(epoch, 16)][after : after + max_events]:
            if chosen and sum(map(len, chosen)) + len(event) > max_bytes:
                break
            chosen.append(event)
        previous = self.hash_at(epoch, after)
        return Stretch(epoch, after + 1, previous, tuple(chosen)) if chosen and previous else None

    def lost(self, epoch: str) -> list[tuple[int, int]]:
        """The places that the log itself knows as lost."""
        return []


def ack_of(log: ModelLog, epoch: int, contiguous: int, *rejects: Reject, pause_ms: int = 0) -> Ack:
    """The acknowledgement of a centre that holds so many events of the epoch."""
    digest = log.hash_at(name_of(epoch), contiguous)
    return Ack(
        store="centre",
        generation=1,
        terminal=TERMINAL,
        epoch=name_of(epoch),
        contiguous=contiguous,
        hash=digest.hex() if digest else "",
        archived=0,
        server_ms=NINE_MS,
        rejects=list(rejects),
        pause_ms=pause_ms,
    )
