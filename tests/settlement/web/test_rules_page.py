"""The page of the rules: the document as it ships, with a place for each rule that a mark leads to."""

import re

import msgspec
import pytest

from foundation.words import LANGUAGES, Words
from settlement.explain.rules_document import address_of, rules_account, rules_document
from settlement.rule_book import rules_now
from settlement.web.rules import in_force, render

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/rules", secure=True).content.decode()


def test_it_shows_the_document_as_it_ships(page):
    title = rules_document().read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    assert f"<h1>{title}</h1>" in page
    assert "<code>debounce_s</code> = <code>60</code>" in page


def test_every_rule_has_its_place_and_is_listed(page):
    for number in range(22):
        assert page.count(f'id="s{number}"') == 1
        assert f'href="#s{number}"' in page


def test_every_place_is_named_once(page):
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert {"the-rule-set", "activity-phases", "case-format"} <= set(places)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_readers_of_another_language_read_every_rule_in_it_with_the_numbers_in_force(client, language):
    told = client.get(f"/rules?language={language}", secure=True).content.decode()
    assert '<div lang="en"' not in told
    for number in range(22):
        assert told.count(f'id="s{number}"') == 1
    words = Words(language)
    text = rules_account(language).read_text(encoding="utf-8")
    held = msgspec.structs.replace(rules_now(), debounce_s=61)
    shown = in_force(text, words, held)
    assert words.duration(61) in shown
    assert "{" not in shown
    assert not re.search(r"[1-9]", re.sub(r"\{\w+\}|\bS\d+", "", text)), "a number is typed, not taken"
    assert 'href="?text=whole"' in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_document_is_english_in_every_frame(client, language):
    told = client.get(f"/rules?text=whole&language={language}", secure=True).content.decode()
    assert f'<html lang="{language}"' in told
    assert '<div lang="en" dir="ltr">' in told


def test_the_address_of_a_rule_is_a_place_on_the_page(client, page):
    path, _, anchor = address_of("S7").partition("#")
    assert client.get(path, secure=True).status_code == 200
    assert f'<h2 id="{anchor}">S7 ' in page


def test_markup_in_the_document_is_text():
    shown = render("# A\n\n## B\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](z)").html
    assert "<script" not in shown
    assert "href=" not in shown
    assert "&lt;script&gt;" in shown
