"""Who let hours count that a rule would have cut, and why, told beside them."""

import pytest

from foundation.languages import LANGUAGES
from foundation.words import Words
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.models import Credential, LedgerEntry, ManualRecord
from settlement.records.manual_records import confirm_manual_record
from settlement.review.lifted_caps import lift_cap
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def told(mei):
    def _told(language="en"):
        teller = Teller(Words(language), "Asia/Shanghai")
        (line,) = explain_lines(mei.number, "fair", teller)
        return "\n".join(tell_line(line, teller))

    return _told


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_lifted_a_cap_is_named_with_the_reason(
    mei, ended_fair, serve, settle, told, evening_ms, language
):
    ended_fair.shifts.all().delete()
    serve(-4, 5.9)
    assert "Zhao Min" not in told(language)
    lift_cap(LedgerEntry.objects.get().pk, actor("Zhao Min"), "the flood", evening_ms)
    settle()
    assert "Zhao Min" in told(language)
    assert "the flood" in told(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_end_that_was_put_down_is_explained_without_codes(
    mei, ended_fair, serve, settle, told, evening_ms, language
):
    ended_fair.policy = {"missing_out_policy": "claim"}
    ended_fair.save()
    serve(-3, None)
    assert "17:00" in told(language)
    confirm_manual_record(ManualRecord.objects.get().pk, actor("staff1"), evening_ms)
    settle()
    said = told(language)
    assert Words(language).code("manual_reason", "FORGOTTEN_CHECK_OUT") in said
    assert "FORGOTTEN" not in said
    assert "centre:" not in said


def test_a_revoked_card_is_not_told_as_a_corrected_clock(
    mei, ended_fair, terminal, deliver, settle, told, noon_ms
):
    ref = "badge:1001.1"
    Credential.objects.create(ref=ref, volunteer=mei, method="badge", revoked_ms=noon_ms - 2 * HOUR)
    terminal.check_in(ref, wall_ms=noon_ms - 3 * HOUR)
    terminal.check_out(ref, wall_ms=noon_ms)
    deliver()
    settle()
    said = told()
    assert "revoked at 10:00" in said
    assert "corrected from its evidence" not in said
    assert LedgerEntry.objects.get().delta_s == 3600
