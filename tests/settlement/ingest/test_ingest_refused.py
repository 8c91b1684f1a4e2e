"""What is refused: nothing is stored, the cursor stays, a copy is kept."""

import base64
import json
import zlib

import pytest

from settlement.models import Event, Quarantine, Terminal
from sync.contract import wire
from sync.contract.signing import SigningKey
from sync.contract.wire import RejectCode

pytestmark = pytest.mark.django_db


def malformed(terminal):
    return b"{not json"


def other_kind(terminal):
    return terminal.hello()


def other_key(terminal):
    return terminal.batch(key=SigningKey.generate())


def changed_body(terminal):
    envelope = json.loads(terminal.batch())
    envelope["body"] = base64.b64encode(zlib.compress(b"{}")).decode()
    return json.dumps(envelope).encode()


def changed_header(terminal):
    envelope = json.loads(terminal.batch())
    envelope["header"] = envelope["header"].replace('"first":1', '"first":2')
    return json.dumps(envelope).encode()


def claims_to_be_another(terminal):
    return terminal.batch(terminal="south-gate")


def of_the_demo(terminal):
    return terminal.batch(realm=wire.Realm.DEMO)


def nested_too_deep(terminal):
    envelope = json.loads(terminal.batch())
    envelope["header"] = '{"x":' * 10_000
    return json.dumps(envelope).encode()


def newer_protocol(terminal):
    return json.dumps({**json.loads(terminal.batch()), "v": 2}).encode()


def oversize(terminal):
    return b" " * (wire.MAX_MESSAGE_BYTES + 1)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (malformed, RejectCode.MALFORMED),
        (other_kind, RejectCode.AUTH),
        (other_key, RejectCode.AUTH),
        (changed_body, RejectCode.AUTH),
        (changed_header, RejectCode.AUTH),
        (claims_to_be_another, RejectCode.AUTH),
        (of_the_demo, RejectCode.REALM),
        (nested_too_deep, RejectCode.AUTH),
        (newer_protocol, RejectCode.VERSION),
        (oversize, RejectCode.SIZE),
    ],
)
def test_it_refuses_what_proves_nothing_and_keeps_a_copy(spoil, code, terminal, take, read_acks):
    payload = spoil(terminal)
    answer = take(terminal.batch_topic, payload)
    (ack,) = read_acks(answer.publications)
    assert (answer.rejected, ack.rejects[0].code) == (code, code)
    assert (ack.epoch, ack.contiguous) == ("0" * 32, 0), "it reveals no cursor to whom it does not believe"
    assert ack.rejects[0].versions == ([1] if code is RejectCode.VERSION else [])
    assert not Event.objects.exists()
    kept = Quarantine.objects.get()
    assert (kept.terminal, kept.reason, bytes(kept.raw)) == (terminal.name, code, payload)


def test_it_refuses_a_terminal_that_is_not_enrolled(site, take, paper_terminal, read_acks):
    stranger = paper_terminal("east-gate")
    stranger.start()
    (ack,) = read_acks(take(stranger.batch_topic, stranger.batch()).publications)
    assert ack.rejects[0].code == RejectCode.AUTH
    assert "not enrolled" in ack.rejects[0].detail
    assert Quarantine.objects.get().terminal == ""


def test_it_tells_a_stranger_from_a_demo_that_this_centre_is_live(site, take, paper_terminal, read_acks):
    stranger = paper_terminal("east-gate", realm=wire.Realm.DEMO)
    stranger.start()
    (ack,) = read_acks(take(stranger.batch_topic, stranger.batch()).publications)
    assert ack.rejects[0].code == RejectCode.REALM


def test_it_refuses_a_revoked_terminal(terminal, send, noon_ms):
    Terminal.objects.update(revoked_ms=noon_ms)
    assert send().rejected is RejectCode.AUTH
    assert not Event.objects.exists()


def test_it_refuses_another_terminals_topic(terminal, site, take, paper_terminal):
    other = paper_terminal("south-gate")
    other.enrol(site)
    assert take(other.batch_topic, terminal.batch()).rejected is RejectCode.AUTH


def test_it_refuses_a_bucket_that_is_not_the_terminals(terminal, take):
    assert take("muster/1/up/08/north-gate/batch", terminal.batch()).rejected is RejectCode.AUTH


@pytest.mark.parametrize(
    "topic",
    ["", "muster/1/up/07/north-gate", "muster/1/up/07/north-gate/batch/x", "muster/2/up/07/north-gate/batch",
     "muster/1/up/07/NORTH/batch", "muster/1/up/07/north-gate/ack", "muster/1/down/07/north-gate/batch"],
)  # fmt: skip
def test_it_answers_nobody_on_a_topic_that_names_nobody(topic, terminal, take):
    answer = take(topic, terminal.batch())
    assert (answer.publications, answer.rejected) == ((), RejectCode.MALFORMED)
    assert Quarantine.objects.get().topic == topic


def inflates_too_far(terminal):
    return {"body": zlib.compress(b"0" * (wire.MAX_INFLATED_BYTES + 1))}


def does_not_inflate(terminal):
    return {"body": b"no deflate"}


def cut_short(terminal):
    return {"body": zlib.compress(terminal.events[0])[:-4]}


def counts_wrong(terminal):
    return {"body": zlib.compress(terminal.events[0]), "count": 2, "last": 2}


def links_wrong(terminal):
    return {"body": zlib.compress(terminal.events[0]), "head": "9" * 64}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (inflates_too_far, RejectCode.SIZE),
        (does_not_inflate, RejectCode.MALFORMED),
        (cut_short, RejectCode.MALFORMED),
        (counts_wrong, RejectCode.MALFORMED),
        (links_wrong, RejectCode.CHAIN),
    ],
)
def test_it_refuses_an_authentic_batch_that_is_not_whole(spoil, code, terminal, take, read_acks):
    header = {
        "realm": "live", "terminal": terminal.name, "epoch": terminal.epoch, "first": 1, "last": 1,
        "prev": terminal.hash_at(0).hex(), "head": terminal.hash_at(1).hex(), "count": 1,
        "encoding": "deflate", "boot": terminal.boot, "mono_ms": 1,
    }  # fmt: skip
    spoilt = spoil(terminal)
    body = spoilt.pop("body")
    signed = wire.seal(wire.MessageKind.BATCH, wire.BatchHeader(**{**header, **spoilt}), body, terminal.key)
    (ack,) = read_acks(take(terminal.batch_topic, signed).publications)
    assert (ack.rejects[0].code, ack.contiguous) == (code, 0)
    assert (ack.rejects[0].first, ack.epoch) == (1, terminal.epoch)
    assert not Event.objects.exists()
    assert Quarantine.objects.get().reason == code
