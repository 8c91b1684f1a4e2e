"""Which event it is, among all that there are: what every version of the contract can read of any event."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from foundation.errors import MessageError
from sync.contract.events import NOT_DECODABLE, Epoch, Sequence, TerminalId
from sync.contract.troubles import ContractTrouble


class EventId(NamedTuple):
    """Which event, among all that there are; written `terminal/epoch/seq`."""

    terminal: str
    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.terminal}/{self.epoch}/{self.seq}"


class EventHeader(Struct, frozen=True):
    """The part of an event that every version of the contract shares; other fields are ignored."""

    kind: str
    terminal: TerminalId
    epoch: Epoch
    seq: Sequence


_decoder = msgspec.json.Decoder(EventHeader)


def header_of(encoded: bytes) -> EventHeader:
    """Kind and place of any authentic event, even one of a kind that this version does not know."""
    try:
        return _decoder.decode(encoded)
    except NOT_DECODABLE as error:
        raise MessageError("event", ContractTrouble.EVENT_WITHOUT_PLACE, why=error) from error
