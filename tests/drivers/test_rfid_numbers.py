"""One tag has one number, whatever form a reader gives it in."""

import pytest

from drivers.rfid_numbers import NumberFormat, facility_and_code, forms_of, number_in
from sync.contract.pseudonym import Subject, keyed_reference

KEY = bytes(range(32))
TAG = "0B007755A2"  # printed on it: 0007820706 119,21922
REF = keyed_reference(KEY, Subject.TAG, TAG)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("10H", "0B007755A2"),
        ("10H", "0b007755a2"),
        ("8H", "007755A2"),
        ("13D", "0047252460962"),
        ("10D", "0007820706"),
        ("10D", "7820706"),
        ("8H10D", "0007820706"),
        ("8D", "07820706"),
        ("W26", "119,21922"),
        ("W26", "11921922"),
        ("W26", "119:21922"),
    ],
)
def test_every_form_of_a_tag_is_the_same_tag(form, text):
    number = number_in(text, NumberFormat(form))
    assert keyed_reference(KEY, Subject.TAG, number.digits) == REF


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("10H", "A25577000B"),
        ("8H", "A2557700"),
        ("10D", "2723510016"),
        ("13D", "0697218564107"),
        ("8D", "10638711"),
    ],
)
def test_a_reader_that_turns_the_bytes_round_gives_the_same_tag(form, text):
    number = number_in(text, NumberFormat(form), turned=True)
    assert keyed_reference(KEY, Subject.TAG, number.digits) == REF


@pytest.mark.parametrize(
    ("form", "text", "turned", "uid"),
    [
        ("uid", "04a1b2c3d4e5f6", False, "04A1B2C3D4E5F6"),
        ("uid", "C3B2A114", True, "14A1B2C3"),
        ("uid-10D", "0346141379", False, "14A1B2C3"),
        ("uid-10D", "3283263764", True, "14A1B2C3"),
    ],
)
def test_a_reader_that_types_gives_the_number_of_a_card_as_one_on_pcsc(form, text, turned, uid):
    number = number_in(text, NumberFormat(form), turned=turned)
    assert (number.presented, number.digits) == ("card_uid", uid)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("10H", "0B007755A"),
        ("10H", "0B007755AG"),
        ("10D", "4294967296"),  # five bytes
        ("10D", "00007820706"),
        ("10D", "778"),
        ("10D", "٠٠٠٧٨٢٠٧٠٦"),  # no reader types these
        ("W26", "256,21922"),
        ("W26", "119,65536"),
        ("W26", "1192192"),
        ("uid", "14A1B2"),
        ("code", "0007820706"),
    ],
)
def test_what_is_not_of_the_form_is_no_number(form, text):
    assert number_in(text, NumberFormat(form)) is None


def test_a_pair_holds_three_bytes():
    assert facility_and_code("119,21922") == 7820706
    assert facility_and_code("255/65535") == (1 << 24) - 1


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("0007820706", {"10D", "10H", "uid-10D"}),
        ("0B007755A2", {"10H"}),
        ("119,21922", {"W26"}),
        ("LIB-00412", set()),
        ("", set()),
    ],
)
def test_the_forms_that_a_text_may_have_are_found(text, forms):
    assert {form.value for form, _, _ in forms_of(text)} == forms
