"""What the volunteers' screen says beside "When did you leave?"."""

import msgspec
import pytest

from foundation.languages import LANGUAGES
from foundation.words import Words
from kiosk.screens.question_view import question_panel, time_typed
from tests.kiosk.screens.test_volunteer import QUESTION


def told(snapshot, **changes):
    asked = msgspec.structs.replace(QUESTION, **changes)
    shown = question_panel(snapshot, asked, "", None, "", Words("en"))
    return [paragraph.text for paragraph in shown.paragraphs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_forgot_to_check_out_is_told_what_was_put_down(snapshot, language):
    at_ms = QUESTION.came_ms + 8 * 3_600_000
    plain = told(snapshot, language=language)
    more = told(snapshot, language=language, put_down_ms=at_ms)
    (added,) = [text for text in more if text not in plain]
    assert "17:00" in added
    assert more.index(added) == 2, "below how they came, above the question"


def test_where_nothing_was_put_down_nothing_is_said_of_it(snapshot):
    assert not any("put down" in text for text in told(snapshot, language="en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_says_when_it_is_about_to_go(snapshot, language):
    ends = Words(language).say("question-ends", count=5)
    now_ms = snapshot.status.wall_ms
    assert told(snapshot, language=language, expires_ms=now_ms + 5_000)[-1] == ends
    assert told(snapshot, language=language, expires_ms=now_ms + 15_000)[-1] != ends


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("810", "8:10"),
        ("1810", "18:10"),
        ("0005", "00:05"),
        ("2413", ""),
        ("1860", ""),
        ("18", ""),
        ("18100", ""),
    ],
)
def test_a_time_is_typed_without_a_colon(typed, clock):
    assert time_typed(typed) == clock
