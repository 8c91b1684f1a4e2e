"""What screens show of a terminal that is not enrolled, and whether a telephone can read it."""

import msgspec
import numpy as np
import pytest
import zxingcpp

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from kiosk.local_api.messages import Decided, Enrolment, EnrolmentStage, Outcome
from kiosk.screens.enrolment_view import enrolment_lines
from kiosk.screens.panel import Face, drawn
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import Doing, panel, status_line
from sync.contract.enrolment import EnrolmentRefusal
from tests.foundation.test_words import variables

WAITING = Enrolment(
    EnrolmentStage.WAITING, "scan faith between carry tongue damp", "K7QM-2XDA", "centre.example.org:8470"
)


@pytest.fixture
def state(snapshot):
    def at(enrolment, wall_ms=0, language=""):
        status = msgspec.structs.replace(snapshot.status, wall_ms=wall_ms)
        shown = msgspec.structs.replace(snapshot, status=status, enrolment=enrolment, language=language)
        return TerminalState(shown)

    return at


def texts(shown):
    return [paragraph.text for paragraph in shown.paragraphs]


def test_what_to_do_stands_there_in_every_language_at_once(state):
    shown = panel(state(Enrolment(EnrolmentStage.NEEDED)), Doing(), None)
    assert shown.face is Face.NOT_ENROLLED
    assert texts(shown) == [
        Words(language).say(f"not_enrolled-{part}") for language in LANGUAGES for part in ("text", "how")
    ]
    lines = drawn(shown, 76, 19)
    assert len(lines) <= 19
    assert lines[0].text != "Not enrolled"  # the word is drawn large


def test_a_language_that_is_known_stands_there_alone(state):
    shown = panel(state(Enrolment(EnrolmentStage.NEEDED), language="zh-Hans"), Doing(), None)
    assert texts(shown)[0] == "本终端尚未注册。"
    assert len(texts(shown)) == 2


def test_the_languages_take_turns_where_there_is_more_to_say(state):
    failed = Enrolment(EnrolmentStage.FAILED, trouble=Trouble.term("enrol", "foreign"))
    first = [texts(panel(state(failed, turn * 8000), Doing(), None))[0] for turn in range(4)]
    said = [Words(language).what(failed.trouble) for language in LANGUAGES]
    assert [text.startswith(one) for text, one in zip(first, [*said, said[0]], strict=True)] == [True] * 4


def decoded(lines):
    """What a camera reads of lines of block characters, a cell being one module wide and two high."""
    light = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255)}
    width = len(lines[0]) - len(lines[0].lstrip("█"))
    rows = [[light.get(cell, (0, 0)) for cell in line[:width]] for line in lines]
    picture = np.array([[pair[half] for pair in row] for row in rows for half in (0, 1)], dtype=np.uint8)
    large = np.kron(picture, np.ones((6, 6), dtype=np.uint8))
    return [found.text for found in zxingcpp.read_barcodes(large, try_invert=False)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_telephone_reads_address_and_code_from_the_smallest_screen(state, language):
    shown = panel(state(WAITING, language=language), Doing(), None)
    lines = [line.text for line in drawn(shown, 76, 19)]
    assert decoded(lines) == ["centre.example.org:8470\nmuster terminal approve K7QM-2XDA"]
    assert all(word in " ".join(lines) for word in (*WAITING.words.split(), "--name", "--site"))


def test_where_there_is_no_room_for_the_code_the_texts_say_it(state):
    long = msgspec.structs.replace(WAITING, centre=f"{'a' * 60}.{'b' * 60}.example.org:8470")
    shown = panel(state(long, language="en"), Doing(), None)
    lines = " ".join(line.text for line in drawn(shown, 76, 19))
    assert "█" * 20 not in lines
    assert WAITING.code in lines


def test_who_holds_up_a_badge_is_told_that_nothing_was_recorded(state):
    refused = Decided(0, "scanner", "badge", Outcome.REFUSED, "not_enrolled")
    shown = panel(state(Enrolment(EnrolmentStage.NEEDED), language="en"), Doing(shown=refused), None)
    assert texts(shown)[0] == "This terminal is not enrolled yet. Nothing was recorded."


def test_nothing_is_claimed_of_people_and_line(state):
    assert status_line(state(Enrolment(EnrolmentStage.NEEDED)), None) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", list(EnrolmentStage))
def test_each_stage_is_said_in_each_language(stage, language):
    enrolment = msgspec.structs.replace(WAITING, stage=stage, terminal="lantern-1")
    assert all(enrolment_lines(enrolment, Words(language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(EnrolmentRefusal))
def test_each_trouble_fits_the_smallest_screen_and_says_how_to_go_on(state, code, language):
    names = variables("en")
    asked = names[f"enrol-{code}"] | names[f"enrol-{code}.remedy"]
    trouble = Trouble.term("enrol", code, **dict.fromkeys(asked, "/var/lib/muster/incoming/x"))
    shown = panel(state(Enrolment(EnrolmentStage.FAILED, trouble=trouble), language=language), Doing(), None)
    assert Words(language).say("not_enrolled-again") in texts(shown)
    assert len(drawn(shown, 76, 19)) <= 19


def test_a_stage_of_a_newer_engine_says_what_to_do():
    assert enrolment_lines(Enrolment("moonrise"), Words("en"))[0] == "This terminal is not enrolled yet."
