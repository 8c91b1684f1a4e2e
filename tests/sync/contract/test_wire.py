import zlib

import msgspec
import pytest

from foundation.errors import MessageError
from sync.contract import chain, wire
from sync.contract.events import encode
from sync.contract.wire import (
    MAX_BATCH_EVENT_BYTES,
    MAX_INFLATED_BYTES,
    MAX_MESSAGE_BYTES,
    Ack,
    BatchHeader,
    Hello,
    MessageKind,
    Realm,
    RejectCode,
    batch_events,
    read_envelope,
    seal,
    seal_batch,
    unseal,
)
from tests.sync.samples import (
    BOOT,
    CENTRE_KEY,
    STRANGER_KEY,
    TERMINAL,
    TERMINAL_KEY,
    check_in,
    message,
    vector,
)

EPOCH = "a1" * 16
PREVIOUS = chain.genesis(TERMINAL, EPOCH)
HEADERS = {"hello": Hello, "batch": BatchHeader, "ack": Ack}
SENDERS = {"hello": TERMINAL_KEY, "batch": TERMINAL_KEY, "ack": CENTRE_KEY}

every_message = pytest.mark.parametrize("name", list(HEADERS))


def open_message(payload: bytes, name: str, key=None):
    envelope = read_envelope(payload)
    return unseal(envelope, MessageKind(name), HEADERS[name], (key or SENDERS[name]).public)


def refusal(call, *arguments) -> RejectCode:
    with pytest.raises(MessageError) as refused:
        call(*arguments)
    return RejectCode(refused.value.code)


def batch_of(events: list[bytes], **changes) -> bytes:
    """A batch signed by the terminal, with whatever in its header it pleases."""
    header = BatchHeader(
        realm=Realm.LIVE,
        terminal=TERMINAL,
        epoch=EPOCH,
        first=1,
        last=len(events),
        prev=PREVIOUS.hex(),
        head=chain.links(PREVIOUS, events)[-1].hex(),
        count=len(events),
        encoding="deflate",
        boot=BOOT,
        mono_ms=0,
    )
    body = changes.pop("body", zlib.compress(b"\n".join(events)))
    return seal(MessageKind.BATCH, msgspec.structs.replace(header, **changes), body, TERMINAL_KEY)


def open_batch(payload: bytes):
    envelope = read_envelope(payload)
    header = unseal(envelope, MessageKind.BATCH, BatchHeader, TERMINAL_KEY.public)
    return batch_events(header, envelope.body)


@every_message
def test_it_opens_a_golden_message(name):
    header = msgspec.convert(vector(f"wire/{name}")["header"], HEADERS[name])
    assert open_message(message(name), name) == header


@every_message
def test_it_seals_the_golden_message_again(name):
    golden = read_envelope(message(name))
    header = msgspec.json.decode(golden.header, type=HEADERS[name])
    assert seal(MessageKind(name), header, golden.body, SENDERS[name]) == message(name)


def test_it_takes_the_golden_events_out_of_their_batch():
    golden = vector("wire/batch")
    events, hashes = open_batch(message("batch"))
    assert [event.decode() for event in events] == golden["events"]
    assert [digest.hex() for digest in hashes] == golden["hashes"]


def test_a_sealed_batch_holds_its_events_and_their_place():
    events = [encode(check_in(volunteer)) for volunteer in (1, 2, 3)]
    before = chain.link(PREVIOUS, b"an event before")
    payload = seal_batch(
        realm=Realm.DEMO,
        terminal=TERMINAL,
        epoch=EPOCH,
        first=2,
        previous=before,
        events=events,
        boot=BOOT,
        mono_ms=17,
        key=TERMINAL_KEY,
    )
    header = open_message(payload, "batch")
    assert (header.first, header.last, header.count, header.mono_ms) == (2, 4, 3, 17)
    assert open_batch(payload) == (events, chain.links(before, events))


