"""Every row of the table "Receive first, judge later", and what the network may do to a batch."""

import base64
import json
import zlib

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from settlement.evidence import store as evidence
from settlement.ingest.ingest import ingest
from settlement.models import (
    Chain,
    Credential,
    Event,
    ForkEvidence,
    Quarantine,
    Terminal,
    Unsettled,
    Volunteer,
)
from sync.contract import wire
from sync.contract.events import ClockAnchor, ClockState, ClockTrust, Manual, Refused
from sync.contract.signing import SigningKey
from sync.contract.wire import RejectCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(centre, noon_ms):
    def _take(topic, payload, received_ms=noon_ms + 60_000):
        return ingest(topic, payload, received_ms, centre=centre)

    return _take


@pytest.fixture
def send(take, terminal):
    """Sends a stretch of the terminal's log."""

    def _send(first=1, last=None, **changes):
        return take(terminal.batch_topic, terminal.batch(first, last, **changes))

    return _send


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


# Refused: nothing is stored, the cursor stays.


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


# Contradictions: both are kept, the first stays, the cursor stays.


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


# Not understood: stored and acknowledged all the same, a person looks at it.


def an_unknown_kind(terminal):
    return terminal.write(json.dumps({"kind": "teleport", "terminal": terminal.name, "boot": terminal.boot,
                                      "mono_ms": 5, "wall_ms": 6}).encode())  # fmt: skip


def nested_a_thousand_levels_deep(terminal):
    return terminal.write(b'{"kind": "x", "new": ' + b"[" * 5000 + b"]" * 5000 + b"}")


def no_json(terminal):
    return terminal.write(b"\xff\x00 no json")


def an_unknown_volunteer(terminal):
    return terminal.check_in("badge:4711.1")


def an_unknown_card(terminal):
    return terminal.check_in("keyed:" + "a" * 32)


def an_unknown_activity(terminal):
    return terminal.check_in(activity="gone")


def the_year_1970(terminal):
    return terminal.check_in(wall_ms=1000)


def two_days_ahead(terminal):
    return terminal.check_in(wall_ms=1_772_856_000_000 + 2 * 86_400_000)


def another_place(terminal):
    return terminal.write(terminal.events[0])


@pytest.mark.parametrize(
    ("strange", "reason"),
    [
        (an_unknown_kind, "unknown_kind"),
        (nested_a_thousand_levels_deep, "unknown_kind"),
        (no_json, "unknown_kind"),
        (an_unknown_volunteer, "unknown_volunteer"),
        (an_unknown_card, "unknown_volunteer"),
        (an_unknown_activity, "unknown_activity"),
        (the_year_1970, "absurd_time"),
        (two_days_ahead, "absurd_time"),
        (another_place, "misplaced"),
    ],
)
def test_it_stores_what_it_does_not_understand_for_review(
    strange, reason, terminal, send, read_acks, mei, fair
):
    seq = strange(terminal)
    terminal.check_in()
    (ack,) = read_acks(send().publications)
    assert (ack.contiguous, ack.rejects) == (3, [])
    event = Event.objects.get(seq=seq)
    assert (event.status, event.review_reason) == ("needs_review", reason)
    assert bytes(event.raw) == terminal.events[seq - 1]
    assert Event.objects.get(seq=3).status == "stored"


def test_a_badge_that_was_entered_for_somebody_else_is_theirs(terminal, send, mei, fair):
    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    Credential.objects.create(ref="badge:1001.9", volunteer=wei, method="badge", assurance="medium")
    terminal.check_in("badge:1001.9")
    terminal.check_in("badge:1001.1")
    send()
    assert [event.volunteer for event in Event.objects.order_by("seq")] == [None, wei, mei]


def test_it_does_not_call_a_time_absurd_that_its_terminal_does_not_believe(terminal, send, mei, fair):
    terminal.check_in(wall_ms=1000, clock=ClockTrust(ClockState.UNSET))
    send()
    event = Event.objects.get(seq=2)
    assert (event.status, event.clock_doubtful, event.volunteer) == ("stored", True, mei)


def test_it_stores_refusals_and_manual_entries(terminal, send, mei, fair, noon_ms):
    terminal.log(Refused, reason="unreadable")
    manual = {"activity": "fair", "direction": "in", "at_ms": noon_ms, "reason": "card forgotten",
              "entered_by": "s1", "confirmed_by": "s2"}  # fmt: skip
    terminal.log(Manual, volunteer="1001", **manual)
    terminal.log(Manual, volunteer="nobody", **manual)
    send()
    found = list(Event.objects.order_by("seq").values_list("kind", "volunteer", "review_reason"))
    assert found[1:] == [("refused", None, ""), ("manual", 1001, ""), ("manual", None, "unknown_volunteer")]


def test_a_new_anchor_settles_those_anew_whose_clock_was_doubtful(terminal, send, mei, fair, noon_ms):
    terminal.check_in(wall_ms=1000, clock=ClockTrust(ClockState.UNSET))
    send()
    Unsettled.objects.all().delete()
    terminal.log(ClockAnchor, true_ms=noon_ms, error_ms=20, source="ack")
    send(3, 3)
    assert Unsettled.objects.get().volunteer == mei


# Our own faults.


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
