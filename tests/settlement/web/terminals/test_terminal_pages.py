"""Terminals: trouble first, one with its log and alarms, what was not taken, and what is done to one."""

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Signed
from settlement.models import (
    AuditRecord,
    Chain,
    ForkEvidence,
    GivenSettings,
    LogAlarm,
    Quarantine,
    RosterEdition,
    Site,
    Terminal,
    TerminalStatus,
    TlsCertificate,
)
from settlement.review.terminals_now import MOST_AT_ONCE
from settlement.web.terminals.look import content_of
from sync.contract.events import Alarm
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.terminals.conftest import told

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
DAY = 86_400_000


@pytest.fixture
def quiet(site):
    """A terminal that was never heard of."""
    return Terminal.objects.create(id="quiet", site=site, bucket="08", public_key="a" * 64, realm="live")


@pytest.fixture
def doubted(terminal):
    """Two logs speak in the terminal's name."""
    return LogAlarm.objects.create(
        terminal_id="north-gate", code="log_twins", epoch="e" * 32, seq=1, detail="two <b>epochs</b>",
        first_ms=1, last_ms=1,
    )  # fmt: skip


NEW = {"site_id": "north", "bucket": "09", "realm": "live"}


def heard_just_now(row, now_ms):
    TerminalStatus.objects.create(
        terminal=row, hello_ms=now_ms, said_ms=now_ms, boot_began_ms=0, boot="", mono_ms=0, wall_ms=0,
        clock_state="synced", roster=1, config=0, unsent=0, software="x",
    )  # fmt: skip


def set_aside(terminal="north-gate", raw=b"\xff<script>alert(1)</script>\x1b[2J\xe2\x80\xae", **more):
    values = {
        "topic": "muster/1/up/07/north-gate/batch", "reason": "chain", "detail": "they contradict <i>",
        "digest": str(Quarantine.objects.count()), "size": len(raw), "first_ms": 1, "last_ms": 2, "times": 3,
    }  # fmt: skip
    return Quarantine.objects.create(terminal=terminal, raw=raw, **values | more)


def test_those_in_trouble_come_first_and_each_says_why(terminal, hear, quiet, zhao, pages_at, evening_ms):
    hear(unsent=7, software="0.2.0", roster=3)
    RosterEdition.objects.create(
        terminal_id="north-gate", version=4, digest="", sealed=b"", made_ms=evening_ms
    )
    pages_at(evening_ms)
    heard_just_now(Terminal.objects.create(id="a-well", public_key="b" * 64, **NEW), evening_ms)
    page = told(zhao.get("/terminals/"))
    assert re.findall(r">(quiet|north-gate|a-well)</bdi>", page) == ["north-gate", "quiet", "a-well"]
    assert "silent" in page
    row = re.search(r"<tr[^>]*>\s*<th[^>]*><a href=\"/terminals/north-gate/\".*?</tr>", page, re.DOTALL)[0]
    assert "alarming" in row  # what it told of is not here
    assert "events missing: 1" in row
    for shown in ("0.2.0", ">7<", ">3<", ">4<"):
        assert shown in row


def test_a_terminal_of_which_all_is_here_is_well(terminal, deliver, hear, zhao, pages_at, evening_ms):
    deliver(received_ms=evening_ms)
    hear()
    pages_at(evening_ms)
    assert "nothing wrong" in told(zhao.get("/terminals/"))
    assert "No such terminal." in told(zhao.get("/terminals/?kept=troubled"))
    pages_at(evening_ms + HOUR)
    assert "silent" in told(zhao.get("/terminals/?kept=troubled"))


def test_a_certificate_that_ends_soon_is_trouble(terminal, deliver, hear, zhao, pages_at, evening_ms):
    deliver(received_ms=evening_ms)
    hear()
    pages_at(evening_ms)
    now_ms = time.time_ns() // 1_000_000
    TlsCertificate.objects.create(
        serial="1", name="north-gate", kind="terminal", fingerprint="", key_digest="", pem="",
        not_before_ms=0, not_after_ms=now_ms + 3 * DAY + HOUR, issued_ms=0,
    )  # fmt: skip
    page = told(zhao.get("/terminals/?kept=troubled"))
    assert "certificate ends soon" in page
    assert re.search(r'class="number">3</td>', page)
    TlsCertificate.objects.update(not_after_ms=now_ms + 300 * DAY)
    assert "No such terminal." in told(zhao.get("/terminals/?kept=troubled"))


def test_it_is_filtered_by_name_site_and_state(terminal, quiet, zhao):
    Terminal.objects.filter(id="quiet").update(revoked_ms=1)
    assert ">quiet<" not in told(zhao.get("/terminals/"))
    assert ">quiet<" in told(zhao.get("/terminals/?kept=revoked"))
    assert ">north-gate<" in told(zhao.get("/terminals/?text=North"))
    assert ">north-gate<" not in told(zhao.get("/terminals/?text=south"))
    mended = told(zhao.get("/terminals/?text=south&kept=nonsense"))
    assert ">north-gate<" not in mended, "one bad part leaves the others"
    assert "left out of the filter: what is shown" in mended
    assert 'href="?"><bdi>Name or site: south</bdi>' in mended
    for strange in ("kept=nonsense", "after=%00", "after=7-x", "text=%00", "after=" + "9" * 60):
        assert zhao.get(f"/terminals/?{strange}").status_code == 200


def test_page_follows_page_until_each_was_shown_once(site, terminal, zhao, at_noon, noon_ms):
    """Some in trouble, some not, so that a page holds both and the next goes on behind."""
    for number in range(MOST_AT_ONCE + 60):
        row = Terminal.objects.create(id=f"t{number:03d}", public_key=f"{number:064d}", **NEW)
        if number % 4 == 0:
            heard_just_now(row, noon_ms)
    seen, page = [], told(zhao.get("/terminals/"))
    while True:
        seen += re.findall(r'<th scope="row"><a href="/terminals/([\w-]+)/"', page)
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if not following:
            break
        page = told(zhao.get("/terminals/" + following[1].replace("&amp;", "&")))
    assert len(seen) == len(set(seen)) == MOST_AT_ONCE + 61


def queries(client, page):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)


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


def outsider_with_activity(fair):
    """Somebody whose own activity only takes place at the site."""
    chen = actor("Chen")
    fair.organisation = chen_organisation()
    fair.save()
    assert chen.node == fair.organisation.path
    return browser_of(chen)


def chen_organisation():
    from settlement.models import Organisation

    return Organisation.objects.get(name="Other city")


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


SETTINGS = {"given": ["direction", "result_shown_s", "language"], "direction": "in", "result_shown_s": "6"}


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
        assert Browser().post(page, form).status_code == 302
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
        assert client.post(address.format(**nothing_is_changed), form).status_code == 302


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
