import pytest
from gsmmodem.pdu import packSeptets, unpackSeptets
from smspdudecoder.codecs import GSM

from drivers.modem import gsm_alphabet

EVERY_CHARACTER = "".join(gsm_alphabet._SEPTETS)


def septets(text):
    return [septet for character in text for septet in gsm_alphabet.septets_of(character)]


def test_it_has_the_standards_137_characters():
    assert len(set(EVERY_CHARACTER)) == 127 + 10


@pytest.mark.parametrize("character", EVERY_CHARACTER)
def test_it_agrees_with_another_implementation_on_every_character(character):
    theirs = GSM.decode(gsm_alphabet.pack(septets(character)).hex(), strip_padding=character != "@")
    assert gsm_alphabet.text_of(septets(character)) == character == theirs


@pytest.mark.parametrize(
    "text", ["", "A", "hellohello", "1234567", "12345678", "€{}[]~|^\\", EVERY_CHARACTER]
)
def test_it_packs_as_another_implementation_does(text):
    packed = gsm_alphabet.pack(septets(text))
    assert packed == bytes(packSeptets(bytearray(septets(text))))
    assert list(unpackSeptets(bytearray(packed), len(septets(text)))) == septets(text)


def test_it_packs_the_example_that_everybody_quotes():
    assert gsm_alphabet.pack(septets("hellohello")).hex() == "e8329bfd4697d9ec37"


@pytest.mark.parametrize("fill_bits", range(7))
def test_it_unpacks_what_it_packed_after_any_fill(fill_bits):
    packed = gsm_alphabet.pack(septets(EVERY_CHARACTER), fill_bits=fill_bits)
    count = len(septets(EVERY_CHARACTER))
    assert gsm_alphabet.text_of(gsm_alphabet.unpack(packed, count, fill_bits=fill_bits)) == EVERY_CHARACTER


def test_it_unpacks_no_more_than_there_is():
    assert gsm_alphabet.unpack(b"\xff", 100) == [0x7F]
    assert gsm_alphabet.unpack(b"", 100) == []


def test_it_spells_an_unknown_extension_as_the_character_without_escape():
    assert gsm_alphabet.text_of([0x1B, 0x41, 0x1B, 0x1B, 0x1B]) == "A "


@pytest.mark.parametrize(("text", "can"), [("ABC €5", True), ("签到", False), ("`", False), ("\x1b", False)])
def test_it_knows_what_it_can_spell(text, can):
    assert gsm_alphabet.can_spell(text) is can
