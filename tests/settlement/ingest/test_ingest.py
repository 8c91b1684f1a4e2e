"""What arrives whole is stored once, however often and in whatever order it comes, and acknowledged."""

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from settlement.evidence import store as evidence
from settlement.models import Chain, Event, Unsettled

pytestmark = pytest.mark.django_db


def stored_seqs():
    return list(Event.objects.order_by("seq").values_list("seq", flat=True))


def test_it_stores_every_byte_and_acknowledges_the_cursor(terminal, send, read_acks, mei, fair, noon_ms):
    terminal.check_in()
    (ack,) = read_acks(send().publications)
    assert (ack.epoch, ack.contiguous, ack.hash) == (terminal.epoch, 2, terminal.hashes[-1].hex())
    assert (ack.rejects, ack.held, ack.server_ms) == ([], [], noon_ms + 60_000)
    assert [
        bytes(raw) for raw in Event.objects.order_by("seq").values_list("raw", flat=True)
    ] == terminal.events
    event = Event.objects.get(seq=2)
    assert (event.kind, event.volunteer, event.status) == ("check_in", mei, "stored")
    assert Unsettled.objects.get().volunteer == mei


def test_it_answers_on_the_terminals_own_topic_and_echoes_when_it_was_sent(terminal, send, read_acks):
    (publication,) = send().publications
    assert publication.topic == "muster/1/down/north-gate/ack"
    (ack,) = read_acks([publication])
    assert (ack.echo_boot, ack.echo_mono_ms, ack.store, ack.generation) == (
        terminal.boot,
        3_700_000,
        "a" * 32,
        1,
    )


def test_it_stores_a_batch_delivered_twice_once(terminal, send, read_acks, mei, fair):
    terminal.check_in()
    first = read_acks(send().publications)
    mark = Unsettled.objects.get().mark
    assert read_acks(send().publications) == first
    assert stored_seqs() == [1, 2]
    assert Unsettled.objects.get().mark == mark, "a duplicate is no new evidence"


def test_it_holds_what_arrives_above_a_gap_and_jumps_when_the_gap_is_filled(terminal, send, read_acks):
    for _ in range(8):
        terminal.check_in()
    assert read_acks(send(1, 2).publications)[0].contiguous == 2
    assert read_acks(send(5, 6).publications)[0].held == [(5, 6)]
    (ack,) = read_acks(send(8, 9).publications)
    assert (ack.contiguous, ack.held) == (2, [(5, 6), (8, 9)])
    assert ack.hash == terminal.hashes[1].hex()
    (ack,) = read_acks(send(3, 4).publications)
    assert (ack.contiguous, ack.held) == (6, [(8, 9)])
    assert ack.hash == terminal.hashes[5].hex()
    (ack,) = read_acks(send(6, 8).publications)
    assert (ack.contiguous, ack.held, ack.hash) == (9, [], terminal.hashes[8].hex())
    assert stored_seqs() == list(range(1, 10))


def test_a_gap_that_is_only_partly_filled_is_no_contradiction(terminal, send, read_acks):
    for _ in range(5):
        terminal.check_in()
    send(1, 1)
    send(5, 6)
    with capture_logs() as logs:
        (ack,) = read_acks(send(2, 3).publications)
    assert (ack.contiguous, ack.held) == (3, [(5, 6)])
    assert logs == []


@pytest.mark.parametrize("order", [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 2, 3, 1, 0]])
def test_it_ends_the_same_in_whatever_order_batches_arrive(order, terminal, send, read_acks):
    for _ in range(7):
        terminal.check_in()
    stretches = [(1, 2), (3, 4), (5, 6), (7, 8)]
    for place in order:
        answer = send(*stretches[place])
    (ack,) = read_acks(answer.publications)
    assert (ack.contiguous, ack.hash, ack.held) == (8, terminal.hashes[-1].hex(), [])


def test_it_keeps_epochs_of_one_terminal_apart(terminal, take, paper_terminal, read_acks):
    later = paper_terminal(epoch="f" * 32)
    later.key = terminal.key
    later.start()
    take(terminal.batch_topic, terminal.batch())
    (ack,) = read_acks(take(later.batch_topic, later.batch()).publications)
    assert (ack.epoch, ack.contiguous) == ("f" * 32, 1)
    assert Chain.objects.count() == 2


def test_our_own_error_is_tried_three_times_and_then_stored_raw(
    terminal, send, read_acks, monkeypatch, mei, fair
):
    tries = []

    def fail(encoded, *_):
        tries.append(encoded)
        raise ZeroDivisionError

    monkeypatch.setattr(evidence, "judge", fail)
    terminal.check_in()
    (ack,) = read_acks(send().publications)
    assert len(tries) == 3
    assert (ack.contiguous, ack.rejects) == (2, [])
    found = Event.objects.order_by("seq").values_list("raw", "status", "review_reason")
    assert [(bytes(raw), status, reason) for raw, status, reason in found] == [
        (encoded, "needs_review", "own_error") for encoded in terminal.events
    ]


def test_an_error_that_passes_leaves_no_trace(terminal, send, read_acks, monkeypatch):
    tries = []
    judge = evidence.judge

    def fail_once(*arguments):
        tries.append(arguments)
        if len(tries) == 1:
            raise ZeroDivisionError
        return judge(*arguments)

    monkeypatch.setattr(evidence, "judge", fail_once)
    send()
    assert Event.objects.get().status == "stored"


def test_a_database_that_is_away_is_no_error_of_ours(terminal, send, monkeypatch):
    tries = []

    def away(*_, **__):
        tries.append(1)
        raise OperationalError("the disk is full")

    monkeypatch.setattr(evidence, "mark_unsettled", away)
    with pytest.raises(OperationalError):
        send()
    assert len(tries) == 1, "whoever called decides when to try again"
    assert not Event.objects.exists()
