"""How a terminal was over time: a drawing of the last days, and a list that goes on page by page."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import TerminalTold
from settlement.review.terminal_history import MOST_AT_ONCE
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import queries, told

pytestmark = pytest.mark.django_db

PAGE = "/terminals/north-gate/history"
HOUR = 3_600_000


@pytest.fixture
def history(terminal, city, noon_ms):
    """Connected for a day, then away for an hour, then hot and with a device that fails."""
    facts = {"link": "online", "clock": "synced", "temperature_c": 50, "devices": {"<gate>": "ready"}}
    hot = facts | {"temperature_c": 70, "devices": {"<gate>": "fault"}, "unsent": 400, "newer": [1]}
    for hours, kept in ((-26, facts), (-2, facts | {"link": "offline"}), (-1, hot)):
        TerminalTold.objects.create(terminal_id="north-gate", at_ms=noon_ms + hours * HOUR, told=kept)


def test_it_tells_what_became_another_and_draws_it(history, inside, at_noon):
    page = told(inside().get(PAGE))
    assert "Disconnected for 60 minutes of the last 7 days." in page
    assert page.count('class="offline"') == 1
    assert page.count('class="temperature"') == 2  # broken where it was away
    assert "&lt;gate&gt;</bdi>: <bdi>ready</bdi> → <strong><bdi>fault</bdi></strong>" in page
    assert "<bdi>50 °C</bdi> → <strong><bdi>70 °C</bdi></strong>" in page
    assert 'class="offline"' in told(inside().get("/terminals/north-gate/"))


def test_page_follows_page_and_none_is_shown_twice(terminal, zhao, at_noon):
    for number in range(2 * MOST_AT_ONCE + 3):
        TerminalTold.objects.create(terminal_id="north-gate", at_ms=number * 60_000, told={"unsent": number})
    seen, address = [], PAGE
    while address:
        page = told(zhao.get(address))
        seen += re.findall(r'<th scope="row"><time dir="ltr">([^<]+)<', page)
        assert page.count('<td data-name="Until">now') == (address == PAGE)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        address = PAGE + following[1] if following else ""
    assert len(seen) == len(set(seen)) == 2 * MOST_AT_ONCE + 3


def test_who_reads_the_terminal_reads_its_history(history, inside, outsider, city):
    assert inside(Level.ORDINARY).get(PAGE).status_code == 200
    assert outsider.get(PAGE).status_code == 404
    assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).get(PAGE).status_code == 403
    assert Browser().get(PAGE).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_each_language_at_one_cost(language, history, inside, at_noon):
    client = inside()
    few = queries(client, f"{PAGE}?language={language}")
    for number in range(40):
        TerminalTold.objects.create(terminal_id="north-gate", at_ms=number, told={"unsent": number})
    assert queries(client, PAGE) == few <= 12
    page = told(client.get(f"{PAGE}?language={language}"))
    assert Words(language).say("page-told_changed") in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
