"""125 kHz EM4100 tags through an RDM6300 or RDM630 module: 9600 baud, the module only sends.

A frame is STX, ten hexadecimal digits (a version byte and four identity bytes), two digits of checksum, ETX,
repeated every 50 to 65 ms while the tag is there. The checksum is the XOR of the five bytes; some clones add
them instead. The number printed on a tag is the last four bytes in decimal. Tags are easily copied: what is
read here identifies, it proves nothing.
"""

import functools
import operator
from dataclasses import dataclass

from drivers.debounce import CardPresence
from drivers.lifecycle import Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.serial_port import SerialDriver
from drivers.settings import Checksum, Em4100Settings

STX = 0x02
ETX = 0x03
_DIGITS = 12
_HEX = frozenset(b"0123456789ABCDEFabcdef")


@dataclass(frozen=True, slots=True)
class Tag:
    """A whole frame: the version and identity bytes as ten upper-case hexadecimal digits."""

    number: Secret


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame that was cut off, holds another character, or whose checksum is wrong."""


def checksum_of(five_bytes: bytes, checksum: Checksum) -> int:
    """The checksum byte over the version and identity bytes."""
    if checksum is Checksum.SUM:
        return sum(five_bytes) & 0xFF
    return functools.reduce(operator.xor, five_bytes, 0)


class Em4100Framing:
    """Cuts what the module sends into tags, their bytes `turned` round. Pure; noise in between is skipped."""

    def __init__(self, checksum: Checksum = Checksum.XOR, *, turned: bool = False) -> None:
        self._checksum = checksum
        self._turned = turned
        self._digits: bytearray | None = None  # None: waiting for STX

    def feed(self, data: bytes) -> list[Tag | Damaged]:
        """Take bytes as they arrived and return the frames that they ended."""
        events: list[Tag | Damaged] = []
        for byte in data:
            if byte == STX:
                if self._digits is not None:
                    events.append(Damaged())
                self._digits = bytearray()
            elif self._digits is None:
                continue
            elif byte == ETX:
                events.append(self._checked(self._digits))
                self._digits = None
            elif byte in _HEX and len(self._digits) < _DIGITS:
                self._digits.append(byte)
            else:
                events.append(Damaged())
                self._digits = None
        return events

    def _checked(self, digits: bytearray) -> Tag | Damaged:
        if len(digits) != _DIGITS:
            return Damaged()
        *identity, checksum = bytes.fromhex(digits.decode("ascii"))
        if checksum_of(bytes(identity), self._checksum) != checksum:
            return Damaged()
        in_order = identity[::-1] if self._turned else identity
        return Tag(Secret(bytes(in_order).hex().upper()))


class Em4100Driver(SerialDriver):
    """Presents each tag once for as long as it stays at the antenna."""

    _READ_TIMEOUT_MS = 200

    def __init__(
        self, settings: Em4100Settings, *, deliver: Deliver, now: Now, unreadable: Unreadable = tell_nobody
    ) -> None:
        super().__init__(
            settings,
            kind="tag",
            read_timeout_ms=self._READ_TIMEOUT_MS,
            deliver=deliver,
            now=now,
            unreadable=unreadable,
        )
        self._checksum, self._turned = settings.checksum, settings.reversed
        self._framing = Em4100Framing(self._checksum, turned=self._turned)
        self._presence = CardPresence(gone_after_ms=settings.gone_after_ms)

    def open(self) -> None:
        """Open the port, forgetting a frame that was cut off when it was lost."""
        super().open()
        self._framing = Em4100Framing(self._checksum, turned=self._turned)

    def step(self) -> None:
        """Read what arrived and present the tags that are new."""
        damaged = 0
        data = self.port.read()
        at = self.now()
        for event in self._framing.feed(data):
            match event:
                case Tag(number):
                    if self._presence.is_new(number, at) and not self.present(Presented.TAG, number, at=at):
                        self._presence.forget()
                case Damaged():
                    damaged += 1
        if damaged and self._presence.is_anything_there(at):
            self.count("damaged_repeats", damaged)  # the tag was read, so nobody has to try again
        else:
            self.reject(damaged)
