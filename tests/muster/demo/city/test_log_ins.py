"""Logging in at the city's pages as a browser does it: each level reads and decides within its own reach."""

import re

import pytest
from django.test import Client

from tests.boot.browser import sent_with_a_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_citys_time")]

ORIGIN = "http://127.0.0.1:8460"
LOG_IN = "/account/log-in/"
STAFF = ("super", "senior", "middle", "ordinary")
PAGES = ("/now/", "/review/", "/inbox/", "/volunteers/?who=2000", "/")


class Visitor(Client):
    """A browser at the demo's address: it sends each form with the page's token, Origin and Referer."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True, HTTP_HOST=ORIGIN.partition("://")[2])

    def submit(self, path, page, **fields):
        """Fill a form in that stands on `page`, and send it."""
        shown = self.get(page)
        assert shown.status_code == 200
        sent = sent_with_a_form(shown["Referrer-Policy"], f"{ORIGIN}{page}")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())
        form = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        return self.post(path, form, headers=sent)

    def text(self, path):
        answer = self.get(path)
        assert answer.status_code == 200, path
        return answer.content.decode()


@pytest.fixture
def visitors(city):
    """Somebody of each level, logged in with the password of the plan."""
    found = {}
    for account in city.plan.account:
        visitor = found[account.level] = Visitor()
        answer = visitor.submit(LOG_IN, LOG_IN, login=account.login, password=account.password)
        first = "/mine/" if account.level == "volunteer" else "/now/"
        assert (answer.status_code, answer["Location"]) == (302, first), account.login
    return found


def numbers_on(page):
    """The volunteers whose numbers a page shows."""
    return {int(number) for number in re.findall(r"\b(200\d\d\d)\b", page)}


def test_each_level_logs_in_with_a_password_alone_and_sees_its_own_reach(city, visitors):
    from settlement.models import Activity
    from settlement.organisations.members import people_of

    homes = {one.level: one.organisation for one in city.plan.account}
    sites = {one.name: one.organisation for one in city.plan.site}
    seen = {}
    for level in STAFF:
        now = visitors[level].text("/now/")
        here = {name for name in sites if name in now}
        assert here == {name for name, path in sites.items() if path.startswith(homes[level])}
        review = visitors[level].text("/review/")
        activities = Activity.objects.filter(pk__in=re.findall(r"/review/([a-z-]+)/", review))
        assert all(one.organisation.path.startswith(homes[level]) for one in activities.all())
        reached = set(people_of(homes[level]).values_list("number", flat=True))
        listed = numbers_on(
            visitors[level].text("/volunteers/?who=a") + visitors[level].text("/volunteers/?who=%E6%9E%97")
        )
        assert listed
        assert listed <= reached
        seen[level] = (len(here), len(activities), len(reached))
    assert seen["super"] > seen["middle"] > seen["ordinary"]


def test_nobody_reads_what_lies_beyond(city, visitors):
    from settlement.models import LedgerEntry

    beyond = LedgerEntry.objects.filter(activity="lantern-market", review=None).first()
    for level in ("middle", "ordinary"):
        for path in ("/review/lantern-market/", f"/review/line/{beyond.pk}", "/now/willow-square/missing"):
            assert visitors[level].get(path).status_code == 404
    assert visitors["senior"].get(f"/review/line/{beyond.pk}").status_code == 200
    refused = visitors["ordinary"].submit(
        "/review/lantern-market/decided", "/review/", entry=beyond.pk, what="approve"
    )
    assert refused.status_code in {403, 404}
    assert not LedgerEntry.objects.filter(pk=beyond.pk, review__isnull=False).exists()


def test_the_volunteer_reads_no_page_that_names_others(visitors):
    for path in PAGES:
        assert visitors["volunteer"].get(path).status_code == 403


def test_who_has_not_logged_in_reads_everything_and_decides_nothing(city):
    from settlement.models import Event, LedgerEntry, Review

    somebody = Visitor()
    for path in PAGES:
        somebody.text(path)
    assert LOG_IN in somebody.text("/now/")
    entry = LedgerEntry.objects.filter(activity="tree-planting", review=None).first()
    shown = somebody.text(f"/review/line/{entry.pk}")
    event = re.search(r'href="(/evidence/[^"]+)"', shown)[1]
    assert "badge:" in somebody.text(event)
    assert Event.objects.filter(chain__terminal="riverside-park-1").exists()
    decided = Review.objects.count()
    answer = somebody.submit("/review/tree-planting/decided", LOG_IN, entry=entry.pk, what="approve")
    assert answer.status_code == 403
    assert Review.objects.count() == decided


def test_the_clean_lines_are_approved_with_one_form_and_a_doubtful_one_by_its_own(visitors):
    from settlement.models import Activity, LedgerEntry
    from settlement.review.browse import waiting_rows
    from settlement.review.wanted import Kept, Wanted

    market = Activity.objects.get(pk="lantern-market")
    clean = waiting_rows(market, Wanted(Kept.CLEAN)).count()
    visitor, decide = visitors["senior"], "/review/lantern-market/decided"
    visitor.submit(decide, "/review/lantern-market/clean", what="approve_clean")
    assert f"{clean} entries will be approved" in visitor.text("/review/lantern-market/")
    assert not waiting_rows(market, Wanted(Kept.CLEAN)).exists()
    doubtful = waiting_rows(market, Wanted(Kept.DOUBTFUL)).order_by("pk")
    before = doubtful.count()
    for entry in list(doubtful):
        page = f"/review/line/{entry.pk}"
        answer = visitor.submit(
            decide, page, entry=entry.pk, line=entry.pk, what="reject", note="Nobody knows."
        )
        assert answer.status_code == 302
    assert before > 5
    assert not LedgerEntry.objects.filter(activity=market, review=None, held=None).exists()


def test_the_inbox_is_decided_by_whoever_is_logged_in(visitors):
    visitor = visitors["super"]
    for kind, act in (("times", "confirm"), ("objections", "reject"), ("gifts", "grant"), ("stars", "keep")):
        page = f"/inbox/{kind}/"
        numbers = re.findall(rf'action="/inbox/{kind}/(\d+)"', visitor.text(page))
        assert numbers, kind
        for number in numbers:
            visitor.submit(f"{page}{number}", page, what=act, note="Seen and agreed.")
        assert f'action="{page}' not in visitor.text(page), kind
