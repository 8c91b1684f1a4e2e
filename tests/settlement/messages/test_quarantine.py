"""What was refused is kept, within bounds."""

import pytest

from foundation.errors import MessageError
from settlement.messages.quarantine import keep
from settlement.models import Quarantine
from settlement.settings import QuarantineSettings

pytestmark = pytest.mark.django_db


def put(payload, terminal="north-gate", now_ms=1, rows=3, size=1000):
    limits = QuarantineSettings(rows=rows, bytes=size)
    error = MessageError("auth", "not_signed", kind="batch", key="a1")
    keep(terminal, "a/topic", payload, error, now_ms, limits)


def kept(terminal="north-gate"):
    return [
        bytes(raw)
        for raw in Quarantine.objects.filter(terminal=terminal).order_by("pk").values_list("raw", flat=True)
    ]


def test_it_keeps_the_bytes_and_the_reason():
    put(b"junk")
    row = Quarantine.objects.get()
    assert (bytes(row.raw), row.reason, row.detail, row.topic) == (
        b"junk",
        "auth",
        "A batch message is not signed by key a1.",
        "a/topic",
    )


def test_it_counts_equal_messages_instead_of_keeping_them_twice():
    for now_ms in (1, 2, 3):
        put(b"junk", now_ms=now_ms)
    row = Quarantine.objects.get()
    assert (row.times, row.first_ms, row.last_ms) == (3, 1, 3)


def test_the_oldest_makes_room_when_there_are_too_many():
    for number in range(5):
        put(b"%d" % number)
    assert kept() == [b"2", b"3", b"4"]


def test_the_oldest_make_room_when_they_are_too_large():
    for letter in (b"a", b"b"):
        put(letter * 400)
    put(b"c" * 500)
    assert kept() == [b"b" * 400, b"c" * 500]


def test_what_is_larger_than_all_the_room_is_cut():
    put(b"a")
    put(b"b" * 5000)
    assert kept() == [b"b" * 1000]


def test_one_terminal_never_crowds_out_another():
    put(b"quiet", terminal="quiet")
    for number in range(5):
        put(b"%d" % number, terminal="noisy")
    assert kept("quiet") == [b"quiet"]


def test_a_topic_with_a_zero_byte_can_be_kept():
    limits = QuarantineSettings()
    keep("", "a\0" * 300, b"x", MessageError("auth", "no_envelope", why="\0" * 999), 1, limits)
    assert Quarantine.objects.get().topic == "a" * 200
