"""What leaves the log, and what stays for ever."""

import msgspec
import pytest

from foundation.errors import LogError
from sync.contract.events import Assurance, ClockState, ClockTrust, Credential, Method
from sync.line.delivery import Delivery, Verdict
from sync.log import writer as log_module
from sync.log.reader import LogReader
from tests.sync.model_log import ModelLog, ack_of
from tests.sync.samples import NINE_MS, TERMINAL, check_in, open_log
from tests.sync.small_disk import fill


def append(log, count, wall_ms=NINE_MS):
    for volunteer in range(1, count + 1):
        log.append(check_in(volunteer, wall_ms))


def kept(log_file):
    """The kept range of every epoch, after the chain was seen to hold."""
    reader = LogReader(log_file, TERMINAL)
    try:
        list(reader.verify())
        return [(head.oldest, head.head) for head in reader.heads()]
    finally:
        reader.close()


def test_nothing_is_purged_that_the_centre_has_not_archived(log, log_file):
    append(log, 5)
    assert log.purge({}, NINE_MS + 1) == 0
    assert log.purge({log.epoch: 0}, NINE_MS + 1) == 0
    assert kept(log_file) == [(1, 6)]


def test_only_what_is_below_the_archived_event_is_purged(log, log_file):
    append(log, 5)
    assert log.purge({log.epoch: 4}, NINE_MS + 1) == 3
    assert kept(log_file) == [(4, 6)]


def test_the_head_stays_though_everything_is_archived(log, log_file):
    append(log, 5)
    log.purge({log.epoch: 6}, NINE_MS + 1)
    assert kept(log_file) == [(6, 6)]
    assert log.append(check_in()).seq == 7
    assert kept(log_file) == [(6, 7)]


def test_what_is_young_stays_though_it_is_archived(log, log_file):
    append(log, 3, NINE_MS)
    append(log, 3, NINE_MS + 1)
    assert log.purge({log.epoch: 7}, NINE_MS + 1) == 4
    assert kept(log_file) == [(5, 7)]


def test_a_wrong_date_in_the_middle_leaves_no_gap(log, log_file):
    append(log, 2, NINE_MS)
    append(log, 2, 0)
    append(log, 2, NINE_MS)
    append(log, 2, NINE_MS + 1)
    assert log.purge({log.epoch: 9}, NINE_MS + 1) == 7
    assert kept(log_file) == [(8, 9)]


def test_a_date_that_no_trusted_clock_gave_proves_no_age(log, log_file):
    append(log, 3, NINE_MS + 1)
    unset = msgspec.structs.replace(check_in(1, 0), clock=ClockTrust(ClockState.UNSET))
    for _ in range(3):
        log.append(unset)
    assert log.purge({log.epoch: 7}, NINE_MS + 1) == 1  # the epoch's start alone
    assert kept(log_file) == [(2, 7)]


def test_a_purge_reads_no_more_than_it_must(log):
    steps = log._connection.execute(f"EXPLAIN QUERY PLAN {log_module._PURGE}", (1, 1, 1)).fetchall()
    plan = [step for *_, step in steps]
    assert not [step for step in plan if "TEMP B-TREE" in step or step == "SCAN event"], plan


def test_an_archived_place_beyond_the_log_is_not_believed(log, log_file):
    append(log, 3)
    assert log.purge({log.epoch: 5, "00" * 16: 9}, NINE_MS + 1) == 0
    assert kept(log_file) == [(1, 4)]


def test_what_was_archived_stays_archived_when_the_centre_says_less(log, log_file):
    append(log, 5)
    log.purge({log.epoch: 3}, NINE_MS + 1)
    assert log.purge({log.epoch: 1}, NINE_MS + 1) == 0
    assert kept(log_file) == [(3, 6)]


def test_what_a_card_signed_stays_used_when_its_event_is_purged(log, log_file):
    signed = Credential(Method.CARD, "keyed:a", Assurance.HIGH, 7)
    log.append(msgspec.structs.replace(check_in(), credential=signed))
    append(log, 3)
    assert log.purge({log.epoch: 4}, NINE_MS + 1) == 3
    assert log.highest_tap("keyed:a") == 7


def test_it_deletes_a_little_at_a_time(log, log_file, monkeypatch):
    monkeypatch.setattr(log_module, "PURGED_AT_ONCE", 2)
    append(log, 5)
    assert [log.purge({log.epoch: 6}, NINE_MS + 1) for _ in range(4)] == [2, 2, 1, 0]
    assert kept(log_file) == [(6, 6)]


