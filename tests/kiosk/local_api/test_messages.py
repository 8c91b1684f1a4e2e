"""The local API's golden messages, and the examples in its document.

A new field or message fails here: `python -m tests.vectors.make_local_messages` renews both.
"""

import re
import typing

import msgspec
import pytest

from drivers.rhythms import Signal
from foundation.errors import MessageError
from foundation.words import LANGUAGES, Words
from kiosk.local_api import messages as local_messages
from kiosk.local_api.codes import DenialCode, DoneCode
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


def test_the_document_lists_every_code_that_the_engine_answers_with():
    text = DOCUMENT.read_text(encoding="utf-8")
    listed = {
        family: set(re.findall(r"`(\w+)`", codes))
        for family, codes in re.findall(r"^\| (done|denied) \| (.*) \|$", text, flags=re.MULTILINE)
    }
    screens_own = {DenialCode.NO_ANSWER, DenialCode.NO_SUCH_TIME}
    assert listed == {"done": set(DoneCode), "denied": set(DenialCode) - screens_own}


def test_an_engine_that_still_writes_sentences_is_understood():
    line = (
        b'{"type":"status","wall_ms":1,"clock_state":"synced","link":{"type":"link_report","connected":false,'
        b'"unsent":3,"trouble":"The broker is away."},"devices":[{"name":"gate","kind":"scanner",'
        b'"state":"fault","readings":1,"unreadable":0,"fault":"The port was lost."}],"here":[],"head_seq":1,'
        b'"disk_free_bytes":1,"log_trouble":"The disk is full."}\n'
    )
    status = decode_from_engine(line)
    assert (status.link.unsent, status.link.troubles, status.log_troubles) == (3, [], [])
    assert (status.devices[0].state, status.devices[0].trouble) == ("fault", None)


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"result","request":1,"ok":false,"code":"moonrise"}',
        b'{"type":"question_ended","id":"1-2","how":"moonrise"}',
        b'{"type":"decided","at_ms":1,"device":"d","method":"m","outcome":"refused","reason":"moonrise"}',
    ],
)
def test_a_code_of_a_newer_engine_is_understood(line):
    assert "moonrise" in str(decode_from_engine(line))


def test_a_trouble_of_a_newer_engine_is_understood():
    arguments = b'{"of":{"code":"sea","family":"moon"},"in":[1969]}'
    told = b'{"code":"moonrise","arguments":%b,"family":"sky","by":1}' % arguments
    link = decode_to_engine(b'{"type":"link_report","connected":true,"unsent":0,"troubles":[%b]}' % told)
    for language in LANGUAGES:
        assert "moonrise" in Words(language).trouble(link.troubles[0])


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
