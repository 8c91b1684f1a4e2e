"""Where two histories contradict each other both are kept, the first stays, and so does the cursor."""

import pytest

from settlement.models import Event, ForkEvidence, Quarantine
from sync.contract.wire import RejectCode

pytestmark = pytest.mark.django_db


def stored_seqs():
    return list(Event.objects.order_by("seq").values_list("seq", flat=True))


@pytest.fixture
def clone(terminal, paper_terminal):
    """The same terminal's card restored after two events, and used again."""
    copy = paper_terminal()
    copy.key = terminal.key
    for encoded in terminal.events[:2]:
        copy.write(encoded)
    return copy


def test_it_keeps_both_sides_of_a_fork(terminal, send, take, clone, read_acks):
    for _ in range(3):
        terminal.check_in()
    send()
    clone.write(terminal.events[1])
    clone.check_in("badge:1002.1")
    clone.check_in("badge:1002.1")
    (ack,) = read_acks(take(clone.batch_topic, clone.batch(2)).publications)
    assert ack.rejects[0].code == RejectCode.CHAIN
    assert (ack.contiguous, ack.hash) == (4, terminal.hashes[3].hex())
    assert [
        bytes(raw) for raw in Event.objects.order_by("seq").values_list("raw", flat=True)
    ] == terminal.events
    forks = ForkEvidence.objects.order_by("seq")
    assert [(fork.seq, bytes(fork.raw)) for fork in forks] == [(3, clone.events[2]), (4, clone.events[3])]
    assert bytes(Quarantine.objects.get().raw) == clone.batch(2)


def test_it_keeps_a_fork_that_comes_twice_once(terminal, send, take, clone):
    terminal.check_in()
    send()
    clone.events.pop()
    clone.hashes.pop()
    clone.check_in("badge:1002.1")
    for _ in range(2):
        take(clone.batch_topic, clone.batch())
    assert ForkEvidence.objects.count() == 1
    assert Quarantine.objects.get().times == 2


def test_it_refuses_a_batch_that_follows_another_past(terminal, send, take, read_acks):
    terminal.check_in()
    send()
    terminal.check_in()
    (ack,) = read_acks(send(3, 3, previous=b"x" * 32).publications)
    assert (ack.rejects[0].code, ack.contiguous, ack.hash) == (RejectCode.CHAIN, 2, terminal.hashes[1].hex())
    assert stored_seqs() == [1, 2]


def test_it_refuses_a_first_event_that_does_not_start_from_the_terminals_genesis(terminal, send):
    assert send(previous=b"x" * 32).rejected is RejectCode.CHAIN
    assert not Event.objects.exists()


def test_it_never_jumps_over_held_events_that_do_not_link(terminal, send, take, paper_terminal, read_acks):
    terminal.check_in()
    terminal.check_in()
    stray = paper_terminal()
    stray.key = terminal.key
    stray.start()
    stray.check_in("badge:1002.1")
    stray.check_in("badge:1002.1")
    take(stray.batch_topic, stray.batch(3))
    (ack,) = read_acks(send(1, 2).publications)
    assert (ack.contiguous, ack.held) == (2, [(3, 3)])
    assert send(3, 3).rejected is RejectCode.CHAIN
    assert bytes(ForkEvidence.objects.get().raw) == terminal.events[2]
