import pytest

from drivers.contactless.ndef import web_address

URI = b"\x04volunteers.example/tap?a=1"
SHORT = b"\xd1\x01" + bytes([len(URI)]) + b"U" + URI
ADDRESS = "https://volunteers.example/tap?a=1"
TEXT = b"\x91\x01\x05T\x02enHi"


def test_it_finds_the_address_of_a_short_record():
    assert web_address(SHORT) == ADDRESS


def test_it_finds_the_address_of_a_record_with_a_long_length():
    assert web_address(b"\xc1\x01" + len(URI).to_bytes(4) + b"U" + URI) == ADDRESS


def test_it_finds_the_address_of_a_record_with_an_id():
    assert web_address(b"\xd9\x01" + bytes([len(URI), 3]) + b"Uabc" + URI) == ADDRESS


def test_it_finds_the_address_behind_another_record():
    assert web_address(TEXT + b"\x51" + SHORT[1:]) == ADDRESS


def test_it_looks_no_further_than_the_last_record():
    assert web_address(b"\xd1" + TEXT[1:] + SHORT) == ""


@pytest.mark.parametrize("beginning", ["", "http://www.", "https://www.", "http://", "https://"])
def test_it_spells_out_how_the_address_begins(beginning):
    place = ["", "http://www.", "https://www.", "http://", "https://"].index(beginning)
    assert web_address(b"\xd1\x01\x04U" + bytes([place]) + b"a.b") == f"{beginning}a.b"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xd1",
        b"\xd1\x01",
        b"\xd1\x01\x00U",
        b"\xd1\x01\x04U\x05a.b",  # tel: and what else has a number begins no web address
        b"\xd2" + SHORT[1:],  # a MIME type called U
        b"\xc1\x01\xff\xff\xff\xffU\x04a.b",
        b"\xd9\x01\x04",
        *(SHORT[:end] for end in range(len(SHORT))),
    ],
)
def test_it_finds_none_in_what_is_cut_or_something_else(message):
    assert web_address(message) == ""


def test_it_lives_through_an_address_that_is_no_text():
    assert web_address(b"\xd1\x01\x03U\x04\xff\xfe").startswith("https://")
