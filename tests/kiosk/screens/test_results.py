import io
from itertools import combinations

import pytest
from rich._palettes import EIGHT_BIT_PALETTE, STANDARD_PALETTE
from rich.color import Color, ColorSystem

from foundation.words import LANGUAGES, Words
from kiosk.local_api.messages import Outcome
from kiosk.screens.results import DIM, IN_SIXTEEN, LOOKS, OUT_OF_ORDER, QUIET, Look, in_sixteen
from kiosk.screens.volunteer import VolunteerScreen

ALL = [*LOOKS.values(), OUT_OF_ORDER, QUIET, DIM]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(look: Look) -> float:
    darker, lighter = sorted((luminance(look.ink), luminance(look.paper)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_outcome_has_a_look():
    assert set(LOOKS) == set(Outcome)


@pytest.mark.parametrize("look", ALL)
def test_every_look_can_be_read_by_people_with_low_vision(look):
    assert contrast(look) >= 4.5


@pytest.mark.parametrize("look", ALL)
def test_every_look_can_be_read_on_a_console_of_sixteen_colours(look):
    shown = in_sixteen(look)
    assert contrast(shown) >= 4.5
    for colour, most in ((shown.paper, 8), (shown.ink, 16)):
        number = Color.parse(colour).downgrade(ColorSystem.STANDARD).number
        assert number < most, "a console has no brighter paper"
        assert STANDARD_PALETTE[number].hex.upper() == colour
    # Bold ink comes out brighter there: it must be among the bright ones, or be readable as such too.
    assert Color.parse(shown.ink).downgrade(ColorSystem.STANDARD).number >= 7


@pytest.mark.parametrize(("paper", "ink"), IN_SIXTEEN)
def test_what_256_colours_make_of_every_pair_can_be_read(paper, ink):
    numbers = [Color.parse(one).downgrade(ColorSystem.EIGHT_BIT).number for one in (paper, ink)]
    paper, ink = (EIGHT_BIT_PALETTE[number].hex for number in numbers)
    assert contrast(Look("", "blank", paper, ink)) >= 4.5


class Console(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_linux_console_is_known_whatever_its_surroundings_promise(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.__stderr__", Console())
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setenv("COLORTERM", "truecolor")
    screen = VolunteerScreen(tmp_path / "kiosk.sock")
    assert screen.has_sixteen_colours
    assert (
        screen.get_css_variables()["alarm"],
        screen.get_css_variables()["on-alarm"],
    ) in IN_SIXTEEN.values()
    monkeypatch.setenv("TERM", "xterm-256color")
    assert not VolunteerScreen(tmp_path / "kiosk.sock").has_sixteen_colours


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("one", "other"), list(combinations(Outcome, 2)))
def test_two_outcomes_differ_in_more_than_colour(language, one, other):
    say = Words(language).say
    assert say(f"result-{one}.word") != say(f"result-{other}.word")
    assert say(f"result-{one}.short") != say(f"result-{other}.short")


def test_good_and_bad_outcomes_differ_in_symbol_and_border():
    good = [LOOKS[Outcome.ACCEPTED_IN], LOOKS[Outcome.ACCEPTED_OUT]]
    bad = [LOOKS[Outcome.REFUSED], LOOKS[Outcome.UNREADABLE], LOOKS[Outcome.NOT_RECORDED], OUT_OF_ORDER]
    assert {look.symbol for look in good}.isdisjoint(look.symbol for look in bad)
    assert {look.border for look in good}.isdisjoint(look.border for look in bad)
