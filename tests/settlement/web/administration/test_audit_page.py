"""The audit on a page: by account, kind, action, thing and day; nothing of others."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import end_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import MOST_AT_ONCE, Action, Kind, Signed, note
from settlement.models import AuditRecord
from tests.settlement.actors import actor
from tests.settlement.web.administration.conftest import told
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

DAY = 86_400_000


@pytest.fixture
def deeds(staff, noon_ms):
    """What Sun, Chen and the centre itself did, on two days."""
    sun, chen = Signed(staff["sun"], noon_ms, "as <b>asked"), Signed(staff["chen"], noon_ms)
    note(Action.CORRECT, Kind.SITE, "north", sun, before={"name": "Nord <1>"}, after={"name": "North"})
    note(Action.ENTER, Kind.ACTIVITY, "fair", Signed(staff["sun"], noon_ms - DAY), after={"title": "Fair"})
    note(Action.REMOVE, Kind.TERMINAL, "far-gate", chen, before={"revoked_ms": None})
    note(Action.ERASE, Kind.RETENTION, "2020", Signed(None, noon_ms))


def subjects_on(page):
    return [one for one in re.findall(r'data-name="Which one"><bdi>([^<]*)', page) if one != "audit"]


def test_each_sees_what_accounts_in_reach_did(deeds, browse):
    assert set(subjects_on(told(browse("zhao").get("/audit/")))) == {"2020", "far-gate", "fair", "north"}
    page = told(browse("wu").get("/audit/"))
    assert subjects_on(page) == ["fair", "north"]
    assert "as &lt;b&gt;asked" in page
    assert "Nord &lt;1&gt;</bdi> → <bdi>North" in page
    assert subjects_on(told(browse("chen").get("/audit/"))) == ["far-gate"]
    look = AuditRecord.objects.get(action="look", name="Chen")
    assert (look.kind, look.subject) == ("record", "audit")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("kind=activity", ["fair"]),
        ("kind=terminal", []),
        ("action=correct", ["north"]),
        ("subject=fair", ["fair"]),
        ("subject=far-gate", []),
        ("login=sun", ["fair", "north"]),
        ("login=chen", []),
        ("day=2026-03-06", ["fair"]),
        ("day=2026-03-07", ["north"]),
        ("day=2026-03-08", []),
        ("day=2026-03-07&kind=activity", []),
        ("kind=nonsense&day=never&before=x&action=y", ["fair", "north"]),
    ],
)
def test_it_is_searched_within_the_reach(search, found, deeds, browse):
    assert subjects_on(told(browse("wu").get(f"/audit/?{search}"))) == found


def test_page_follows_page(staff, browse, noon_ms):
    for number in range(MOST_AT_ONCE + 5):
        note(Action.ENTER, Kind.SITE, f"s{number}", Signed(staff["sun"], noon_ms))
    client = browse("wu")
    first = told(client.get("/audit/?kind=site"))
    following = re.search(r'href="(\?[^"]*)" rel="next"', first)[1].replace("&amp;", "&")
    second = told(client.get(f"/audit/{following}"))
    seen = subjects_on(first) + subjects_on(second)
    assert seen == [f"s{number}" for number in range(MOST_AT_ONCE + 4, -1, -1)]


def test_a_look_is_noted_once_and_no_value_of_who_was_erased_is_told(deeds, browse, staff):
    from settlement.models import AuditValues

    client = browse("wu")
    client.get("/audit/")
    client.get("/audit/?kind=site")
    assert AuditRecord.objects.filter(action="look", name="Wu").count() == 1
    AuditValues.objects.all().delete()
    page = told(client.get("/audit/"))
    assert "Nord" not in page
    assert "<bdi>name</bdi>" in page


def test_only_who_may_reads_it(deeds, browse, city, staff):
    assert Browser().get("/audit/").status_code == 302
    assert browser_of(actor("1001", Level.VOLUNTEER, city.path)).get("/audit/").status_code == 403
    for name in ("sun", "qian", "li"):
        assert browse(name).get("/audit/").status_code == 403
    client = browse("wu")
    assert client.get("/audit/").status_code == 200
    assert client.post("/audit/").status_code == 405
    end_account("wu", Signed(staff["zhao"], 1))
    assert client.get("/audit/").status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_each_language(language, deeds, browse):
    response = browse("wu").get(f"/audit/?language={language}")
    assert Words(language).say("page-audit_subject") in told(response)


def test_it_costs_the_same_however_much_is_on_record(deeds, browse, staff, noon_ms):
    client = browse("wu")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/audit/").status_code == 200
        return len(seen)

    queries()
    few = queries()
    for number in range(30):
        note(Action.ENTER, Kind.SITE, f"s{number}", Signed(staff["sun"], noon_ms), after={"name": "x"})
    assert queries() == few <= 12


def test_all_that_one_click_did_stands_together(staff, browse, district):
    form = {"login": "feng", "name": "Feng Li", "level": "ordinary", "organisation": district.path}
    browse("sun").post("/accounts/made", form | {"reason": "new here"})
    browse("sun").post("/accounts/made", form | {"login": "gao", "name": "Gao Wu"})
    first, second = (AuditRecord.objects.filter(subject=login).order_by("pk") for login in ("feng", "gao"))
    assert {row.action for row in first} >= {"enter"}
    assert len(first) > 1
    (request,) = {row.request for row in first}
    assert request
    assert request not in {row.request for row in second}
    page = told(browse("wu").get("/audit/"))
    assert f'href="/audit/?request={request}"' in page
    page = told(browse("wu").get(f"/audit/?request={request}"))
    assert subjects_on(page) == ["feng"] * len(first)
    assert "new here" in page
    assert subjects_on(told(browse("chen").get(f"/audit/?request={request}"))) == []


def test_what_the_centre_does_by_itself_is_no_click(deeds):
    assert {row.request for row in AuditRecord.objects.all()} == {""}