def changed(payload: bytes, **changes) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(read_envelope(payload), **changes))


@every_message
def test_a_message_of_another_key_is_not_authentic(name):
    envelope = read_envelope(message(name))
    other = STRANGER_KEY.public
    assert refusal(unseal, envelope, MessageKind(name), HEADERS[name], other) is RejectCode.AUTH
    claims_to_be = read_envelope(changed(message(name), key=other.key_id))
    assert refusal(unseal, claims_to_be, MessageKind(name), HEADERS[name], other) is RejectCode.AUTH


@every_message
def test_any_change_after_the_signature_is_seen(name):
    golden = read_envelope(message(name))
    for changes in (
        {"header": golden.header.replace("gate-1", "gate-2")},
        {"header": golden.header + " "},
        {"body": golden.body + b"\n"},
        {"sig": golden.sig[:-1]},
        {"sig": golden.sig[:-1] + bytes([golden.sig[-1] ^ 1])},
        {"sig": b""},
        {"key": STRANGER_KEY.public.key_id},
    ):
        assert refusal(open_message, changed(message(name), **changes), name) is RejectCode.AUTH


@every_message
@pytest.mark.parametrize("kind", list(MessageKind))
def test_no_message_passes_for_another_kind(name, kind):
    if kind == name:
        return
    header, key = HEADERS[name], SENDERS[name].public
    relabelled = read_envelope(changed(message(name), kind=kind))
    assert refusal(unseal, relabelled, kind, header, key) is RejectCode.AUTH
    assert refusal(unseal, relabelled, MessageKind(name), header, key) is RejectCode.AUTH
    assert refusal(unseal, read_envelope(message(name)), kind, header, key) is RejectCode.AUTH


def test_a_header_can_not_flow_into_the_body():
    """The same signed bytes, cut elsewhere."""
    signed = seal(MessageKind.HELLO, open_message(message("hello"), "hello"), b"A\0B", TERMINAL_KEY)
    envelope = read_envelope(signed)
    moved = msgspec.structs.replace(envelope, header=envelope.header + "\0A", body=b"B")
    assert refusal(unseal, moved, MessageKind.HELLO, Hello, TERMINAL_KEY.public) is RejectCode.MALFORMED


def test_a_signed_header_that_is_not_understood_is_malformed():
    payload = seal(MessageKind.HELLO, wire.Host(1, wire.LinkState.ONLINE, "s", 1), b"", TERMINAL_KEY)
    assert refusal(open_message, payload, "hello") is RejectCode.MALFORMED


def test_a_signed_header_that_is_nested_without_end_is_malformed():
    text = '{"x":' + "[" * 60_000
    signature = TERMINAL_KEY.sign(b"muster/1/hello\0" + text.encode() + b"\0")
    envelope = wire.Sealed(1, "hello", TERMINAL_KEY.public.key_id, text, b"", signature)
    assert refusal(unseal, envelope, MessageKind.HELLO, Hello, TERMINAL_KEY.public) is RejectCode.MALFORMED


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"junk",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"v":1}',
        message("ack")[:-1],
        message("ack")[:-1] + b',"more":1}',
        b'{"v":' + b"[" * 100_000,
        b'{"v":1,"kind":"ack","key":"\xff","header":"","body":"","sig":""}',
        b'{"v":1,"kind":"ack","key":"a","header":"","body":"not base64!","sig":""}',
    ],
)
def test_what_is_no_envelope_is_malformed(junk):
    assert refusal(read_envelope, junk) is RejectCode.MALFORMED


def test_another_version_is_named_before_anything_else_is_looked_at():
    with pytest.raises(MessageError, match="version 2 of the contract, this end speaks 1") as refused:
        read_envelope(changed(message("hello"), v=2, sig=b""))
    assert refused.value.code == RejectCode.VERSION


