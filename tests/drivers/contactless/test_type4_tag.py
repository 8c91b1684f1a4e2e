import pytest

from drivers.contactless.ndef import web_address
from drivers.contactless.type4_tag import READ_BINARY, SELECT_APPLICATION, SELECT_NDEF_FILE, read_ndef
from drivers.simulated.ntag424 import card_showing

SHORT_ADDRESS = "https://volunteers.example/tap"
LONG_ADDRESS = SHORT_ADDRESS + "?" + "a" * 200


@pytest.mark.parametrize("address", [SHORT_ADDRESS, LONG_ADDRESS])
def test_it_reads_the_whole_message(address):
    assert web_address(read_ndef(card_showing("04A2B3C4D5E680", address))) == address


def refusing(command, status):
    """A card that answers one command with that status and nothing else."""
    card = card_showing("04A2B3C4D5E680", LONG_ADDRESS)
    return lambda asked: bytes.fromhex(status) if asked.startswith(command) else card(asked)


@pytest.mark.parametrize(
    "command", [SELECT_APPLICATION, SELECT_NDEF_FILE, READ_BINARY, READ_BINARY + b"\0\x82"]
)
@pytest.mark.parametrize("status", ["6A82", "6700", "6982", "6D00", "", "90", "AA"])
def test_it_reads_nothing_where_the_card_refuses(command, status):
    assert read_ndef(refusing(command, status)) == b""


def test_it_ends_where_the_card_gives_nothing_more():
    assert read_ndef(refusing(READ_BINARY + b"\0\x82", "9000")) == b""


def test_it_asks_again_for_what_a_short_response_left_out():
    card = card_showing("04A2B3C4D5E680", LONG_ADDRESS)

    def stingy(command):
        return card(command[:4] + bytes([min(command[4], 7)]) if command.startswith(READ_BINARY) else command)

    assert web_address(read_ndef(stingy)) == LONG_ADDRESS


@pytest.mark.parametrize("length", [0, 255, 256, 0xFFFF])
def test_it_reads_nothing_of_a_length_that_does_not_fit(length):
    asked = []

    def card(command):
        asked.append(command)
        return length.to_bytes(2) + b"\x90\x00" if command.startswith(READ_BINARY) else b"\x90\x00"

    assert read_ndef(card) == b""
    assert len(asked) == 3


def test_it_takes_no_more_than_it_asked_for():
    card = card_showing("04A2B3C4D5E680", SHORT_ADDRESS)
    assert read_ndef(lambda command: card(command)[:-2] + bytes(command[3]) + b"\x90\x00") == b""
