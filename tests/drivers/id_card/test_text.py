import random

import pytest

from drivers.id_card.frames import Reply, ReplyFraming
from drivers.id_card.text import number_from
from drivers.simulated.id_card import card_text, read_reply
from foundation.errors import CredentialError
from foundation.identity_number import check_digit

CITIZEN = "999999199001010016"
OTHER_CITIZEN = "999999200501010026"
PERMIT_2017 = "AUT199001010001"


def read(text):
    (reply,) = ReplyFraming().feed(read_reply(text))
    assert isinstance(reply, Reply)
    return number_from(reply.data).reveal()


@pytest.mark.parametrize(
    ("first_seventeen", "last"), [("11010519491231002", "X"), (CITIZEN[:17], "6"), (OTHER_CITIZEN[:17], "6")]
)
def test_it_knows_the_check_digit_of_the_standard(first_seventeen, last):
    assert check_digit(first_seventeen) == last


def test_its_check_digit_makes_the_sum_of_iso_7064_come_out_at_one():
    numbers = random.Random(7064)
    for _ in range(200):
        first_seventeen = "".join(numbers.choices("0123456789", k=17))
        digits = [*map(int, first_seventeen), "0123456789X".index(check_digit(first_seventeen))]
        assert sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11 == 1


def test_the_reply_to_a_read_has_the_length_of_the_vendors_texts():
    reply = read_reply(card_text(CITIZEN))
    assert len(reply) == 1295
    assert reply[5:14] == bytes.fromhex("0508 000090 0100 0400".replace(" ", ""))


@pytest.mark.parametrize(
    ("number", "flag"),
    [(CITIZEN, " "), ("11010519491231002X", " "), (PERMIT_2017, "I"), (OTHER_CITIZEN, "Y"), (CITIZEN, "J")],
)
def test_it_reads_the_number_of_each_kind_of_card(number, flag):
    assert read(card_text(number, flag=flag)) == number


@pytest.mark.parametrize("flag", ["A", "\0", "\ud83d", "i"])
def test_it_refuses_a_layout_that_it_does_not_know(flag):
    text = bytearray(card_text(CITIZEN))
    text[248:250] = flag.encode("utf-16-le", "surrogatepass")
    with pytest.raises(CredentialError, match="layout"):
        read(bytes(text))


@pytest.mark.parametrize("number", ["999999199001010017", "11010519491231002x"[:17] + "1"])
def test_it_refuses_a_wrong_check_digit(number):
    with pytest.raises(CredentialError, match="check digit"):
        read(card_text(number))


@pytest.mark.parametrize(
    ("number", "flag"),
    [
        ("", " "),
        ("99999919900101001", " "),
        ("11010519491231002x", " "),
        ("９９９９９９199001010016", " "),
        (PERMIT_2017, " "),
        (CITIZEN, "I"),
        ("aut199001010001", "I"),
    ],
)
def test_it_refuses_a_number_that_has_not_its_kinds_shape(number, flag):
    with pytest.raises(CredentialError, match="shape"):
        read(card_text(number, flag=flag))


@pytest.mark.parametrize(
    "data",
    ["", "01", "01000400", "00FF0400" + "20" * 1279, "0100FFFF" + "20" * 1280, "01000400" + "20" * 1281],
)
def test_it_refuses_a_record_that_is_not_whole(data):
    with pytest.raises(CredentialError, match="not whole"):
        number_from(bytearray.fromhex(data))


def test_a_refusal_repeats_nothing_of_the_card():
    with pytest.raises(CredentialError) as caught:
        read(card_text("999999199001010017", name="张三"))
    assert "9999" not in str(caught.value)
    assert "张" not in str(caught.value)
