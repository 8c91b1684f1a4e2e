"""A line says who corrected what between its entries, from what to what and why, and what it was then."""

import datetime as dt

import pytest

from foundation.words import Words
from settlement.accounts.audit import Signed
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.master_data.activities import ActivityValues, enter_activity
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import confirm_manual_record
from settlement.review.decide import approve_clean_lines
from settlement.rules.evidence import Direction, Phase
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
ZONE = "Asia/Shanghai"


@pytest.fixture
def moved(mei, ended_fair, serve, reviewer, settle, noon_ms, evening_ms):
    """A line that was approved, and a shift that Zhao Min moved from nine to ten afterwards."""
    serve()
    approve_clean_lines(ended_fair, reviewer())
    values = ActivityValues(
        id="fair",
        site="north",
        title="Fair of lanterns",
        phases=((Phase.EXECUTING, noon_ms - 12 * HOUR), (Phase.ENDED, noon_ms + 6 * HOUR)),
        shifts=((noon_ms - 2 * HOUR, noon_ms + 5 * HOUR),),
    )
    enter_activity(values, Signed(actor("Zhao Min"), evening_ms + 1000, "the gates opened at ten"))
    settle(evening_ms + 2000)


def told(language):
    (line,) = explain_lines(1001, "fair", Teller(Words(language), ZONE))
    return [sentence.strip() for sentence in tell_line(line, Teller(Words(language), ZONE))]


def test_it_names_who_corrected_what_and_why(moved):
    sentences = told("en")
    at = sentences.index("Shift, roster or rules were corrected after the decision.")
    first, why = sentences[at + 1 : at + 3]
    assert first.startswith("Zhao Min corrected the shifts at ")
    assert first.endswith(
        "from 2026-03-07 09:00:00 – 2026-03-07 17:00:00 to 2026-03-07 10:00:00 – 2026-03-07 17:00:00."
    )
    assert why == "Note: the gates opened at ten"
    assert not any("title" in sentence for sentence in sentences)


def test_what_was_approved_then_stands_beside_what_counts_now(moved):
    then = [sentence for sentence in told("en") if sentence.startswith("The stay as it was then")]
    assert then == ["The stay as it was then: 09:00:00 to 17:00:00, 8 h."]


@pytest.mark.parametrize(("language", "words"), [("zh-Hans", "班次"), ("ar", "الورديات")])
def test_it_says_so_in_each_language(moved, language, words):
    (corrected,) = [sentence for sentence in told(language) if words in sentence and "Zhao Min" in sentence]
    assert "shifts" not in corrected


def test_an_entry_that_nobody_corrected_anything_for_names_nobody(mei, ended_fair, serve):
    serve()
    assert not any("corrected" in sentence for sentence in told("en"))


def test_a_time_that_answers_an_objection_names_it(mei, ended_fair, serve, settle, noon_ms, evening_ms):
    serve(-3, None)
    day = dt.date(2026, 3, 7)
    objected = raise_dispute(mei, ended_fair, day, "I left at five", by=actor("1001"), now_ms=evening_ms)
    times = (Correction(Direction.OUT, noon_ms + 5 * HOUR),)
    upheld = DisputeResolution(DisputeOutcome.UPHELD, "seen by two", times)
    (record,) = answer_dispute(objected.pk, upheld, by=actor("staff1"), now_ms=evening_ms).records
    confirm_manual_record(record.pk, actor("staff2"), evening_ms)
    settle()
    assert f"It answers objection {objected.pk}." in told("en")
    assert f"此记录答复异议 {objected.pk}。" in told("zh-Hans")