def test_a_purged_log_opens_again_and_names_the_epoch_before(log_file):
    first = open_log(log_file)
    append(first, 5)
    first.purge({first.epoch: 6}, NINE_MS + 1)
    first.close()
    second = open_log(log_file)
    second.purge({first.epoch: 6, second.epoch: 1}, NINE_MS + 1)
    second.close()
    assert kept(log_file) == [(6, 6), (1, 1)]


def test_what_a_purge_left_is_still_delivered(log, log_file):
    append(log, 9)
    log.purge({log.epoch: 4}, NINE_MS + 1)
    reader = LogReader(log_file, TERMINAL)
    delivery = Delivery(reader)
    delivery.on_connected()
    ack = ack_of(ModelLog(4), 0, 4)
    at_four = reader.hash_at(log.epoch, 4).hex()
    told = delivery.on_ack(msgspec.structs.replace(ack, epoch=log.epoch, hash=at_four), 0)
    stretch = delivery.next_stretch(0)
    reader.close()
    assert told is Verdict.ADVANCED
    assert (stretch.first, stretch.last) == (5, 10)


def test_a_purge_that_the_disk_refuses_deletes_nothing(disk):
    log = open_log(disk / "log.db")
    append(log, 60)
    filler = fill(disk, leave_bytes=0)
    with pytest.raises(LogError, match="Not recorded"):
        log.purge({log.epoch: 60}, NINE_MS + 1)
    assert kept(disk / "log.db") == [(1, 61)]
    filler.unlink()
    assert log.purge({log.epoch: 60}, NINE_MS + 1) == 59
    log.close()


@pytest.fixture
def purged(log, log_file):
    """Delivery of a log that holds 4 to 9, after a centre that was restored to 2 answered; what it said."""
    append(log, 8)
    reader = LogReader(log_file, TERMINAL)
    restored = msgspec.structs.replace(ack_of(ModelLog(), 0, 0), epoch=log.epoch, contiguous=2)
    restored = msgspec.structs.replace(restored, hash=reader.hash_at(log.epoch, 2).hex())
    log.purge({log.epoch: 4}, NINE_MS + 1)
    delivery = Delivery(reader)
    delivery.on_connected()
    yield delivery, restored
    reader.close()


def test_a_centre_restored_to_before_what_was_purged_gets_at_once_what_is_left(purged, log):
    delivery, restored = purged
    assert delivery.on_ack(restored, 0) is Verdict.ADVANCED
    assert delivery.trouble is None
    assert (delivery.unsent(), delivery.next_stretch(1).first) == (6, 4)
    above = msgspec.structs.replace(restored, held=[(4, 9)])
    assert delivery.on_ack(above, 2) is Verdict.REPEATED
    assert (delivery.unsent(), delivery.next_stretch(3)) == (0, None)
    log.append(check_in())
    assert delivery.next_stretch(4).first == 10


def test_the_range_that_only_the_archive_holds_is_named_until_the_centre_has_it(purged, log):
    delivery, restored = purged
    assert delivery.concerns == []
    delivery.on_ack(msgspec.structs.replace(restored, held=[(4, 9)]), 0)
    (named,) = delivery.concerns
    assert (named.code, named.arguments) == ("needs_archive", {"count": 1, "first": 3})
    whole = msgspec.structs.replace(restored, contiguous=9, hash=delivery.log.hash_at(log.epoch, 9).hex())
    delivery.on_ack(whole, 1)
    assert delivery.concerns == []


def test_an_empty_centre_gets_what_is_left_and_the_rest_is_named(purged, log):
    delivery, restored = purged
    empty = msgspec.structs.replace(restored, contiguous=0, hash=delivery.log.hash_at(log.epoch, 0).hex())
    assert delivery.on_ack(empty, 0) is Verdict.REPEATED
    assert delivery.next_stretch(1).first == 4
    (named,) = delivery.concerns
    assert named.arguments == {"count": 3, "first": 1}


def test_beyond_what_the_log_ever_held_the_centre_is_not_believed(purged, log):
    delivery, restored = purged
    assert delivery.on_ack(msgspec.structs.replace(restored, contiguous=10), 0) is Verdict.NOT_OURS


def test_a_restored_centre_is_greeted_at_once_and_only_once(purged):
    delivery, restored = purged
    assert delivery.hello_due(0)
    delivery.on_ack(restored, 0)
    assert not delivery.hello_due(1)
    delivery.on_ack(msgspec.structs.replace(restored, generation=2), 2)
    assert delivery.hello_due(3)
    delivery.on_ack(msgspec.structs.replace(restored, generation=2), 4)
    delivery.on_ack(restored, 5)
    assert not delivery.hello_due(6)
