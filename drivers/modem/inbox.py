"""What a modem's store holds, seen as whole texts: parts joined, the delivered remembered. Pure.

Nothing is kept here that the store does not hold: parts wait in the modem until the text is whole, so that a
power cut loses none of them, and memory is bounded by the store.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from drivers.modem.pdu import PartOf, ReceivedSms, decode_received
from drivers.modem.sms_fields import Address, PduError
from drivers.reading import Secret

MOST_MESSAGES = 500
"""Stored messages that one look takes in; SIM cards hold a few dozen."""


TOGETHER_WITHIN_MS = 600_000
"""Parts that were sent farther apart are of two texts, though both bear the same number."""


@dataclass(frozen=True, slots=True)
class StoredPdu:
    """A received message in the modem's store, still in hexadecimal."""

    slot: int
    pdu: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WholeSms:
    """A text with all its parts, and the slots that may be freed once it is safe."""

    slots: tuple[int, ...]
    sender: Address
    text: Secret
    sent_ms: int | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """One look into the store; `stuck` are the slots of parts without the rest and of what is no text."""

    whole: tuple[WholeSms, ...]
    stuck: frozenset[int]
    undecodable: frozenset[int]


def look_into(stored: Iterable[StoredPdu]) -> Inbox:
    """Sort what the store holds into whole texts, in the order in which they were sent, and the rest."""
    decoded: list[tuple[int, ReceivedSms]] = []
    undecodable: set[int] = set()
    for message in list(stored)[:MOST_MESSAGES]:
        try:
            decoded.append((message.slot, decode_received(message.pdu)))
        except PduError:
            undecodable.add(message.slot)
    decoded.sort(key=lambda entry: (entry[1].sent_ms or 0, entry[0]))
    groups: list[_Group] = []
    for slot, sms in decoded:
        taking = [group for group in groups if group.takes(sms)]
        group = min(taking, key=lambda group: group.apart_ms(sms), default=None)
        if group is None:
            group = _Group(sms)
            groups.append(group)
        group.add(slot, sms)
    whole = tuple(group.whole() for group in groups if group.is_whole())
    waiting = {slot for group in groups if not group.is_whole() for slot in group.slots}
    return Inbox(whole, frozenset(waiting | undecodable), frozenset(undecodable))


class _Group:
    """The messages of one text; a part that came twice has its place once."""

    def __init__(self, first: ReceivedSms) -> None:
        self._first = first
        self._texts: dict[int, str] = {}
        self.slots: list[int] = []

    def takes(self, sms: ReceivedSms) -> bool:
        """Whether `sms` is another part of this text, or the same part once more."""
        if sms.data.part is None or self._first.data.part is None:
            return False
        same_text = sms.sender == self._first.sender and _of_one_text(sms.data.part, self._first.data.part)
        if not same_text or self.apart_ms(sms) > TOGETHER_WITHIN_MS:
            return False
        return self._texts.get(sms.data.part.index, sms.data.text) == sms.data.text

    def apart_ms(self, sms: ReceivedSms) -> int:
        """How far from this text it was sent; the network stamps the parts of one text within minutes."""
        return abs((sms.sent_ms or 0) - (self._first.sent_ms or 0))

    def add(self, slot: int, sms: ReceivedSms) -> None:
        """Put a part in its place."""
        self.slots.append(slot)
        self._texts[sms.data.part.index if sms.data.part else 1] = sms.data.text

    def is_whole(self) -> bool:
        """Whether no part is missing."""
        return len(self._texts) == (self._first.data.part.total if self._first.data.part else 1)

    def whole(self) -> WholeSms:
        """The text in the order of its parts; characters cut in half between parts are joined."""
        text = "".join(self._texts[index] for index in sorted(self._texts))
        mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return WholeSms(tuple(self.slots), self._first.sender, Secret(mended), self._first.sent_ms)


def _of_one_text(one: PartOf, other: PartOf) -> bool:
    return (one.reference, one.total) == (other.reference, other.total)


class StoreWatch:
    """Remembers, of the messages in the store, which are delivered and since when the others are there."""

    STUCK_AFTER_MS = 600_000

    def __init__(self) -> None:
        self._delivered: set[bytes] = set()
        self._seen_ms: dict[bytes, int] = {}
        self._digests: dict[int, bytes] = {}

    def note(self, stored: Sequence[StoredPdu], now_ms: int) -> frozenset[int]:
        """Take in what the store holds now; answer the slots whose messages were not there before."""
        self._digests = {message.slot: _digest(message) for message in stored}
        there = set(self._digests.values())
        new = frozenset(slot for slot, digest in self._digests.items() if digest not in self._seen_ms)
        self._delivered &= there
        self._seen_ms = {digest: self._seen_ms.get(digest, now_ms) for digest in there}
        return new

    def mark_delivered(self, slots: Iterable[int]) -> None:
        """Remember that the text in `slots` is safe, in case that the modem fails to free them."""
        self._delivered |= {self._digests[slot] for slot in slots if slot in self._digests}

    def was_delivered(self, slots: Iterable[int]) -> bool:
        """Whether the text in `slots` is safe already."""
        return all(self._digests.get(slot) in self._delivered for slot in slots)

    def stuck_for_long(self, slots: Iterable[int], now_ms: int) -> tuple[int, ...]:
        """Those of `slots` that have been seen for ten minutes: they may make room in a full store."""
        limit = now_ms - self.STUCK_AFTER_MS
        return tuple(
            sorted(s for s in slots if self._seen_ms.get(self._digests.get(s, b""), now_ms) <= limit)
        )


def _digest(message: StoredPdu) -> bytes:
    return hashlib.blake2b(f"{message.slot} {message.pdu}".encode(), digest_size=16).digest()
