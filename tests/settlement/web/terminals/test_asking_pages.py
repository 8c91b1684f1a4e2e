"""What people ask a terminal to do and let its screens say, from pages that show the answers."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import MessageAt, ScreenMessage, TerminalOrder, TerminalTold
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import queries, told

pytestmark = pytest.mark.django_db

TASKS = "/terminals/north-gate/orders"
ASKED = f"{TASKS}/asked"
SCREENS = "/screen-messages/"
RAIN = {"terminal": "north-gate", "text-en": "Rain <soon>", "text-ar": "مطر", "until": "2126-01-01T00:00"}


@pytest.fixture
def soon(noon_ms):
    """The form of a message that lives for some hours."""
    return RAIN | {"until": "2026-03-07T18:00"}


def test_an_order_waits_and_its_answer_is_shown(terminal, city, inside, at_noon, noon_ms):
    TerminalTold.objects.create(terminal_id="north-gate", at_ms=1, told={"devices": {"gate <1>": "ready"}})
    client = inside()
    assert "<option>gate &lt;1&gt;</option>" in told(client.get(TASKS))
    page = told(client.post(ASKED, {"task": "out_of_order", "argument": "wet <floor>"}, follow=True))
    assert "wet &lt;floor&gt;" in page
    assert 'class="plain"' not in page  # what the frame says of an open line
    assert "not sent yet" in page
    TerminalOrder.objects.update(
        sent_ms=noon_ms, done_ms=noon_ms, came_ms=noon_ms, result="failed", detail="no <room>"
    )
    page = told(client.get(TASKS))
    assert "not done" in page
    assert "no &lt;room&gt;" in page
    assert "needs a device" in told(client.post(ASKED, {"task": "restart_device"}, follow=True))
    client.post(ASKED, {"task": "rm -rf"})
    assert TerminalOrder.objects.count() == 1
    TerminalOrder.objects.update(result="", came_ms=None, ends_ms=1)
    assert "no answer came in time" in told(client.get(TASKS))


def test_a_message_is_said_shown_and_taken_back(terminal, city, inside, at_noon, soon, noon_ms):
    client = inside()
    page = told(client.post(f"{SCREENS}said", soon | {"for_all": "yes"}, follow=True))
    assert "on its way to one terminal" in page
    assert '<p lang="ar" dir="rtl">مطر</p>' in page
    assert "Rain &lt;soon&gt;" in page
    assert "not sent yet" in page
    assert ScreenMessage.objects.get().for_all
    MessageAt.objects.update(sent_ms=noon_ms)
    assert "no screen has shown it yet" in told(client.get(SCREENS))
    MessageAt.objects.update(shown_ms=noon_ms, came_ms=noon_ms)
    assert "shown since" in told(client.get(SCREENS))
    address = f"{SCREENS}{ScreenMessage.objects.get().pk}/ended"
    page = told(client.post(address, {"site": "north"}, follow=True))
    assert "Taken back" in page
    assert address not in page
    assert "no such message" in told(client.post(address, follow=True))
    assert "within the next 31 days" in told(client.post(f"{SCREENS}said", RAIN, follow=True))


def test_nobody_asks_or_says_beyond_the_own_reach_or_level(terminal, city, inside, outsider, at_noon, soon):
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for address, form in ((ASKED, {"task": "say_version"}), (f"{SCREENS}said", soon)):
        assert Browser().post(address, form).status_code == 403
        for client in (volunteer, inside(Level.MIDDLE)):
            assert client.post(address, form).status_code == 403
    assert outsider.post(ASKED, {"task": "say_version"}).status_code == 404
    assert "No terminal" in told(outsider.post(f"{SCREENS}said", soon, follow=True))
    assert outsider.get(TASKS).status_code == 404
    assert "north-gate" not in told(outsider.get(SCREENS))
    for page in (TASKS, SCREENS):
        assert inside(Level.MIDDLE).get(page).status_code == 403
        assert Browser().get(page).status_code == 302
    assert not TerminalOrder.objects.exists()
    assert not ScreenMessage.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_speak_each_language_at_one_cost(language, terminal, city, inside, at_noon, soon):
    client = inside()
    client.post(ASKED, {"task": "say_version"})
    client.post(f"{SCREENS}said", soon)
    client.get(f"{SCREENS}?language={language}")
    few = [queries(client, page) for page in (TASKS, SCREENS)]
    for number in range(20):
        TerminalOrder.objects.create(
            id=f"{number:032x}", terminal_id="north-gate", what="say_version", at_ms=number, ends_ms=1
        )
        message = ScreenMessage.objects.create(
            id=f"{number:032x}", texts={"en": "x"}, for_all=False, at_ms=number, until_ms=1
        )
        MessageAt.objects.create(message=message, terminal_id="north-gate")
    assert [queries(client, page) for page in (TASKS, SCREENS)] == few
    assert max(few) <= 12
    for page, label in ((TASKS, "page-tasks_asked"), (SCREENS, "page-screens_said")):
        shown = told(client.get(page))
        assert Words(language).say(label) in shown
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shown)
        assert shown.count('method="post"') == shown.count("csrfmiddlewaretoken")
