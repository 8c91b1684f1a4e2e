import json
import zlib

import msgspec
import pytest

from sync.contract import asyncapi, events, wire
from sync.contract.wire import MessageKind
from tests.sync import asyncapi_document
from tests.sync.asyncapi_document import ContractError, validate
from tests.sync.samples import TERMINAL_KEY, message, vector
from tests.vectors.make_vectors import every_kind

STATE = msgspec.json.encode(wire.State(1, wire.LinkState.ONLINE, "gate-1", "c0ffee00", 3, 1_794_963_600_000))
HOST = msgspec.json.encode(wire.Host(1, wire.LinkState.OFFLINE, "store", 1))


def resealed(name: str, *, body: bytes | None = None, **changes: object) -> bytes:
    """The golden message with something else in its header or body, signed anew."""
    envelope = wire.read_envelope(message(name))
    header = json.loads(envelope.header) | changes
    sealed = msgspec.structs.replace(envelope, body=envelope.body if body is None else body)
    return msgspec.json.encode(msgspec.structs.replace(sealed, header=json.dumps(header)))


def test_the_document_is_what_the_types_say():
    made = asyncapi.as_yaml()
    assert asyncapi_document.DOCUMENT.read_text(encoding="utf-8") == made, "run: make contract"


def test_the_document_names_every_topic_and_every_kind_of_event():
    document = asyncapi.document()
    assert set(document["channels"]) == {
        "hello",
        "batch",
        "ack",
        "renewal",
        "certificate",
        "handover",
        "roster",
        "command",
        "config",
        "state",
        "host",
    }
    kinds = {
        choice["$ref"].rpartition("/")[2] for choice in document["components"]["schemas"]["Event"]["oneOf"]
    }
    assert kinds == {kind.__name__ for kind in events.KINDS}


def test_every_reference_of_the_document_leads_somewhere():
    def references(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                yield from references(one)

    found = set(references(asyncapi.document()))
    assert len(found) > 20
    assert all(asyncapi_document._resolve(reference) for reference in found)


def test_everything_in_the_document_is_described():
    components = asyncapi.document()["components"]
    assert all(message["description"] for message in components["messages"].values())
    assert all(schema.get("description") for schema in components["schemas"].values())


def test_what_the_document_retains_is_what_the_ends_retain():
    operations = asyncapi.document()["operations"].values()
    retained = {one["channel"]["$ref"] for one in operations if one["bindings"]["mqtt"]["retain"]}
    assert retained == {"#/channels/config", "#/channels/state", "#/channels/host"}


@pytest.mark.parametrize("name", ["hello", "batch", "ack"])
def test_a_golden_message_fits_the_document(name):
    golden = vector(f"wire/{name}")
    assert validate(golden["topic"], golden["message"].encode()) == name


def test_unsealed_messages_fit_the_document():
    assert validate("muster/1/state/gate-1", STATE) == "state"
    assert validate("muster/1/host", HOST) == "host"


@pytest.mark.parametrize("event", every_kind(), ids=lambda event: type(event).__name__)
def test_every_kind_of_event_fits_the_document(event):
    asyncapi_document._fits(json.loads(events.encode(event)), "#/components/schemas/Event", "event")


@pytest.mark.parametrize(
    "topic",
    [
        "muster/1/gossip",
        "muster/2/up/07/gate-1/hello",
        "muster/1/up/7/gate-1/hello",
        "muster/1/up/64/gate-1/hello",
        "muster/1/up/07/Gate-1/hello",
        "muster/1/up/07/gate-1/hello/more",
        "muster/1/up/07/gate-1/roster",
        "up/07/gate-1/hello",
        "muster/1/up/07/gate-2/hello",
    ],
)
def test_a_topic_that_is_not_in_the_document_is_refused(topic):
    with pytest.raises(ContractError):
        validate(topic, message("hello"))


HELLO, BATCH, ACK = (vector(f"wire/{name}")["topic"] for name in ("hello", "batch", "ack"))
EVENT = events.encode(every_kind()[4])


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (HELLO, b""),
        (HELLO, b"null"),
        (HELLO, message("batch")),
        (BATCH, message("hello")),
        (ACK, message("hello")),
        (HELLO, message("hello").replace(b'"v":1', b'"v":2')),
        (HELLO, message("hello").replace(b'"v":1', b'"v":1,"more":1')),
        (HELLO, resealed("hello", unsent=-1)),
        (HELLO, resealed("hello", mood="good")),
        (HELLO, resealed("hello", clock={"state": "sure"})),
        (HELLO, resealed("hello", body=b"something")),
        (ACK, resealed("ack", hash="00")),
        (ACK, resealed("ack", held=[[1, 2, 3]])),
        (ACK, resealed("ack", rejects=[{"code": "mood", "first": 1, "last": 1, "detail": ""}])),
        (BATCH, resealed("batch", count=201)),
        (BATCH, resealed("batch", body=b"not deflated")),
        (BATCH, resealed("batch", body=zlib.compress(EVENT))),
        (BATCH, resealed("batch", count=1, body=zlib.compress(EVENT.replace(b'"seq":5,', b"")))),
        (BATCH, resealed("batch", count=1, body=zlib.compress(EVENT.replace(b"check_in", b"teleported")))),
        (BATCH, resealed("batch", count=1, body=zlib.compress(EVENT.replace(b"{", b'{"name":"Li",', 1)))),
        ("muster/1/state/gate-1", STATE.replace(b"online", b"asleep")),
        ("muster/1/state/gate-1", STATE.replace(b"gate-1", b"gate-2")),
        ("muster/1/host", HOST.replace(b'"v":1,', b"")),
    ],
)
def test_a_payload_that_does_not_fit_is_refused(topic, payload):
    with pytest.raises(ContractError):
        validate(topic, payload)


def test_the_changes_above_fail_for_no_other_reason():
    assert validate(HELLO, resealed("hello")) == "hello"
    assert validate(BATCH, resealed("batch", count=1, body=zlib.compress(EVENT))) == "batch"
    assert validate(ACK, resealed("ack", held=[[1, 2]])) == "ack"


def test_both_ends_agree_with_the_document_on_what_a_sealed_message_is():
    payload = wire.seal(MessageKind.HELLO, msgspec.json.decode(STATE, type=wire.State), b"", TERMINAL_KEY)
    with pytest.raises(ContractError, match="hello's header"):
        validate(HELLO, payload)
