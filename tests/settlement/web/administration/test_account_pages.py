"""Accounts on pages: who has one in reach, made and invited, changed and ended by who stands above."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.accounts.overview import MOST_AT_ONCE
from settlement.models import Account, AuditRecord, Invitation, Membership, Volunteer
from tests.settlement.actors import actor
from tests.settlement.web.administration.conftest import account, told
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NEW = {"login": "feng", "name": "Feng <i>Li</i>", "level": "ordinary", "role": ["liaison"]}


def names_on(page):
    return re.findall(r'<th scope="row"><a href="/accounts/\d+/"><bdi>([^<]+)</bdi>', page)


def test_those_in_reach_are_listed_and_nobody_else(browse):
    assert names_on(told(browse("zhao").get("/accounts/"))) == ["Chen", "Li", "Qian", "Sun", "Wu", "Zhao"]
    assert names_on(told(browse("wu").get("/accounts/"))) == ["Qian", "Sun", "Wu"]
    page = told(browse("sun").get("/accounts/"))
    assert names_on(page) == ["Qian", "Sun"]
    assert "District &lt;1&gt;" in page
    assert "reviewer" in page
    assert AuditRecord.objects.filter(action="look", kind="account").count() == 3


def test_second_factor_and_last_log_in_are_told(browse, staff):
    client = browse("wu")  # logs in
    Authenticator.objects.create(user=account("qian"), type="totp", data={})
    page = told(client.get("/accounts/"))
    rows = dict(re.findall(r"<bdi>(Qian|Sun|Wu)</bdi>(.*?)</tr>", page, re.DOTALL))
    assert "✔</span> on" in rows["Qian"]
    assert "off" in rows["Sun"]
    assert "never" in rows["Sun"]
    assert "never" not in rows["Wu"]


def test_it_is_filtered_and_goes_on_page_by_page(browse, staff, city):
    for number in range(MOST_AT_ONCE + 5):
        actor(f"Team {number:03d}", Level.ORDINARY, city.path)
    actor("Old", Level.VOLUNTEER, city.path)
    client = browse("wu")
    first = told(client.get("/accounts/"))
    following = re.search(r'href="(\?[^"]*)" rel="next"', first)[1].replace("&amp;", "&")
    second = told(client.get(f"/accounts/{following}"))
    seen = names_on(first) + names_on(second)
    assert len(seen) == len(set(seen)) == MOST_AT_ONCE + 5 + 3
    assert names_on(told(client.get("/accounts/?kept=volunteers"))) == ["Old"]
    assert names_on(told(client.get("/accounts/?text=tEam+01"))) == [f"Team {n:03d}" for n in range(10, 20)]
    end_account("sun", Signed(staff["zhao"], 1))
    assert names_on(told(client.get("/accounts/?kept=ended"))) == ["Sun"]
    for strange in ("kept=x", "text=%00", "after=%00", "after=" + "x" * 90):
        assert client.get(f"/accounts/?{strange}").status_code == 200


def test_an_account_is_made_and_its_invitation_shown_once(browse, district):
    client = browse("sun")
    page = told(client.post("/accounts/made", NEW | {"organisation": district.path}))
    address = re.search(r"https://testserver(/invitation/[\w-]+)", page)[1]
    assert "within 7 days" in page
    assert "Feng &lt;i&gt;Li&lt;/i&gt;" in page
    row = account("feng")
    assert (row.level, row.organisation, row.roles) == ("ordinary", district, ["liaison"])
    assert not row.has_usable_password()
    assert address not in told(client.get(f"/accounts/{row.pk}/"))
    password = "a horse of correct battery"
    answered = Browser().post(address, {"password": password, "again": password})
    assert (answered.status_code, account("feng").check_password(password)) == (302, True)


@pytest.mark.parametrize("level", ["super", "senior", "middle"])
def test_nobody_gives_the_own_level_or_a_higher_one(level, browse, district):
    client = browse("sun")
    page = told(client.post("/accounts/made", NEW | {"level": level, "organisation": district.path}))
    assert "is not below the own one" in page
    assert 'value="feng"' in page  # what was typed is still there
    assert not Account.objects.filter(login="feng").exists()
    assert "is not below the own one" in change(client, "qian", level=level)
    assert account("qian").level == "ordinary"


def change(client, login, **wanted):
    row = account(login)
    form = {
        "name": row.real_name,
        "level": row.level,
        "organisation": row.organisation.path if row.organisation else "",
        "role": row.roles,
        "volunteer": row.volunteer_id or "",
        "reason": "new duties",
    }
    return told(client.post(f"/accounts/{row.pk}/changed", form | wanted, follow=True))


def test_an_account_below_is_changed_with_its_reason(browse, city):
    client = browse("wu")
    assert "is changed" in change(
        client, "qian", name="Qian Mei", level="middle", role=[], organisation=city.path
    )
    row = account("qian")
    assert (row.real_name, row.level, row.roles, row.organisation) == ("Qian Mei", "middle", [], city)
    record = AuditRecord.objects.get(kind="account", action="correct")
    assert (record.reason, record.fields) == ("new duties", ["level", "name", "organisation", "roles"])
    assert 'role="status"' in change(client, "sun", name="Sun Li", reason=" ")
    assert account("sun").real_name == "Sun"


def test_what_was_left_as_it_is_is_not_changed(browse):
    change(browse("wu"), "qian", name="Qian Mei")
    assert AuditRecord.objects.get(kind="account", action="correct").fields == ["name"]


def test_nobody_touches_the_own_account_or_one_above(browse, staff):
    client = browse("sun")
    for login in ("sun",):
        assert "account of the same person" in change(client, login, name="Sun Li")
        assert 'role="status"' in act(client, login, "end")
    assert account("sun").ended_ms is None
    wu = account("wu")
    for page in (f"/accounts/{wu.pk}/", f"/accounts/{wu.pk}/change"):
        assert client.get(page).status_code == 404
    peer = actor("Peer", Level.MIDDLE, staff["sun"].node)
    assert "is not below the own one" in change(client, "peer", name="Somebody")
    for what in ("end", "second_factor", "log_ins"):
        assert "is not below the own one" in act(client, "peer", what)
    assert "is not below the own one" in told(client.post(f"/accounts/{peer.account}/invited", follow=True))


def act(client, login, what, reason="lost"):
    number = account(login).pk
    return told(client.post(f"/accounts/{number}/done/{what}", {"reason": reason}, follow=True))


def test_an_account_does_not_move_out_of_the_reach(browse, other, city):
    client = browse("sun")
    form = {"organisation": other.path, "level": "ordinary", "reason": "x", "name": "Qian"}
    for place in (other.path, city.path, "7777"):
        changed = client.post(f"/accounts/{account('qian').pk}/changed", form | {"organisation": place})
        assert changed.status_code == 404
        made = client.post("/accounts/made", NEW | {"organisation": place})
        assert made.status_code == 404
    assert "belongs to an organisation" in change(client, "qian", organisation="")
    assert account("qian").organisation.name.startswith("District")
    assert other.path not in told(client.get("/accounts/new"))


def test_who_moves_an_account_within_the_reach_still_finds_it(browse, city, district):
    page = change(browse("wu"), "sun", organisation=city.path)
    assert "City" in page
    assert account("sun").organisation == city


def test_a_namesake_beyond_the_reach_is_not_told_by_login_or_number(browse, district, other):
    far = Volunteer.objects.create(number=7001, display_name="Feng Li")
    Membership.objects.create(volunteer=far, organisation=other, joined_ms=0)
    actor("Feng Li", Level.ORDINARY, other.path)
    form = NEW | {"name": "Feng Li", "organisation": district.path}
    client = browse("sun")
    page = told(client.post("/accounts/made", form))
    assert "Somebody is called &#x27;Feng Li&#x27; already. Accounts: –. Volunteers: –." in page
    near = Volunteer.objects.create(number=7002, display_name="Feng Li")
    Membership.objects.create(volunteer=near, organisation=district, joined_ms=0)
    page = told(client.post("/accounts/made", form))
    assert "Volunteers: 7002." in page
    assert "7001" not in page
    assert "/invitation/" in told(client.post("/accounts/made", form | {"namesake": "yes"}))


def test_the_own_number_of_an_account_is_of_the_reach(browse, district, other, mei):
    Membership.objects.create(volunteer=mei, organisation=other, joined_ms=0)
    form = NEW | {"organisation": district.path, "volunteer": "1001"}
    client = browse("sun")
    for wrong in ("1001", "1002", "x", "-1", "9" * 30):  # of another city, of nobody, no number
        assert "or beyond your reach" in told(client.post("/accounts/made", form | {"volunteer": wrong}))
        assert "or beyond your reach" in change(client, "qian", volunteer=wrong)
    for login in ("li", "nobody"):
        assert f"There is no account &#x27;{login}&#x27;" in told(
            client.post("/accounts/made", form | {"volunteer": "", "same": login})
        )
    assert not Account.objects.filter(login="feng").exists()
    Membership.objects.create(volunteer=mei, organisation=district, joined_ms=0)
    browse("sun").post("/accounts/made", form)
    assert account("feng").volunteer_id == 1001


def test_who_makes_another_account_of_the_own_is_invited_by_somebody_else(browse, district):
    form = NEW | {"organisation": district.path, "same": "sun"}
    page = told(browse("sun").post("/accounts/made", form, follow=True))
    assert "account of the same person" in page
    assert "has no password" in page
    assert not Invitation.objects.exists()
    assert account("feng").person == account("sun").person


def test_a_new_invitation_ends_the_earlier_one(browse):
    client = browse("sun")
    number = account("qian").pk
    found = [
        re.search(r"/invitation/[\w-]+", told(client.post(f"/accounts/{number}/invited")))[0]
        for _ in range(2)
    ]
    assert [Browser().get(address).status_code for address in found] == [404, 200]
    assert "invited, until" in told(client.get(f"/accounts/{number}/"))


def test_an_account_ends_with_a_reason(browse):
    client = browse("sun")
    asked = told(client.get(f"/accounts/{account('qian').pk}/ask/end"))
    assert "can&#x27;t be undone" in asked
    assert account("qian").ended_ms is None
    assert 'role="status"' in act(client, "qian", "end", " ")
    assert account("qian").ended_ms is None
    assert "acts no more" in act(client, "qian", "end")
    assert account("qian").ended_ms is not None


def test_a_second_factor_is_reset_and_the_log_ins_end(browse):
    qian, sun = browse("qian"), browse("sun")
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=account("qian"), type=kind, data={})
    Authenticator.objects.create(user=account("li"), type="totp", data={})
    assert qian.get("/now/").status_code == 200
    assert "is taken away" in act(sun, "qian", "second_factor")
    assert list(Authenticator.objects.values_list("user__login", flat=True)) == ["li"]
    assert qian.get("/now/").status_code == 302
    assert sun.get("/now/").status_code == 200
    record = AuditRecord.objects.select_related("values").get(kind="account", action="remove")
    assert record.values.before == {"second_factor": ["recovery_codes", "totp"], "log_ins": 1}


def test_nobody_takes_the_own_second_factor_away_here(browse):
    zhao = browse("zhao")
    Authenticator.objects.create(user=account("zhao"), type="webauthn", data={})
    assert "account of the same person" in act(zhao, "zhao", "second_factor")
    assert Authenticator.objects.exists()


def test_log_ins_end_wherever_they_are(browse, staff):
    first, second, sun = browse("qian"), browse("qian"), browse("sun")
    assert "The log-ins of" in act(sun, "qian", "log_ins")
    assert [client.get("/now/").status_code for client in (first, second, sun)] == [302, 302, 200]
    act(sun, "sun", "log_ins")  # the own ones, too
    assert sun.get("/now/").status_code == 302


READ = ("", "change", "ask/end", "ask/log_ins", "ask/second_factor")
WRITE = {
    "changed": {"name": "Evil", "level": "volunteer", "reason": "x"},
    "invited": {},
    "done/end": {"reason": "x"},
    "done/second_factor": {"reason": "x"},
    "done/log_ins": {"reason": "x"},
}


@pytest.fixture
def untouched(staff, browse):
    """Qian's account, which nothing happens to."""
    Authenticator.objects.create(user=account("qian"), type="totp", data={})
    qian = browse("qian")
    yield account("qian").pk
    row = account("qian")
    assert (row.real_name, row.level, row.ended_ms) == ("Qian", "ordinary", None)
    assert not Invitation.objects.exists()
    assert Authenticator.objects.exists()
    assert qian.get("/now/").status_code == 200
    assert not Account.objects.filter(login="feng").exists()