def test_a_message_that_is_too_big_is_refused_unread():
    assert refusal(read_envelope, b"{" + b" " * MAX_MESSAGE_BYTES) is RejectCode.SIZE
    assert refusal(read_envelope, b"{" + b" " * (MAX_MESSAGE_BYTES - 1)) is RejectCode.MALFORMED


def test_a_full_batch_of_events_that_do_not_compress_fits():
    noise = b"".join(chain.link(b"", str(place).encode()) for place in range(MAX_BATCH_EVENT_BYTES // 32))
    assert len(batch_of([b"x"], body=zlib.compress(noise))) <= MAX_MESSAGE_BYTES


def test_a_zip_bomb_is_refused_after_one_mebibyte():
    bomb = batch_of([b"x"], body=zlib.compress(bytes(50 * MAX_INFLATED_BYTES)))
    assert len(bomb) < MAX_MESSAGE_BYTES
    assert refusal(open_batch, bomb) is RejectCode.SIZE


def test_nothing_is_inflated_before_the_signature_holds():
    bomb = batch_of([b"x"], body=zlib.compress(bytes(2 * MAX_INFLATED_BYTES)))
    assert refusal(open_batch, changed(bomb, sig=bytes(64))) is RejectCode.AUTH


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"not deflated"},
        {"body": b""},
        {"body": zlib.compress(b"one\ntwo")[:-1]},
        {"body": zlib.compress(b"one")},
        {"body": zlib.compress(b"one\ntwo\n")},
        {"last": 3},
        {"first": 2},
        {"count": 1},
        {"count": 1, "last": 1},
    ],
)
def test_a_body_that_is_not_what_the_header_says_is_malformed(changes):
    assert refusal(open_batch, batch_of([b"one", b"two"], **changes)) is RejectCode.MALFORMED


@pytest.mark.parametrize(
    "changes",
    [
        {"prev": "00" * 32},
        {"head": "00" * 32},
        {"body": zlib.compress(b"two\none")},
        {"body": zlib.compress(b"one\nTWO")},
    ],
)
def test_events_that_do_not_lead_to_the_head_break_the_chain(changes):
    assert refusal(open_batch, batch_of([b"one", b"two"], **changes)) is RejectCode.CHAIN


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 0},
        {"count": 201},
        {"encoding": "zstd"},
        {"first": 0},
        {"terminal": "../host"},
        {"prev": "00"},
    ],
)
def test_a_header_outside_its_limits_is_malformed(changes):
    assert refusal(open_batch, batch_of([b"one", b"two"], **changes)) is RejectCode.MALFORMED


def test_every_refusal_says_what_to_do():
    with pytest.raises(MessageError) as refused:
        read_envelope(b"junk")
    assert refused.value.remedy
    assert str(refused.value).endswith(refused.value.remedy)


def test_a_hello_of_many_epochs_still_fits():
    heads = [wire.EpochHead(f"{n:032x}", 2**53, 2**53, "ff" * 32) for n in range(wire.MAX_HELLO_EPOCHS)]
    hello = msgspec.structs.replace(open_message(message("hello"), "hello"), epochs=heads)
    assert len(seal(MessageKind.HELLO, hello, b"", TERMINAL_KEY)) < MAX_MESSAGE_BYTES


def test_topics_begin_with_the_version_of_the_contract():
    assert wire.topic("up", "07", "gate-1", "hello") == "muster/1/up/07/gate-1/hello"


def test_there_are_64_buckets():
    assert {wire.bucket_of(number) for number in range(200)} == {f"{number:02d}" for number in range(64)}


def test_the_state_of_a_terminal_that_knows_nothing_of_each_device_is_understood():
    said = (
        b'{"v":1,"state":"online","terminal":"gate-1","session":"c0ffee00","health":{"clock":"synced",'
        b'"devices":{"ready":2},"readings":7,"here":3,"disk_free_bytes":9}}'
    )
    health = msgspec.json.decode(said, type=wire.State).health
    assert (health.devices, health.each_device, health.throttled_bits) == ({"ready": 2}, {}, None)
