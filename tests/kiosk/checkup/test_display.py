from pathlib import Path

import msgspec
import pytest

from foundation.words import LANGUAGES, Words
from kiosk.checkup.check import Mark
from kiosk.checkup.display import judge_display
from kiosk.local_api.messages import Display, ScreenSize
from kiosk.local_api.simulated_engine import read_recording

RECORDING = Path(__file__).parents[3] / "docs" / "pictures" / "recorded-messages.jsonl"


def seen(display: Display, screen: ScreenSize | None, language: str = "en"):
    snapshot, _ = read_recording(RECORDING)
    status = msgspec.structs.replace(snapshot.status, screen=screen)
    return msgspec.structs.replace(snapshot, status=status, display=display, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_display_that_is_read_from_where_people_stand_says_so_with_its_figures(language):
    check = judge_display(seen(Display(1200, 2000), ScreenSize(200, 60), language))
    assert check.mark is Mark.GOOD
    said = Words(language).what(check.said)
    assert all(check.said.arguments[name] in said for name in ("word", "word_m", "text", "text_m"))
    assert min(float(check.said.arguments[name]) for name in ("word_m", "text_m")) >= 2


def test_what_can_be_read_only_from_nearer_is_told_with_the_heights():
    check = judge_display(seen(Display(254, 2000), ScreenSize(80, 24)))
    assert check.mark is Mark.LOOK
    said = Words("en").what(check.findings[0].trouble)
    assert "from 2.0 m: the word, 27 mm high, from 2.2 m" in said
    assert "3 mm high, from 0.5 m (80 × 24 cells)" in said


def test_what_nobody_measured_or_told_is_not_judged():
    assert judge_display(seen(Display(), ScreenSize(80, 24))).mark is Mark.OPEN
    assert judge_display(seen(Display(254, 2000), None)).mark is Mark.OPEN
    assert judge_display(None).mark is Mark.OPEN
