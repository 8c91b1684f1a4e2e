import random

from drivers.modem.inbox import MOST_MESSAGES, StoredPdu, StoreWatch, look_into
from drivers.simulated.modem import received_pdus

ALICE, BOB = "+8613912345678", "+8613800000000"
LONG = "编号4711签到" * 30
OTHER_LONG = "编号9999签退" * 30
SENT_MS = 1_795_300_000_000


def stored(*pdus, first_slot=1):
    return [StoredPdu(slot, pdu) for slot, pdu in enumerate(pdus, start=first_slot)]


def sms(text, sender=ALICE, sent_ms=SENT_MS, reference=1):
    return received_pdus(sender, text, sent_ms=sent_ms, reference=reference)


def texts(inbox):
    return [(whole.sender.dialled(), whole.text.reveal()) for whole in inbox.whole]


def test_it_joins_the_parts_of_a_text_in_any_order():
    for seed in range(20):
        messages = stored(*sms(LONG))
        random.Random(seed).shuffle(messages)
        inbox = look_into(messages)
        assert texts(inbox) == [(ALICE, LONG)]
        assert sorted(inbox.whole[0].slots) == [1, 2, 3, 4]
        assert inbox.stuck == frozenset()


def test_it_keeps_texts_of_different_senders_apart_that_use_one_reference():
    mixed = [pdu for pair in zip(sms(LONG), sms(OTHER_LONG, sender=BOB), strict=True) for pdu in pair]
    assert sorted(texts(look_into(stored(*mixed)))) == sorted([(ALICE, LONG), (BOB, OTHER_LONG)])


def test_it_keeps_two_texts_of_one_sender_apart_that_use_one_reference():
    later = sms(OTHER_LONG, sent_ms=SENT_MS + 1000)
    assert texts(look_into(stored(*sms(LONG), *later))) == [(ALICE, LONG), (ALICE, OTHER_LONG)]


def test_it_joins_no_parts_of_different_senders():
    two_parts = "IN 4711 " * 30
    inbox = look_into(stored(sms(two_parts)[0], sms(two_parts, sender=BOB)[1]))
    assert (inbox.whole, inbox.stuck) == ((), {1, 2})


DAY_MS = 86_400_000


def test_a_part_that_was_left_from_yesterday_is_not_of_todays_text():
    left, today = sms(OTHER_LONG)[0], sms(LONG, sent_ms=SENT_MS + DAY_MS)
    inbox = look_into(stored(left, *today))
    assert (texts(inbox), inbox.stuck) == ([(ALICE, LONG)], {1})


def test_a_part_of_yesterday_is_not_taken_for_one_that_is_missing_today():
    left, (_, *today) = sms(OTHER_LONG)[0], sms(LONG, sent_ms=SENT_MS + DAY_MS)
    inbox = look_into(stored(left, *today))
    assert (inbox.whole, inbox.stuck) == ((), {1, 2, 3, 4})


def test_a_part_belongs_to_the_text_that_was_sent_with_it():
    left, again = sms(OTHER_LONG)[0], sms(LONG, sent_ms=SENT_MS + 300_000)
    inbox = look_into(stored(left, *again))
    assert (texts(inbox), inbox.stuck) == ([(ALICE, LONG)], {1})


def test_an_older_part_takes_none_of_a_text_whose_parts_came_in_another_order():
    """The network may stamp the second part before the first, and both fit the older one."""
    left = sms(OTHER_LONG)[0]
    first, *rest = sms(LONG, sent_ms=SENT_MS + 300_000)
    first = sms(LONG, sent_ms=SENT_MS + 302_000)[0]
    assert texts(look_into(stored(left, *rest, first))) == [(ALICE, LONG)]
    last = sms(OTHER_LONG)[1]
    assert texts(look_into(stored(last, first, *rest))) == [(ALICE, LONG)]


