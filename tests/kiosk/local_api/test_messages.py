"""The local API's golden messages, and the examples in its document.

A new field or message fails here: `python -m tests.vectors.make_local_messages` renews both.
"""

import re
import typing

import msgspec
import pytest

from drivers.feedback import Signal
from foundation.errors import MessageError
from foundation.words import Words
from kiosk.local_api import messages as local_messages
from kiosk.local_api.messages import (
    FromEngine,
    Outcome,
    ToEngine,
    decode_from_engine,
    decode_to_engine,
    encode,
)
from tests.vectors.make_local_messages import DOCUMENT, HERE, VECTORS

READ = {"to_engine.jsonl": decode_to_engine, "from_engine.jsonl": decode_from_engine}
SAID_BY = {"to_engine.jsonl": ToEngine, "from_engine.jsonl": FromEngine}


def golden(name: str) -> list[bytes]:
    return (HERE / name).read_bytes().splitlines(keepends=True)


def examples() -> list[bytes]:
    """Every line of JSON in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)
    return [line.encode() + b"\n" for block in blocks for line in block.splitlines()]


def tag_of(kind: type) -> str:
    return str(kind.__struct_config__.tag)


@pytest.mark.parametrize("name", list(VECTORS))
def test_a_golden_message_is_read_and_written_byte_for_byte(name):
    for line in golden(name):
        assert encode(READ[name](line)) == line


@pytest.mark.parametrize("name", list(VECTORS))
def test_the_golden_messages_are_what_their_generator_makes(name):
    assert golden(name) == [encode(message) for message in VECTORS[name]()]


@pytest.mark.parametrize("name", list(VECTORS))
def test_no_kind_of_message_lacks_a_golden_one(name):
    kinds = {tag_of(kind) for kind in typing.get_args(SAID_BY[name])}
    assert kinds == {msgspec.json.decode(line)["type"] for line in golden(name)}


def test_the_document_shows_exactly_the_golden_messages():
    assert examples() == golden("to_engine.jsonl") + golden("from_engine.jsonl")


def test_the_document_has_a_heading_for_every_message():
    headings = set(re.findall(r"^### `(\w+)`", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert headings == {tag_of(kind) for both in SAID_BY.values() for kind in typing.get_args(both)}


def test_every_code_of_the_document_has_its_sentence():
    text = DOCUMENT.read_text(encoding="utf-8")
    codes = {
        f"{family}-{code}"
        for family, listed in re.findall(r"^\| (done|denied) \| (.*) \|$", text, flags=re.MULTILINE)
        for code in re.findall(r"`(\w+)`", listed)
    }
    assert "denied-pin_paused" in codes
    assert {code for code in codes if not Words("en").knows(code)} == set()


@pytest.mark.parametrize(
    "line", [b"", b"{}\n", b'{"type":"login"}\n', b'{"type":"cancel","request":1,"seq":0}\n']
)
def test_what_is_no_message_of_a_client_is_refused(line):
    with pytest.raises(MessageError):
        decode_to_engine(line)


def test_unknown_fields_are_passed_over():
    assert decode_to_engine(b'{"type":"typed","digits":"1","later":true}\n') == local_messages.Typed("1")


def test_lights_and_sounds_tell_every_outcome():
    assert list(map(str, Outcome)) == list(map(str, Signal))
