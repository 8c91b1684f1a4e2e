"""A file that carries sealed messages where the network can't: one JSON object a line, the last one `end`.

The messages are those that the broker would carry, sealed as ever: whoever carries the file can lose it, but
can't change it. `end` says how many there are, so that a copy that broke off is noticed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from foundation.durable import replacing
from foundation.errors import MessageError, SettingsError
from foundation.troubles import FileTrouble
from sync.contract.events import NOT_DECODABLE
from sync.contract.troubles import ContractTrouble
from sync.contract.wire import MAX_MESSAGE_BYTES, RejectCode

LONGEST_LINE = 4 * MAX_MESSAGE_BYTES
"""A message as a string of JSON, with what must be escaped in it; no line of ours is longer."""


class Carried(Struct, frozen=True, tag_field="type", tag="message"):
    """One message and the topic on which it would have been published."""

    topic: str
    message: str


class End(Struct, frozen=True, tag_field="type", tag="end"):
    """The last line: so many messages stand above it."""

    messages: int


_line = msgspec.json.Decoder(Carried | End)


def write_carried(path: Path, messages: Iterable[Carried]) -> int:
    """Write the file, whole or not at all; returns how many messages it carries.

    Raises SettingsError when it can't be written.
    """
    count = 0
    try:
        with replacing(path) as file:
            for message in messages:
                file.write(msgspec.json.encode(message) + b"\n")
                count += 1
            file.write(msgspec.json.encode(End(count)) + b"\n")
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_WRITTEN, path=path, why=error.strerror) from error
    return count


def read_carried(path: Path) -> Iterator[Carried]:
    """Every message of the file in turn.

    Raises SettingsError when the file can't be read, MessageError (malformed) behind the last whole message
    when it broke off or was not made by `write_carried`: what was given before may be used.
    """
    count = 0
    try:
        with path.open("rb") as file:
            while text := file.readline(LONGEST_LINE):
                line = _line.decode(text)
                if isinstance(line, End):
                    if line.messages == count:
                        return
                    break
                count += 1
                yield line
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_READ, path=path, why=error.strerror) from error
    except NOT_DECODABLE:
        pass  # told below, as for a file without its end
    raise MessageError(RejectCode.MALFORMED, ContractTrouble.FILE_NOT_WHOLE, path=path, number=count)
