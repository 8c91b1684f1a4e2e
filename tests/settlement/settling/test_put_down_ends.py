"""A forgotten check-out whose activity lets the centre claim the shift's end: one person confirms it."""

import pytest

from foundation.errors import RulesError
from foundation.languages import LANGUAGES
from foundation.words import Words
from settlement.models import LedgerEntry, ManualRecord, Shift
from settlement.reach import WHOLE
from settlement.records.manual_records import (
    confirm_manual_record,
    decline_manual_record,
    waiting_records,
)
from settlement.records.reasons import told_hand, told_reason
from settlement.review.decide import approve_clean_lines
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_everything
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def forgotten(ended_fair, mei, serve):
    """Mei came at nine and never checked out; the shift ended at five."""
    ended_fair.policy = {"missing_out_policy": "claim"}
    ended_fair.save()
    serve(-3, None)
    return ManualRecord.objects.get()


def test_the_end_of_the_shift_is_put_down_with_a_code_and_credits_nothing(
    forgotten, mei, ended_fair, noon_ms, entries, terminal, reviewer
):
    assert (forgotten.volunteer, forgotten.activity, forgotten.direction) == (mei, ended_fair, "out")
    assert (forgotten.at_ms, forgotten.reason) == (noon_ms + 5 * HOUR, "")
    assert (forgotten.reason_code, forgotten.entered_by) == ("FORGOTTEN_CHECK_OUT", "centre:rules")
    assert forgotten.stay == f"north-gate/{terminal.epoch}/2"
    assert entries() == [(1001, "original", 1, 0, "pending", None)]
    assert approve_clean_lines(ended_fair, reviewer()).decided == ()


def test_one_person_confirms_it_and_the_line_is_marked(forgotten, settle, entries, evening_ms):
    confirm_manual_record(forgotten.pk, actor("staff1"), evening_ms)
    settle()
    assert entries()[-1] == (1001, "original", 2, 8 * 3600, "pending", None)
    assert LedgerEntry.objects.get(rev=2).flags == ["MANUAL"]
    assert check_everything(evening_ms, lambda _: None).differences == 0


def test_the_volunteer_does_not_confirm_it(forgotten, evening_ms):
    with pytest.raises(RulesError) as refused:
        confirm_manual_record(forgotten.pk, actor("1001"), evening_ms)
    assert refused.value.code == "MANUAL_SELF"


def test_settled_again_or_declined_it_is_put_down_once(forgotten, evening_ms):
    settle_everything(evening_ms)
    decline_manual_record(forgotten.pk, actor("staff1"), evening_ms, "was seen leaving at noon")
    settle_everything(evening_ms)
    assert ManualRecord.objects.count() == 1
    assert not waiting_records(WHOLE).exists()


def test_what_really_ended_the_stay_goes_before_it(forgotten, serve, evening_ms, entries):
    serve(None, 4)
    assert entries()[-1][3] == 7 * 3600
    assert not waiting_records(WHOLE).exists()
    with pytest.raises(RulesError) as refused:
        confirm_manual_record(forgotten.pk, actor("staff1"), evening_ms)
    assert refused.value.code == "END_IS_KNOWN"


def test_a_corrected_shift_puts_another_end_down(forgotten, noon_ms, evening_ms):
    Shift.objects.update(end_ms=noon_ms + 4 * HOUR)
    settle_everything(evening_ms)
    corrected = ManualRecord.objects.exclude(pk=forgotten.pk).get()
    assert corrected.at_ms == noon_ms + 4 * HOUR
    with pytest.raises(RulesError):
        confirm_manual_record(forgotten.pk, actor("staff1"), evening_ms)
    confirm_manual_record(corrected.pk, actor("staff1"), evening_ms)


def test_without_that_policy_nothing_is_put_down(ended_fair, mei, serve):
    serve(-3, None)
    assert not ManualRecord.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_reason_and_hand_are_told_in_the_readers_language(forgotten, language):
    words = Words(language)
    told = f"{told_reason(forgotten, words)} {told_hand(forgotten.entered_by, words)}"
    assert "FORGOTTEN" not in told
    assert "centre:" not in told
    assert told.isascii() == (language == "en")
