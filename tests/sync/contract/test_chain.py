import hashlib

import pytest

from sync.contract import chain
from tests.sync.samples import vector

EPOCH = "a1" * 16
EVENTS = [b'{"seq":1}', b'{"seq":2}', b'{"seq":3}']


def test_it_hashes_the_golden_events_as_any_other_implementation_would():
    golden = vector("wire/batch")
    digest = hashlib.sha256(b"muster/1/epoch\0gate-1\0" + EPOCH.encode()).digest()
    for event, expected in zip(golden["events"], golden["hashes"], strict=True):
        digest = hashlib.sha256(b"muster/1/event\0" + digest + event.encode()).digest()
        assert digest.hex() == expected


def test_its_links_are_the_golden_hashes():
    golden = vector("wire/batch")
    links = chain.links(chain.genesis("gate-1", EPOCH), [event.encode() for event in golden["events"]])
    assert [digest.hex() for digest in links] == golden["hashes"]


def test_its_beginning_belongs_to_one_terminal_and_one_epoch():
    beginnings = {
        chain.genesis("gate-1", EPOCH),
        chain.genesis("gate-2", EPOCH),
        chain.genesis("gate-1", "b2"),
    }
    assert len(beginnings) == 3


def test_terminal_and_epoch_can_not_flow_into_each_other():
    assert chain.genesis("gate-1a", "1") != chain.genesis("gate-1", "a1")


@pytest.mark.parametrize(
    "other",
    [
        [EVENTS[1], EVENTS[0], EVENTS[2]],
        [EVENTS[0], b'{"seq":9}', EVENTS[2]],
        [EVENTS[0], EVENTS[2]],
        [*EVENTS, EVENTS[2]],
    ],
    ids=["swapped", "changed", "lost", "doubled"],
)
def test_its_head_tells_every_other_history(other):
    start = chain.genesis("gate-1", EPOCH)
    assert chain.links(start, other)[-1] != chain.links(start, EVENTS)[-1]


def test_no_event_makes_no_link():
    assert chain.links(chain.genesis("gate-1", EPOCH), []) == []
