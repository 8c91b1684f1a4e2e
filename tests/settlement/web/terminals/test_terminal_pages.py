"""One terminal: its log and alarms, what was not taken, its settings, and what is done to it."""

import re

import pytest

from settlement.accounts.actor import Level, Role
from settlement.models import AuditRecord, Chain, ForkEvidence, GivenSettings, LogAlarm, Site, Terminal
from settlement.web.terminals.look import content_of
from sync.contract.events import Alarm
from tests.settlement.web.terminals.conftest import queries, told
from tests.settlement.web.terminals.terminal_samples import SETTINGS, outsider_with_activity, set_aside

pytestmark = pytest.mark.django_db


def test_pages_cost_the_same_however_much_there_is(site, terminal, doubted, deliver, hear, inside, centre):
    terminal.check_in()
    deliver(1, 1)
    hear()
    set_aside()
    client = inside()
    pages = ("/terminals/", "/terminals/north-gate/", "/terminals/north-gate/refused")
    few = [min(queries(client, page) for _ in range(2)) for page in pages]
    for number in range(40):
        row = Terminal.objects.create(
            id=f"t{number:03d}", site=site, bucket="08", public_key=f"{number:064d}", realm="live"
        )
        LogAlarm.objects.create(terminal=row, code="fork", detail="", first_ms=1, last_ms=1)
        Chain.objects.create(terminal=row, epoch=f"{number:032x}", hash="", head=9)
        Chain.objects.create(terminal_id="north-gate", epoch=f"{number:032x}", hash="", head=9)
        LogAlarm.objects.create(
            terminal_id="north-gate", code="fork", epoch=str(number), detail="", first_ms=1, last_ms=1
        )
        set_aside()
    assert [queries(client, page) for page in pages] == few
    assert max(few) <= 12


def test_a_terminal_tells_its_gaps_epochs_and_alarms(
    terminal, doubted, deliver, hear, zhao, centre, pages_at, evening_ms
):
    terminal.log(Alarm, code="disk_full", detail="99 % of /var")
    for _ in range(4):
        terminal.check_in()
    deliver(1, 3)
    deliver(5, 5)
    hear()
    pages_at(evening_ms)
    page = told(zhao.get("/terminals/north-gate/"))
    assert "two &lt;b&gt;epochs&lt;/b&gt;" in page
    assert "Two epochs of this terminal&#x27;s log follow the same one" in page
    assert "nearly full" in page
    assert "99 % of /var" in page
    assert '<span dir="ltr">4</span>' in page
    assert '<span dir="ltr">6</span>' in page
    assert "it sends them once it is connected" in page
    assert f'<code dir="ltr">{"e" * 8}</code>' in page


def test_an_alarm_is_settled_with_what_it_was(doubted, inside):
    client = inside(Level.MIDDLE)
    address = f"/terminals/north-gate/alarms/{doubted.pk}"
    assert 'role="status"' in told(client.post(address, {"reason": " "}, follow=True))
    assert LogAlarm.objects.get().settled_ms is None
    page = told(client.post(address, {"reason": "an old <card>"}, follow=True))
    assert "The alarm is settled." in page
    assert "an old &lt;card&gt;" in page
    assert LogAlarm.objects.get().settled_by == "Wu middle"
    assert client.post("/terminals/north-gate/alarms/99", {"reason": "x"}).status_code == 404
    other = Terminal.objects.create(
        id="east", site=Site.objects.create(code="east", name="E", zone="UTC"), bucket="01",
        public_key="f" * 64, realm="live",
    )  # fmt: skip
    alarm = LogAlarm.objects.create(terminal=other, code="fork", detail="", first_ms=1, last_ms=1)
    assert client.post(f"/terminals/north-gate/alarms/{alarm.pk}", {"reason": "x"}).status_code == 404
    assert client.post(f"/terminals/east/alarms/{alarm.pk}", {"reason": "x"}).status_code == 404


def test_what_was_not_taken_is_shown_so_that_nothing_acts_or_hides(terminal, deliver, inside):
    deliver()
    set_aside()
    ForkEvidence.objects.create(
        chain=Chain.objects.get(), seq=1, hash=b"h", raw=b'{"kind": "<check_in>"}', received_ms=5
    )
    page = told(inside(Level.ORDINARY, roles=(Role.INSPECTOR,)).get("/terminals/north-gate/refused"))
    assert r"\xff&lt;script&gt;alert(1)&lt;/script&gt;\x1b[2J\u202e" in page
    assert "ff 3c 73 63" in page
    assert "they contradict &lt;i&gt;" in page
    assert "{&quot;kind&quot;: &quot;&lt;check_in&gt;&quot;}" in page
    look = AuditRecord.objects.get(action="look", subject="north-gate refused")
    assert look.name == "Wu ordinary"


