"""A reader gives numbers of tags and cards in another form than it is set to: staff are told what to set."""

import pytest

from drivers.reading import Presented
from foundation.words import Words
from kiosk.credentials.identify import identify
from kiosk.setup.scan import describe
from tests.kiosk.samples import PSEUDONYM_KEY, index_of, reading

ENGLISH = Words("en")
TAG = "0A00ABCDEF"  # of the sample roster


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0011259375", 'format = "10D" and reversed = false'),
        ("11259375", 'format = "10D" and reversed = false'),  # zeros in front are left out
        ("77771716", 'format = "uid-10D" and reversed = false'),
        ("4023233280", 'format = "10D" and reversed = true'),
        ("171,52719", 'format = "W26" and reversed = false'),
        ("0a00abcdef", 'format = "10H" and reversed = false'),
        ("EFCDAB000A", 'format = "10H" and reversed = true'),
    ],
)
def test_a_tag_of_the_roster_in_another_form_is_told_and_lets_nobody_in(text, told):
    shown = identify(reading(text), index_of(), PSEUDONYM_KEY)
    assert (shown.volunteer, shown.reason) == (None, "unknown_credential")
    assert told in ENGLISH.trouble(shown.misread)
    said = describe(reading(text), index_of(), ENGLISH, PSEUDONYM_KEY)
    assert told in said
    assert text not in said


def test_a_serial_reader_that_turns_the_bytes_round_is_told():
    shown = identify(reading("EFCDAB00", Presented.TAG), index_of(), PSEUDONYM_KEY)
    assert (shown.volunteer, shown.misread.code) == (None, "reader_reversed")


def test_the_tag_itself_is_known_by_all_its_bytes_and_by_the_last_four():
    for text in (TAG, TAG[2:]):
        shown = identify(reading(text, Presented.TAG), index_of(), PSEUDONYM_KEY)
        assert shown.volunteer
        assert shown.misread is None


@pytest.mark.parametrize("text", ["0011259376", "LIB-00412", "4006381333931"])
def test_of_a_number_that_the_roster_does_not_know_nothing_is_presumed(text):
    assert identify(reading(text), index_of(), PSEUDONYM_KEY).misread is None


def test_who_sets_a_terminal_up_is_told_of_what_may_be_a_number():
    told = describe(reading("0011259376"), index_of(), ENGLISH, PSEUDONYM_KEY)
    assert '"10D"' in told
    assert "may be the number" in told
    assert "may be" not in describe(reading("LIB-00412"), index_of(), ENGLISH, PSEUDONYM_KEY)
