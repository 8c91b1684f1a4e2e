import pytest

from drivers.id_card.frames import LONGEST_FRAME, Command, Damaged, Reply, ReplyFraming, request
from drivers.simulated.id_card import reply

PREAMBLE = "AAAAAA9669"
# The literal frames of the vendors' texts, in lower and upper case as printed there.
FOUND = bytes.fromhex(PREAMBLE + "000800009F0000000097")
NO_CARD = bytes.fromhex(PREAMBLE + "000400008084")
SELECTED = bytes.fromhex(PREAMBLE + "000C00009000000000000000009C")
REPLIES = [
    (PREAMBLE + "000400009094", 0x90, ""),
    (PREAMBLE + "000400006064", 0x60, ""),
    (FOUND.hex(), 0x9F, "00000000"),
    (NO_CARD.hex(), 0x80, ""),
    (SELECTED.hex(), 0x90, "0000000000000000"),
    (PREAMBLE + "000400008185", 0x81, ""),
    (PREAMBLE + "000400004145", 0x41, ""),
]


def framed(pieces):
    framing = ReplyFraming()
    return [event for piece in pieces for event in framing.feed(piece)]


def statuses(pieces):
    return [event.status if isinstance(event, Reply) else event for event in framed(pieces)]


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (Command.MODULE_STATUS, "000311FFED"),
        (Command.FIND_CARD, "0003200122"),
        (Command.SELECT_CARD, "0003200221"),
        (Command.READ_CARD, "0003300132"),
    ],
)
def test_it_asks_with_the_frames_of_the_vendors_texts(command, frame):
    assert request(command) == bytes.fromhex(PREAMBLE + frame)


@pytest.mark.parametrize(("frame", "status", "data"), REPLIES)
def test_it_reads_the_replies_of_the_vendors_texts(frame, status, data):
    assert framed([bytes.fromhex(frame)]) == [Reply(status, bytearray.fromhex(data))]


def test_it_reads_a_reply_however_its_bytes_arrive(in_pieces):
    for pieces in in_pieces(FOUND + SELECTED):
        assert statuses(pieces) == [0x9F, 0x90]


def test_it_skips_noise_before_and_after_a_reply(in_pieces):
    for pieces in in_pieces(b"\x00\xaa\xaa\x96" + FOUND + b"\xff\xaa\xaa\xaa\xaa\x00" + NO_CARD):
        assert statuses(pieces) == [0x9F, 0x80]


def test_it_finds_the_preamble_after_further_preamble_bytes():
    assert statuses([b"\xaa\xaa" + FOUND]) == [0x9F]


@pytest.mark.parametrize("place", range(7, len(FOUND)))
def test_it_refuses_a_reply_with_a_flipped_bit_and_reads_the_next(place):
    flipped = bytearray(FOUND)
    flipped[place] ^= 0x10
    assert statuses([bytes(flipped) + NO_CARD]) == [Damaged(), 0x80]


@pytest.mark.parametrize("length", [0, 3, LONGEST_FRAME + 1, 0xFFFF])
def test_it_refuses_an_impossible_length_at_once(length):
    frame = bytes.fromhex(PREAMBLE) + length.to_bytes(2, "big")
    assert statuses([frame + NO_CARD]) == [Damaged(), 0x80]


def test_it_takes_the_longest_reply_that_a_length_may_name():
    data = bytes(LONGEST_FRAME - 4)
    assert framed([reply(0x90, data)]) == [Reply(0x90, bytearray(data))]


def test_it_finds_the_reply_that_a_cut_off_one_swallowed():
    cut_off = SELECTED[:12]
    assert statuses([cut_off + NO_CARD + FOUND]) == [Damaged(), 0x80, 0x9F]


def test_it_forgets_a_reply_that_was_begun():
    framing = ReplyFraming()
    framing.feed(SELECTED[:9])
    framing.reset()
    assert [event.status for event in framing.feed(NO_CARD)] == [0x80]


def test_it_keeps_no_more_than_one_frame_of_noise():
    framing = ReplyFraming()
    for _ in range(100):
        framing.feed(bytes(LONGEST_FRAME))
    assert len(framing._buffer) < LONGEST_FRAME


def test_a_reply_can_be_wiped_and_does_not_show_its_data():
    (reply,) = framed([FOUND[:10] + b"\x01\x02\x03\x04" + bytes([0x97 ^ 1 ^ 2 ^ 3 ^ 4])])
    assert reply.data == b"\x01\x02\x03\x04"
    assert "data" not in repr(reply)
    reply.wipe()
    assert reply.data == bytes(4)