def test_only_the_beginning_of_much_is_shown():
    content = content_of(b"x" * 5_000, 9_000)
    assert (len(content.text), content.size, content.is_cut) == (2_048, 9_000, True)
    assert not content_of(b"x", 1).is_cut


def test_who_may_not_judge_the_log_reads_no_content(terminal, fair, inside, outsider, no_second_factor):
    set_aside()
    for page in ("/terminals/north-gate/refused", "/terminals/north-gate/refused?before=999"):
        assert inside(Level.ORDINARY).get(page).status_code == 403
    guest = outsider_with_activity(fair)
    assert guest.get("/terminals/north-gate/").status_code == 200
    assert guest.get("/terminals/north-gate/refused").status_code == 403
    assert "/terminals/north-gate/refused" not in told(guest.get("/terminals/north-gate/"))


def test_messages_of_strangers_are_for_the_whole_tree(terminal, zhao, inside):
    set_aside(terminal="", raw=b"who am I")
    assert "who am I" in told(zhao.get("/enrolment/strangers"))
    assert inside().get("/enrolment/strangers").status_code == 403
    assert "who am I" not in told(inside().get("/terminals/north-gate/refused"))


def test_it_is_revoked_only_with_a_reason_and_its_page_says_how_far_it_went(terminal, inside, at_noon):
    client = inside()
    assert "Its name is never given again" in told(client.get("/terminals/north-gate/revoke"))
    assert Terminal.objects.get().revoked_ms is None
    client.post("/terminals/north-gate/revoked", {"reason": "  "})
    assert Terminal.objects.get().revoked_ms is None
    page = told(client.post("/terminals/north-gate/revoked", {"reason": "stolen"}, follow=True))
    assert "north-gate is revoked" in page
    assert "as soon as the listener runs" in page
    assert Terminal.objects.get().revoked_ms is not None
    assert AuditRecord.objects.get(action="remove", kind="terminal").reason == "stolen"
    Terminal.objects.update(wipe_told_ms=5)
    assert "has not said that it did" in told(client.get("/terminals/north-gate/"))
    Terminal.objects.update(wiped_ms=6)
    assert "It forgot what it held" in told(client.get("/terminals/north-gate/"))


def test_the_broker_refuses_only_who_was_revoked(terminal, inside, centre_settings):
    client = inside()
    assert "is not revoked" in told(client.post("/terminals/north-gate/shut", follow=True))
    Terminal.objects.update(revoked_ms=1)
    assert "issued it no certificate" in told(client.post("/terminals/north-gate/shut", follow=True))
    assert AuditRecord.objects.filter(kind="terminal", action="correct").count() == 1


def test_settings_are_compared_before_they_are_given(terminal, inside, at_noon):
    client = inside()
    page = told(client.post("/terminals/north-gate/settings/compared", SETTINGS))
    assert not GivenSettings.objects.exists()
    assert "everybody comes" in page
    assert page.count("its own file") == 3
    page = told(
        client.post("/terminals/north-gate/settings/given", SETTINGS | {"reason": "morning <1>"}, follow=True)
    )
    assert "Settings of version 1" in page
    assert "morning &lt;1&gt;" in page
    assert GivenSettings.objects.get().values == {"direction": "in", "result_shown_s": 6, "language": ""}
    form = told(client.get("/terminals/north-gate/settings"))
    assert re.search(r'value="result_shown_s"[^>]*checked', form)
    assert not re.search(r'value="contact"[^>]*checked', form)
    same = told(client.post("/terminals/north-gate/settings/compared", SETTINGS))
    assert "Nothing would change." in same


def test_settings_that_no_terminal_takes_are_not_given(terminal, inside):
    client = inside()
    wrong = {"given": ["result_shown_s", "broker"], "result_shown_s": "99", "broker": "evil"}
    page = told(client.post("/terminals/north-gate/settings/compared", wrong))
    assert "No terminal takes these settings" in page
    assert "/settings/given" not in page
    client.post("/terminals/north-gate/settings/given", wrong)
    assert not GivenSettings.objects.exists()
