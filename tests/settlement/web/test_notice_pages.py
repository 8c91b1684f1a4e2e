"""The pages of published notices."""

import pytest
from django.test import Client

from foundation.words import LANGUAGES, Words
from settlement.reach import WHOLE
from settlement.reports.notice import publish, report
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    """What a stranger reads."""
    return lambda path: Client().get(path, secure=True).content.decode()


@pytest.fixture
def published(mei, credit, noon_ms, city):
    mei.display_name = "Mei <b>Ling"
    mei.save()
    credit(mei, 5400)
    return publish(
        report(WHOLE, 2026, Words("zh-Hans"), city.path), 2026, city.path, by=actor("Zhao"), now_ms=noon_ms
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_read_as_it_was_published_in_every_frame(published, page, language):
    told = page(f"/notice/{published.pk}?language={language}")
    assert "2026 年公示" in told
    assert "<bdi>M** &lt;******</bdi>" in told
    assert "1.50" in told
    assert "City of Lanterns" in told
    assert "2026-03-07" in told


def test_neither_names_nor_numbers_nor_the_publisher_stand_there(published, page):
    told = page(f"/notice/{published.pk}")
    for private in ("Mei", "Ling", "1001", "Zhao"):
        assert private not in told


def test_the_list_leads_to_each_notice(published, page):
    assert f'href="/notice/{published.pk}"' in page("/notice/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_notice_the_list_says_so(db, page, language):
    assert Words(language).say("page-no_notices") in page(f"/notice/?language={language}")


def test_a_notice_that_was_never_published_is_not_found(db, page, client):
    assert "No notice 9 was published here" in page("/notice/9")
    assert Client().get("/notice/9", secure=True).status_code == 404