def test_parts_that_came_over_some_minutes_are_one_text():
    parts = [sms(LONG, sent_ms=SENT_MS + n * 60_000)[n] for n in range(4)]
    assert texts(look_into(stored(*parts))) == [(ALICE, LONG)]


def test_it_joins_no_short_text_to_a_long_one():
    first, *rest = sms(LONG)
    assert texts(look_into(stored(first, *sms("IN"), *rest))) == [(ALICE, LONG), (ALICE, "IN")]


def test_it_waits_for_a_missing_part():
    first, _, *rest = sms(LONG)
    inbox = look_into(stored(first, *rest))
    assert inbox.whole == ()
    assert inbox.stuck == {1, 2, 3}
    assert inbox.undecodable == frozenset()


def test_it_frees_a_part_that_came_twice_with_its_text():
    inbox = look_into(stored(*sms(LONG), sms(LONG)[2]))
    assert texts(inbox) == [(ALICE, LONG)]
    assert sorted(inbox.whole[0].slots) == [1, 2, 3, 4, 5]


def test_it_mends_a_character_that_was_cut_in_two():
    whole = "🙂".encode("utf-16-be").hex().upper()
    header = "0500037A020"
    frame = "0891683108100005F0440D91683119325476F8000862112240030023" + "08"
    inbox = look_into(stored(f"{frame}{header}1{whole[:4]}", f"{frame}{header}2{whole[4:]}"))
    assert texts(inbox) == [(ALICE, "🙂")]


def test_it_replaces_half_a_character():
    frame = "0891683108100005F0040D91683119325476F8000862112240030023" + "02"
    assert texts(look_into(stored(frame + "D83D"))) == [(ALICE, "�")]


def test_it_tells_texts_in_the_order_in_which_they_were_sent():
    inbox = look_into(stored(*sms("later", sent_ms=SENT_MS + 5000), *sms("sooner")))
    assert [text for _, text in texts(inbox)] == ["sooner", "later"]


def test_it_sets_aside_what_is_no_text_message():
    inbox = look_into(stored("0606", *sms("IN"), "00"))
    assert texts(inbox) == [(ALICE, "IN")]
    assert inbox.undecodable == inbox.stuck == {1, 3}


def test_it_takes_in_a_bounded_number_of_messages():
    inbox = look_into(stored(*sms("IN") * (MOST_MESSAGES + 7)))
    assert len(inbox.whole) == MOST_MESSAGES


def test_what_is_stored_does_not_show_in_a_log():
    shown = repr([stored("0891683108"), look_into(stored(*sms("IN 4711")))])
    assert "0891683108" not in shown
    assert "4711" not in shown


def test_the_watch_tells_new_messages_from_those_that_were_there():
    watch = StoreWatch()
    assert watch.note(stored("AA", "BB"), 0) == {1, 2}
    assert watch.note(stored("AA", "CC"), 5) == {2}


def test_the_watch_remembers_what_was_delivered_until_the_store_frees_it():
    watch = StoreWatch()
    watch.note(stored("AA", "BB"), 0)
    watch.mark_delivered([1])
    assert watch.was_delivered([1])
    assert not watch.was_delivered([1, 2])
    watch.note(stored("BB"), 5)
    watch.note(stored("AA"), 9)
    assert not watch.was_delivered([1])


def test_the_watch_knows_another_message_in_the_same_slot():
    watch = StoreWatch()
    watch.note(stored("AA"), 0)
    watch.mark_delivered([1])
    watch.note(stored("BB"), 1)
    assert not watch.was_delivered([1])


def test_the_watch_gives_up_messages_that_were_stuck_for_ten_minutes():
    watch = StoreWatch()
    watch.note(stored("AA"), 0)
    watch.note(stored("AA", "BB"), 1)
    assert watch.stuck_for_long([1, 2], 599_999) == ()
    assert watch.stuck_for_long([1, 2], 600_000) == (1,)
    assert watch.stuck_for_long([1, 2, 3], 600_001) == (1, 2)
