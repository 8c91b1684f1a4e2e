"""Large gaps are named to the event and filled in any order; another version stands beside the old one."""

import random

import pytest

from settlement.models import Event
from settlement.review.completeness import MissingEvents, evidence_of
from sync.contract.wire import RejectCode
from tests.settlement.paper_terminal import PaperTerminal

pytestmark = pytest.mark.django_db

SLOW = pytest.mark.slow


def missing(site):
    return {row.terminal: row.missing for row in evidence_of(site)}


@pytest.mark.parametrize("gap", [256, pytest.param(65_536, marks=SLOW)])
def test_a_gap_is_named_to_the_event_and_filled_in_any_order(gap, terminal, send, site, read_acks):
    for _ in range(gap + 2):
        terminal.check_in()
    last = len(terminal.events)
    send(1, 1)
    (ack,) = read_acks(send(last - 1, last).publications)
    assert (ack.contiguous, ack.held) == (1, [(last - 1, last)])
    assert missing(site) == {terminal.name: (MissingEvents(terminal.epoch, 2, gap + 1),)}
    firsts = list(range(2, gap + 2, 100))
    random.Random(gap).shuffle(firsts)
    for first in firsts:
        (ack,) = read_acks(send(first, min(first + 99, gap + 1)).publications)
    assert (ack.contiguous, ack.held, ack.hash) == (last, [], terminal.hashes[-1].hex())
    assert missing(site) == {terminal.name: ()}
    assert Event.objects.count() == last


def test_a_terminal_of_another_version_is_told_so_and_the_others_go_on(terminal, take, site, read_acks):
    newer = PaperTerminal(name="south-gate", epoch="d" * 32)
    newer.enrol(site)
    newer.start()
    terminal.check_in()
    for seq in (1, 2):
        message = newer.batch().replace(b'"v":1', b'"v":2', 1)
        (ack,) = read_acks(take(newer.batch_topic, message).publications)
        assert (ack.rejects[0].code, ack.rejects[0].versions) == (RejectCode.VERSION, [1])
        (ack,) = read_acks(take(terminal.batch_topic, terminal.batch(seq, seq)).publications)
        assert (ack.contiguous, ack.rejects) == (seq, [])
    (ack,) = read_acks(take(newer.batch_topic, newer.batch()).publications)
    assert ack.contiguous == 1
