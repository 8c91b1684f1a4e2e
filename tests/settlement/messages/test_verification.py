"""What is believed, and in which order it is looked at. Pure."""

import pytest

from foundation.errors import MessageError
from settlement.messages.verification import KnownTerminal, read_topic, verify_batch, verify_hello
from sync.contract import wire
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm, RejectCode


@pytest.fixture
def paper(paper_terminal):
    paper = paper_terminal()
    paper.start()
    return paper


def known(paper, **changes):
    values = {"terminal": paper.name, "bucket": paper.bucket, "key": paper.key.public, "revoked": False}
    return KnownTerminal(**{**values, **changes})


def test_it_reads_who_speaks_from_the_topic():
    topic = read_topic("muster/1/up/07/north-gate/hello")
    assert (topic.bucket, topic.terminal, topic.kind) == ("07", "north-gate", "hello")


def test_it_believes_a_batch_that_topic_header_and_key_agree_on(paper):
    header, body = verify_batch(read_topic(paper.batch_topic), paper.batch(), known(paper), Realm.LIVE)
    assert (header.terminal, header.first, header.last) == (paper.name, 1, 1)
    assert body


def test_it_believes_a_hello(paper):
    hello = verify_hello(read_topic(paper.hello_topic), paper.hello(), known(paper), Realm.LIVE)
    assert hello.epochs[0].head == 1


def test_it_never_inflates_what_is_not_signed(paper, monkeypatch):
    def inflate(*_):
        raise AssertionError("it inflated before it verified")

    monkeypatch.setattr(wire.zlib, "decompressobj", inflate)
    with pytest.raises(MessageError) as refused:
        verify_batch(
            read_topic(paper.batch_topic), paper.batch(key=SigningKey.generate()), known(paper), Realm.LIVE
        )
    assert refused.value.code == RejectCode.AUTH


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"revoked": True}, RejectCode.AUTH),
        ({"bucket": "08"}, RejectCode.AUTH),
        ({"key": SigningKey.generate().public}, RejectCode.AUTH),
    ],
)
def test_it_refuses_a_terminal_that_is_not_what_it_claims(changes, code, paper):
    with pytest.raises(MessageError) as refused:
        verify_batch(read_topic(paper.batch_topic), paper.batch(), known(paper, **changes), Realm.LIVE)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(("sends", "centre"), [(Realm.DEMO, Realm.LIVE), (Realm.LIVE, Realm.DEMO)])
@pytest.mark.parametrize("enrolled", [True, False])
def test_each_realm_refuses_the_others_evidence(sends, centre, enrolled, paper):
    terminal = known(paper) if enrolled else None
    with pytest.raises(MessageError) as refused:
        verify_batch(read_topic(paper.batch_topic), paper.batch(realm=sends), terminal, centre)
    assert refused.value.code == RejectCode.REALM
