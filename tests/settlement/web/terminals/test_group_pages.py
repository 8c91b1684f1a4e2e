"""Settings of several terminals: what would change at each is seen first, and all are given or none."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import AuditRecord, GivenSettings, Terminal, TerminalStatus
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import queries, told

pytestmark = pytest.mark.django_db

WANTED = {
    "terminal": ["north-gate", "side"],
    "does-contact": "set",
    "contact": "call <7>",
    "does-direction": "leave",
}


@pytest.fixture
def pair(terminal, city):
    """Two terminals of the site, one of which was given something."""
    side = Terminal.objects.create(id="side", site_id="north", bucket="09", public_key="b" * 64, realm="live")
    GivenSettings.objects.create(
        terminal=side, version=4, values={"direction": "in", "result_shown_s": 6}, given_ms=1
    )
    return side


def seen_in(page):
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def test_only_the_chosen_settings_become_others_once_they_were_seen(pair, inside, at_noon):
    client = inside()
    page = told(client.post("/group-settings/compared", WANTED))
    assert page.count("call &lt;7&gt;</bdi></strong>") == 2
    assert "everybody comes" in page
    assert GivenSettings.objects.count() == 1
    sent = WANTED | {"seen": seen_in(page), "reason": "a new number"}
    page = told(client.post("/group-settings/given", sent, follow=True))
    assert "on their way to 2 terminals" in page
    assert page.count("a new number") == 2
    given = dict(GivenSettings.objects.values_list("terminal", "values"))
    assert given == {
        "north-gate": {"contact": "call <7>"},
        "side": {"result_shown_s": 6, "contact": "call <7>"},
    }
    assert AuditRecord.objects.filter(kind="settings", reason="a new number").count() == 2
    page = told(client.post("/group-settings/compared", WANTED))
    assert "At 2 chosen terminals nothing would change." in page


def test_what_was_not_seen_is_not_given(pair, inside):
    client = inside()
    seen = seen_in(told(client.post("/group-settings/compared", WANTED)))
    other = WANTED | {"seen": seen, "contact": "somebody else"}
    assert "meanwhile" in told(client.post("/group-settings/given", other, follow=True))
    GivenSettings.objects.update(version=5)
    assert "meanwhile" in told(client.post("/group-settings/given", WANTED | {"seen": seen}, follow=True))
    assert GivenSettings.objects.count() == 1


def test_it_tells_which_edition_each_runs(pair, inside, hear, city):
    hear()
    assert "not confirmed yet" in told(inside().get("/group-settings/?site=north"))
    TerminalStatus.objects.update(terminal=pair, config=4)
    page = told(inside().get("/group-settings/?organisation=" + city.path))
    assert "in force" in page
    assert "the centre gave none" in page


def test_nobody_changes_what_is_beyond_the_own_reach_or_level(pair, inside, outsider, city):
    every = {"/group-settings/compared": WANTED, "/group-settings/given": WANTED | {"seen": "x"}}
    assert "north-gate" not in told(outsider.get("/group-settings/"))
    for page, form in every.items():
        assert "No terminal" in told(outsider.post(page, form, follow=True))
        assert Browser().post(page, form).status_code == 403
        assert inside(Level.MIDDLE).post(page, form).status_code == 403
        assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).post(page, form).status_code == 403
    assert inside(Level.MIDDLE).get("/group-settings/").status_code == 403
    wrong = WANTED | {"does-result_shown_s": "set", "result_shown_s": "99"}
    assert "No terminal takes" in told(inside().post("/group-settings/compared", wrong, follow=True))
    assert "can&#x27;t be changed together" in told(
        inside().post("/group-settings/compared", {}, follow=True)
    )
    assert GivenSettings.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_each_language(language, pair, inside, at_noon):
    shown = told(inside().get(f"/group-settings/?language={language}"))
    assert Words(language).say("page-group_members") in shown
    shown = told(inside().post(f"/group-settings/compared?language={language}", WANTED))
    assert Words(language).say("page-group_give") in shown


def test_it_costs_the_same_however_many_there_are(pair, inside):
    client = inside()
    few = min(queries(client, "/group-settings/") for _ in range(2))
    for number in range(30):
        Terminal.objects.create(
            id=f"t{number}", site_id="north", bucket="09", public_key=f"{number:064d}", realm="live"
        )
    assert queries(client, "/group-settings/") == few <= 12
