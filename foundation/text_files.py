"""Text that people wrote with whatever editor they have: settings, master data, worked cases, lists, keys.

A byte order mark says of itself how the text is written, and zero bytes at every second place say UTF-16; all
else is UTF-8, or what a person has named. No encoding is guessed: a wrong guess makes wrong names.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from foundation.errors import SettingsError
from foundation.look_alikes import LookAlike, look_alike_in
from foundation.troubles import FileTrouble

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_END_OF_FILE = re.compile(r"\x1a[\x1a\0]*\Z")
_LOOKED_AT = 2000
_FEWEST_ZEROS = 6
_BYTE = re.compile(r"\(byte ([0-9]+)\)")

Content = TypeVar("Content")


class NotEncodedError(ValueError):
    """The bytes are no text of this encoding; `byte` is the first that is wrong, counted from 1."""

    def __init__(self, encoding: str, byte: int) -> None:
        super().__init__(f"it is not {encoding} (byte {byte})")
        self.encoding, self.byte = encoding, byte


def decoded(content: bytes, encoding: str = "utf-8") -> str:
    """The text alone; `encoding` is asked where the bytes don't say it themselves.

    A byte order mark is no part of it, nor the SUB (^Z) by which systems of old ended it. NUL alone at its
    end stays: so looks a file of which a power cut has taken something.

    Raises NotEncodedError.
    """
    told = said_encoding(content) or encoding
    try:
        text = content.decode(told).removeprefix("\ufeff")
        return _END_OF_FILE.sub("", text)
    except UnicodeDecodeError as error:
        raise NotEncodedError(told.upper(), error.start + 1) from error


def said_encoding(content: bytes) -> str | None:
    """The form of Unicode that the bytes themselves tell: by a mark, or by zeros at every second place."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if marked or len(content) % 2:
        return marked
    upper = content[:_LOOKED_AT]
    even, odd = upper[::2].count(0), upper[1::2].count(0)
    if max(even, odd) < _FEWEST_ZEROS or min(even, odd):
        return None
    return "utf-16-be" if even else "utf-16-le"


def read_text(path: Path) -> str:
    """The text of a file that a person wrote, its lines ended by \\n.

    Raises SettingsError for one that can't be read, and for an encoding that is not Unicode's.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(FileTrouble.FILE_NOT_READ, path=path, why=error.strerror) from error
    try:
        return decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    except NotEncodedError as error:
        line = content.count(b"\n", 0, error.byte) + 1
        raise SettingsError(
            FileTrouble.FILE_NOT_ENCODED, path=path, line=line, byte=error.byte, encoding=error.encoding
        ) from error


def read_toml_tables(path: Path) -> dict[str, Any]:
    """A TOML file as tables; raises SettingsError with line and column of what is no TOML."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if found := look_alike_in(text, comments=True):
            raise _other_sign(path, found) from error
        raise SettingsError(FileTrouble.FILE_NOT_READABLE, path=path, why=error) from error


def read_json(path: Path, into: type[Content]) -> Content:
    """A JSON file as `into`.

    Raises SettingsError for a file that can't be read or has a sign that JSON has not, msgspec.DecodeError
    with line and column for any other flaw.
    """
    text = read_text(path)
    try:
        return msgspec.json.decode(text, type=into)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        if found := look_alike_in(text, comments=False):
            raise _other_sign(path, found) from error
        raise msgspec.DecodeError(_BYTE.sub(lambda told: _place(text, int(told[1])), str(error))) from error


def _place(text: str, byte: int) -> str:
    before = text.encode()[:byte].decode(errors="ignore")
    return f"(line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))})"


def _other_sign(path: Path, found: LookAlike) -> SettingsError:
    place: Mapping[str, object] = {"path": path, "line": found.line, "column": found.column}
    if not found.wanted:
        return SettingsError(FileTrouble.FILE_HIDDEN_SIGN, sign=found.shown, **place)
    wanted = found.wanted if found.wanted.strip() else "U+0020"
    return SettingsError(FileTrouble.FILE_OTHER_SIGN, sign=found.shown, wanted=wanted, **place)
