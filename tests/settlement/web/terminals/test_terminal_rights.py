"""Who reads and changes what of a terminal; each page in each language, without a script of its own."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.models import GivenSettings, LogAlarm, Terminal
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import told
from tests.settlement.web.terminals.terminal_samples import SETTINGS, outsider_with_activity, set_aside

pytestmark = pytest.mark.django_db

READ = ("/terminals/north-gate/", "/terminals/north-gate/refused", "/terminals/north-gate/settings",
        "/terminals/north-gate/revoke")  # fmt: skip


WRITE = {
    "/terminals/north-gate/alarms/{alarm}": {"reason": "x"},
    "/terminals/north-gate/renew": {"minutes": "5"},
    "/terminals/north-gate/revoked": {"reason": "x"},
    "/terminals/north-gate/shut": {},
    "/terminals/north-gate/settings/compared": SETTINGS,
    "/terminals/north-gate/settings/given": SETTINGS,
}


@pytest.fixture
def nothing_is_changed(terminal, doubted, centre_settings):
    set_aside()
    yield {"alarm": doubted.pk}
    assert Terminal.objects.get().revoked_ms is None
    assert LogAlarm.objects.get().settled_ms is None
    assert not GivenSettings.objects.exists()


def test_nobody_reads_or_changes_what_is_beyond_the_own_reach(nothing_is_changed, outsider, city):
    assert "north" not in told(outsider.get("/terminals/")).lower()
    assert "No such terminal." in told(outsider.get("/terminals/?text=north-g&kept=troubled"))
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for page in ("/terminals/", *READ):
        assert Browser().get(page).status_code == 302
        assert volunteer.get(page).status_code == 403
        if page in READ:
            assert outsider.get(page).status_code == 404
    for address, form in WRITE.items():
        page = address.format(**nothing_is_changed)
        assert Browser().post(page, form).status_code == 403
        assert volunteer.post(page, form).status_code == 403
        assert outsider.post(page, form).status_code == 404
        assert outsider.get(page).status_code == 405


def test_a_level_that_may_not_do_it_changes_nothing(nothing_is_changed, inside):
    ordinary = inside(Level.ORDINARY)
    for address, form in WRITE.items():
        assert ordinary.post(address.format(**nothing_is_changed), form).status_code == 403, address
    middle = inside(Level.MIDDLE)
    for address, form in WRITE.items():
        if "alarms" not in address:
            assert middle.post(address.format(**nothing_is_changed), form).status_code == 403, address
    for page in READ[2:]:
        assert middle.get(page).status_code == 403


def test_whose_activity_only_takes_place_there_runs_no_terminal(nothing_is_changed, outsider, fair):
    guest = outsider_with_activity(fair)
    assert "north-gate" in told(guest.get("/terminals/"))
    for address, form in WRITE.items():
        page = address.format(**nothing_is_changed)
        answered = guest.post(page, form, follow=True)
        assert answered.status_code == 403 or "not in the reach" in told(answered), address
    assert guest.get("/terminals/north-gate/settings").status_code == 403


def test_whose_right_ended_meanwhile_does_nothing_more(nothing_is_changed, inside, no_second_factor):
    client = inside()
    assert client.get("/terminals/north-gate/revoke").status_code == 200
    end_account("wu-senior", Signed(actor("Zhao"), 1, "left"))
    for page in ("/terminals/", *READ):
        assert client.get(page).status_code == 302
    for address, form in WRITE.items():
        assert client.post(address.format(**nothing_is_changed), form).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, terminal, doubted, deliver, hear, inside, at_noon):
    deliver()
    hear()
    set_aside()
    client = inside()
    for page in ("/terminals/", *READ):
        response = client.get(f"{page}?language={language}")
        assert response.status_code == 200
        assert Words(language).say("page-terminals_all") in told(response)
    shown = told(client.post(f"/terminals/north-gate/settings/compared?language={language}", SETTINGS))
    assert Words(language).say("page-terminals_would_change") in shown


def test_no_page_writes_its_own_style_or_script(terminal, doubted, inside):
    set_aside()
    for page in ("/terminals/", *READ):
        shown = told(inside().get(page))
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shown)
        assert shown.count('method="post"') == shown.count("csrfmiddlewaretoken")
