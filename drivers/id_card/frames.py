"""The frames of resident identity card readers (SDT, with an SAM_A or SAM_V security module).

Request `AA AA AA 96 69 | length | command | parameter | XOR`, reply `AA AA AA 96 69 | length | SW1 SW2 SW3 |
data | XOR`. The length is big-endian and counts everything after itself; the XOR runs over everything between
the preamble and itself, the length included. 115200 baud, 8N1. Sources: the vendors' protocol texts
(eastcoms.com, softs.im) and three independent programs that hold the same literal frames.
"""

import functools
import operator
from dataclasses import dataclass, field
from enum import Enum, IntEnum

PREAMBLE = bytes.fromhex("AAAAAA9669")
LONGEST_FRAME = 2400
"""Bytes that the length of a frame may name; text, photo and fingerprints are 2314."""

_SHORTEST_REPLY = 4  # three status words and the XOR
_HEADER = len(PREAMBLE) + 2


class Command(Enum):
    """What a reader is asked: command and parameter bytes."""

    MODULE_STATUS = (0x11, 0xFF)
    FIND_CARD = (0x20, 0x01)
    SELECT_CARD = (0x20, 0x02)
    READ_CARD = (0x30, 0x01)  # text and photo, 1295 bytes: 112 ms at 115200 baud


class Status(IntEnum):
    """The third status word of a reply, as far as anything depends on it."""

    DONE = 0x90
    CARD_FOUND = 0x9F
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `data` may hold a person's record: read it once and `wipe` it."""

    status: int
    data: bytearray = field(repr=False)

    def wipe(self) -> None:
        """Overwrite the data; what Python copied on the way is freed but can't be overwritten."""
        _wipe(self.data)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame whose length or XOR is wrong."""


def request(command: Command) -> bytes:
    """The frame that asks for `command`."""
    content = bytes((0x00, 0x03, *command.value))
    return PREAMBLE + content + bytes([_xor(content)])


class ReplyFraming:
    """Cuts a reader's bytes into replies. Pure; resynchronises on the preamble after noise and damage."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply | Damaged]:
        """Take bytes as they arrived and return the frames that they completed."""
        self._buffer += data
        events: list[Reply | Damaged] = []
        while self._skip_to_preamble() and len(self._buffer) >= _HEADER:
            length = int.from_bytes(self._buffer[len(PREAMBLE) : _HEADER], "big")
            if not _SHORTEST_REPLY <= length <= LONGEST_FRAME:
                events.append(Damaged())
                self._drop(1)
            elif len(self._buffer) < _HEADER + length:
                break
            elif _xor(self._buffer[len(PREAMBLE) : _HEADER + length]):  # the check byte makes it zero
                events.append(Damaged())
                self._drop(1)
            else:
                content = self._buffer[_HEADER : _HEADER + length]
                events.append(Reply(content[2], content[3:-1]))
                _wipe(content)
                self._drop(_HEADER + length)
        return events

    def reset(self) -> None:
        """Forget a reply that was begun, after it failed to arrive in time."""
        self._drop(len(self._buffer))

    def _skip_to_preamble(self) -> bool:
        start = self._buffer.find(PREAMBLE)
        if start >= 0:
            self._drop(start)
            return True
        kept = next(n for n in range(len(PREAMBLE) - 1, -1, -1) if self._buffer.endswith(PREAMBLE[:n]))
        self._drop(len(self._buffer) - kept)
        return False

    def _drop(self, count: int) -> None:
        self._buffer[:count] = bytes(count)  # a person's record must not stay in freed memory
        del self._buffer[:count]


def _xor(data: bytes | bytearray) -> int:
    return functools.reduce(operator.xor, data, 0)


def _wipe(data: bytearray) -> None:
    data[:] = bytes(len(data))
