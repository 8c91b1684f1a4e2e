import pytest

from foundation.words import LANGUAGES, Words
from kiosk.checkin.answer_line import answer_line
from kiosk.local_api.messages import Decided, Outcome

NINE_MS = 1_794_963_600_000


def line(language="en", activity="", **fields):
    decided = Decided(NINE_MS, "scanner", "badge", **fields)
    return answer_line(decided, Words(language), "Asia/Shanghai", activity)


def test_it_says_the_word_the_name_and_when_for_what():
    said = line(outcome=Outcome.ACCEPTED_IN, name="Zoë", activity="Guides")
    assert said == "Welcome. Zoë. You checked in at 09:00 (Guides)."
    assert line(outcome=Outcome.ACCEPTED_OUT) == "Goodbye. You checked out at 09:00."


def test_it_is_in_the_persons_language_where_that_is_known():
    assert line(outcome=Outcome.ALREADY_IN, language="zh-Hans").startswith("您已签到。")
    decided = Decided(NINE_MS, "scanner", "badge", Outcome.ACCEPTED_IN, language="zh-Hans")
    assert answer_line(decided, Words("en"), "UTC", "").startswith("签到成功")


def test_a_refusal_says_why_and_what_to_do():
    said = line(outcome=Outcome.REFUSED, reason="expired_badge")
    assert said.startswith("Not accepted. This badge has expired. ")
    assert said.endswith(Words("en").say("reason-expired_badge.remedy"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_line_in_every_language(outcome, language):
    said = line(language, outcome=outcome)
    assert said.startswith(Words(language).say(f"result-{outcome}.word"))
    assert "\n" not in said
