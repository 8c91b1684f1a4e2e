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
    groups = _joined([_Group(slot, sms) for slot, sms in decoded])
    whole = tuple(group.whole() for group in groups if group.is_whole())
    waiting = {slot for group in groups if not group.is_whole() for slot in group.slots}
    return Inbox(whole, frozenset(waiting | undecodable), frozenset(undecodable))


def _joined(groups: "list[_Group]") -> "list[_Group]":
    """Texts from single messages, which are in the order in which they were sent: the closest join first.

    So a part that is left of an older text does not take one that was sent with the rest of another.
    """
    pairs = [
        (one.apart_ms(other), abs(one.slots[0] - other.slots[0]), at, after)
        for at, one in enumerate(groups)
        for after, other in enumerate(groups[at + 1 :], at + 1)
        if one.may_join(other)
    ]
    text_of = dict(enumerate(groups))
    for _, _, at, after in sorted(pairs):
        one, other = text_of[at], text_of[after]
        if one is not other and one.may_join(other):
            one.join(other)
            text_of |= {place: one for place, each in text_of.items() if each is other}
    return list(dict.fromkeys(text_of.values()))


class _Group:
    """Messages of one text, at first one alone; a part that came twice has its place once."""

    def __init__(self, slot: int, sms: ReceivedSms) -> None:
        self.first = sms
        self.texts = {sms.data.part.index if sms.data.part else 1: sms.data.text}
        self.from_ms = self.until_ms = sms.sent_ms or 0
        self.slots = [slot]

    def may_join(self, other: "_Group") -> bool:
        """Whether the other one has parts of this text, or the same parts once more."""
        part, others = self.first.data.part, other.first.data.part
        if part is None or others is None or self.first.sender != other.first.sender:
            return False
        if not _of_one_text(part, others) or self.apart_ms(other) > TOGETHER_WITHIN_MS:
            return False
        return all(self.texts.get(index, text) == text for index, text in other.texts.items())

    def apart_ms(self, other: "_Group") -> int:
        """From the first to the last; the network stamps the parts of one text within minutes."""
        return max(self.until_ms, other.until_ms) - min(self.from_ms, other.from_ms)

    def join(self, other: "_Group") -> None:
        """Put its parts in their places."""
        self.first = min(self.first, other.first, key=lambda sms: sms.sent_ms or 0)
        self.texts |= other.texts
        self.from_ms, self.until_ms = min(self.from_ms, other.from_ms), max(self.until_ms, other.until_ms)
        self.slots += other.slots

    def is_whole(self) -> bool:
        """Whether no part is missing."""
        return len(self.texts) == (self.first.data.part.total if self.first.data.part else 1)

    def whole(self) -> WholeSms:
        """The text in the order of its parts; characters cut in half between parts are joined."""
        text = "".join(self.texts[index] for index in sorted(self.texts))
        mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return WholeSms(tuple(self.slots), self.first.sender, Secret(mended), self.first.sent_ms)


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