@pytest.mark.parametrize(
    ("name", "read", "written"), [("chen", 404, 404), ("li", 403, 403), ("qian", 403, 403)]
)
def test_nobody_reads_or_touches_accounts_beyond_the_own_reach(name, read, written, untouched, browse):
    client = browse(name)
    for page in READ:
        assert client.get(f"/accounts/{untouched}/{page}").status_code == read, page
    for page, form in WRITE.items():
        assert client.post(f"/accounts/{untouched}/{page}", form).status_code == written, page
        assert client.get(f"/accounts/{untouched}/{page}").status_code == 405, page
    for number in (untouched + 900, 2**62):
        assert client.get(f"/accounts/{number}/").status_code == read


def test_volunteers_and_strangers_see_no_account(untouched, city):
    volunteer = browser_of(actor("1001", Level.VOLUNTEER, city.path))
    for client, status in ((volunteer, 403), (Browser(), 302)):  # whoever is asked to log in is led there
        for page in ("/accounts/", "/accounts/new", *(f"/accounts/{untouched}/{one}" for one in READ)):
            assert client.get(page).status_code == status, page
        assert client.post("/accounts/made", NEW | {"organisation": city.path}).status_code == 403
        for page, form in WRITE.items():
            assert client.post(f"/accounts/{untouched}/{page}", form).status_code == 403, page


