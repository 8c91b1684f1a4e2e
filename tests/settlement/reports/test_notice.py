"""The yearly public notice: hours and gifts under masked names, kept as it was published."""

import msgspec
import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.models import PublicNotice
from settlement.reach import WHOLE
from settlement.recognition.points import apply_for_gift, approve_exchange, fulfil_exchange, reject_exchange
from settlement.reports.notice import publish, report
from settlement.reports.table import Table
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(mei, wei, credit, noon_ms):
    """Mei Ling: 11 days of an hour, 22 points, a towel for 10 and a rejected one. Wei: half an hour."""
    mei.display_name = "Mei Ling"
    mei.save()
    for day in range(1, 12):
        credit(mei, 3600, f"2026-03-{day:02}")
    credit(wei, 1800)
    credit(wei, 3600, "2025-03-07")
    towel, another = (
        apply_for_gift(mei, "towel", actor(), noon_ms),
        apply_for_gift(mei, "towel", actor(), noon_ms),
    )
    approve_exchange(towel.pk, actor(), noon_ms)
    fulfil_exchange(towel.pk, actor(), noon_ms)
    reject_exchange(another.pk, actor(), noon_ms, "one is enough")
    apply_for_gift(mei, "towel", actor(), noon_ms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_hours_points_and_gifts_under_masked_names(year, language):
    table = report(WHOLE, 2026, Words(language))
    assert table.rows == (("M** L***", "11.00", 22, 10, "towel"), ("W**", "0.50", 2, 0, ""))
    assert "Mei Ling" not in repr(table)
    assert "1001" not in repr(table)


def test_who_does_not_want_to_be_named_stands_without_a_name(year, mei):
    mei.may_be_named = False
    mei.save()
    assert report(WHOLE, 2026, Words("en")).rows[0][0] == "***"


def test_of_a_branch_it_tells_the_hours_recorded_there_and_all_points(year, mei, credit, choir):
    credit(mei, 7200, activity=choir)
    table = report(WHOLE, 2026, Words("en"), choir.organisation.path)
    assert table.rows == (("M** L***", "2.00", 24, 10, "towel"),)


def test_a_year_without_service_is_an_empty_notice(year):
    assert report(WHOLE, 2024, Words("en")).rows == ()


def test_it_is_kept_as_it_was_published(year, noon_ms, city):
    table = report(WHOLE, 2026, Words("zh-Hans"))
    publish(table, 2026, "", by=actor("Zhao"), now_ms=noon_ms)
    publish(table, 2026, city.path, by=actor("Zhao"), now_ms=noon_ms)
    kept, of_city = PublicNotice.objects.order_by("pk")
    assert msgspec.convert(kept.content, Table) == table
    assert (kept.organisation, of_city.organisation, kept.published_by) == (None, city, "Zhao")
    for change in (lambda: PublicNotice.objects.update(year=2025), PublicNotice.objects.all().delete):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()


def test_a_notice_of_no_branch_is_not_kept(noon_ms):
    with pytest.raises(RulesError) as refused:
        publish(Table("t", (), ()), 2026, "0009", by=actor("Zhao"), now_ms=noon_ms)
    assert refused.value.code == "UNKNOWN_ORGANISATION"
    assert not PublicNotice.objects.exists()
