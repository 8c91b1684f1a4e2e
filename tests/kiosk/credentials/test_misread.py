"""A badge comes through a scanner that is set wrongly: its holder goes in, and staff are told what to set."""

import pytest

from drivers.keyboard.layouts import ALT_GR, SHIFT, Layout, character
from drivers.reading import Presented
from foundation.words import Words
from kiosk.credentials.identify import genuine_misread, identify
from kiosk.setup.scan import describe
from sync.contract.badge import CHARACTERS, has_shape
from tests.kiosk.samples import PSEUDONYM_KEY, index_of, reading, token

KEYS = [(code, level) for level in (ALT_GR, SHIFT, 0) for code in range(2, 54)]


def typed(text, by):
    """What is read, as typed in the US, of what a scanner types by another layout."""
    keys = {character(by, *key): key for key in KEYS}
    return "".join(" " if one == " " else character(Layout.US, *keys[one]) for one in text)


def test_a_badge_has_the_shape_of_one_and_nothing_else():
    assert has_shape(token(1))
    assert len(token(1)) == CHARACTERS
    for other in (token(1)[:-1], token(1)[4:] + "MB1:", token(1).lower(), "", "MB1:" + "!" * 113):
        assert not has_shape(other)


@pytest.mark.parametrize("layout", ["gb", "de", "fr", "be", "es", "it", "pt", "ch", "jp"])
def test_a_badge_that_was_typed_by_another_layout_is_found_with_what_to_set(layout):
    """Each badge shows the keys that it holds: a layout that differs in none of them is as good."""
    for number in (1, 2, 3):
        spoilt = typed(token(number), by=Layout(layout))
        if spoilt == token(number):
            continue
        found = genuine_misread(spoilt, index_of())
        as_good = Layout(found.trouble.arguments["layout"])
        assert found.text == token(number)
        assert typed(token(number), by=as_good) == spoilt
        assert f'layout = "{as_good}"' in Words("en").trouble(found.trouble)


@pytest.mark.parametrize("spoil", [str.lower, str.swapcase])
def test_letters_of_the_other_case_are_read_all_the_same(spoil):
    found = genuine_misread(spoil(token(1)), index_of())
    assert (found.text, found.trouble.code) == (token(1), "scanner_changes_case")


@pytest.mark.parametrize("text", ["", "LIB-00412", "x" * CHARACTERS, "mb1:" + "x" * 113, "9" * CHARACTERS])
def test_what_never_was_a_badge_is_none(text):
    assert genuine_misread(text, index_of()) is None


def test_the_holder_is_let_in_and_a_forged_one_is_not():
    spoilt = typed(token(1), by=Layout.FR)
    shown = identify(reading(spoilt), index_of(), PSEUDONYM_KEY)
    assert (shown.volunteer, shown.reason, shown.misread.code) == ("1", "", "scanner_layout")
    forged = token(1)[:-1] + ("0" if token(1)[-1] != "0" else "1")
    shown = identify(reading(typed(forged, by=Layout.FR)), index_of(), PSEUDONYM_KEY)
    assert shown.volunteer is None


def test_who_sets_a_terminal_up_is_told_which_layout_to_set():
    told = describe(reading(typed(token(1), by=Layout.FR), Presented.CODE), index_of(), Words("en"))
    assert "Muster badge of volunteer 1" in told
    assert 'layout = "fr"' in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lib-00412", "changes the case"),
        ("Lib-00412", "changes the case"),
        ("LIB6))$!@", 'layout = "fr"'),
        ("lib6))$!@", 'layout = "fr"'),
        ("LIB/00412", 'layout = "de"'),
    ],
)
def test_a_code_of_the_roster_that_was_spoilt_is_told_and_lets_nobody_in(text, told):
    shown = identify(reading(text), index_of(), PSEUDONYM_KEY)
    assert (shown.volunteer, shown.reason) == (None, "unknown_credential")
    assert told in Words("en").trouble(shown.misread)
    assert told in describe(reading(text), index_of(), Words("en"), PSEUDONYM_KEY)


@pytest.mark.parametrize("text", ["LIB-00413", "lib", "", "x" * 500, "9787302511625"])
def test_of_a_code_that_the_roster_does_not_know_nothing_is_presumed(text):
    assert identify(reading(text), index_of(), PSEUDONYM_KEY).misread is None


@pytest.mark.parametrize(
    "text", ["ＬＩＢ－００４１２", "LIB-00412\u200b", "\ufeffLIB-00412", "LIB\u00ad-00412"]
)
def test_a_code_is_known_by_full_width_letters_and_with_marks_that_nobody_sees(text):
    assert identify(reading(text), index_of(), PSEUDONYM_KEY).volunteer == "1"