def test_an_ordinary_account_changes_none(untouched, browse, district):
    client = browse("qian")
    for page in ("/accounts/", "/accounts/new"):
        assert client.get(page).status_code == 403
    assert client.post("/accounts/made", NEW | {"organisation": district.path}).status_code == 403
    assert "/accounts/" not in told(client.get("/now/"))


def test_whose_right_ended_meanwhile_changes_nothing(untouched, browse, staff, district):
    client = browse("sun")
    assert client.get(f"/accounts/{untouched}/change").status_code == 200
    Account.objects.filter(login="sun").update(level="ordinary")
    assert client.get("/accounts/").status_code == 403
    for page, form in WRITE.items():
        assert client.post(f"/accounts/{untouched}/{page}", form).status_code == 403
    end_account("sun", Signed(staff["zhao"], 1))
    for page, form in WRITE.items():
        assert client.post(f"/accounts/{untouched}/{page}", form).status_code == 403
    assert client.post("/accounts/made", NEW | {"organisation": district.path}).status_code == 403


def test_what_is_no_act_is_not_there(browse):
    number = account("qian").pk
    assert browse("sun").get(f"/accounts/{number}/ask/promote").status_code == 404
    assert browse("sun").post(f"/accounts/{number}/done/promote", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_speaks_each_language(language, browse):
    client, number = browse("wu"), account("qian").pk
    for page in ("/accounts/", "/accounts/new", *(f"/accounts/{number}/{one}" for one in READ)):
        response = client.get(f"{page}?language={language}")
        assert response.status_code == 200
        shown = told(response)
        assert Words(language).say("page-accounts") in shown
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shown)
        assert shown.count('method="post"') == shown.count("csrfmiddlewaretoken")


def test_pages_cost_the_same_however_many_accounts(browse, city):
    client = browse("wu")
    pages = ("/accounts/", f"/accounts/{account('qian').pk}/", "/accounts/new")

    def queries(page):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    first = [queries(page) for page in pages]
    few = [queries(page) for page in pages]
    for number in range(30):
        who = actor(f"Team {number}", Level.ORDINARY, city.path)
        Authenticator.objects.create(user_id=who.account, type="totp", data={})
    assert [queries(page) for page in pages] == few
    assert max(first) <= 14  # the first time the look is noted, too
    assert max(few) <= 12
