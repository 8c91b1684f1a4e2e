"""The review on pages: what waits is found, looked at with its evidence, and decided; each by who may."""

import datetime as dt
import re

import pytest
from msgspec.structs import replace

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Kind, records_of
from settlement.models import Account, Activity, LedgerEntry, ManualRecord, Volunteer
from settlement.name_search import keep_name_keys
from settlement.organisations.tree import add_organisation
from settlement.people_settings import ReviewSettings
from settlement.reach import WHOLE, Reach
from settlement.review import browse
from settlement.review.wanted import WantedActivities
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db

LIST = "/review/fair/"
DECIDED = "/review/fair/decided"


@pytest.fixture(autouse=True)
def at_once(no_second_factor, settings):
    """Decisions are posted at once; how they are undone stands in test_undo.py."""
    settings.CENTRE = replace(settings.CENTRE, review=ReviewSettings(undo_minutes=0))


@pytest.fixture
def client(at_once):
    """Logged in as somebody of the highest level."""
    return browser_of(actor("Zhao"))


@pytest.fixture
def three(mei, wei, ended_fair, serve):
    """A clean line of Mei's, a doubtful one of Wei's, and a third of somebody else's."""
    keep_name_keys([Volunteer.objects.create(number=1003, display_name="Zoë O'Neil")])
    serve()
    serve(left=None, number=1002)
    serve(number=1003)
    return {row.volunteer_id: row for row in LedgerEntry.objects.all()}


@pytest.fixture
def now(pages_at, evening_ms):
    """The pages' clock stands in the evening."""
    pages_at(evening_ms)


def named(response):
    return re.findall(r'<a href="/review/line/\d+"><bdi>([^<]*)</bdi>', response.content.decode())


def test_the_activities_that_wait_are_listed_with_what_is_clean(client, three, now):
    told = text_of(client.get("/review/"))
    assert 'href="/review/fair/"' in told
    assert '<td data-name="Waiting" class="number">3</td> <td data-name="Clean" class="number">2</td>' in told


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("kept=clean", ["Mei", "Zoë O&#x27;Neil"]),
        ("kept=doubtful", ["Wei"]),
        ("flag=MISSING_OUT", ["Wei"]),
        ("flag=DAILY_CAP", []),
        ("person=1003", ["Zoë O&#x27;Neil"]),
        ("person=o%27n", ["Zoë O&#x27;Neil"]),
        ("person=zoe+one", ["Zoë O&#x27;Neil"]),
        ("person=neil+wei", []),
        ("day=2026-03-07", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("day=2026-03-08", []),
        (f"person={9 * '9'}{30 * '9'}", []),
        (f"person={2**63}", []),
        ("after=2026-03-07.999999999", []),
        (f"after={30 * '9'}", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("after=2026-99-07.1", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("person=100", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("site=north", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("site=%00", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("site=south", []),
        ("organisation=01", []),
        ("terminal=north-gate&person=mei", ["Mei"]),
        ("terminal=north", []),
        ("method=badge", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
        ("method=card", []),
        ("method=manual", []),
        ("waited=1", []),
        ("late=1", []),
        ("kept=nonsense&flag=NONE&day=today&after=x", ["Mei", "Wei", "Zoë O&#x27;Neil"]),
    ],
)
def test_what_waits_is_found_by_filter(query, names, client, three, now):
    assert named(client.get(f"{LIST}?{query}")) == names


def test_after_the_last_decision_the_way_leads_to_all_that_waits(client, three, now):
    entries = [row.pk for row in three.values()]
    client.post(DECIDED, {"what": "reject", "entry": entries[:2], "note": "not there"})
    response = client.post(
        DECIDED, {"what": "reject", "entry": entries[2:], "note": "not there"}, follow=True
    )
    assert response.redirect_chain[-1][0] == "/review/"
    assert "1 entry was rejected" in text_of(response)
    assert "it is finished" in text_of(response)


def test_long_lists_come_page_by_page(client, three, now, monkeypatch):
    monkeypatch.setattr(browse, "MOST_AT_ONCE", 2)
    first = client.get(f"{LIST}?site=north&method=badge")
    assert named(first) == ["Mei", "Wei"]
    following = re.search(r'href="(\?[^"]*)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(LIST + following)
    assert named(second) == ["Zoë O&#x27;Neil"]
    assert "site=north&amp;method=badge" in text_of(second), "the filter stays"
    assert 'rel="next"' not in text_of(second)


def test_activities_come_page_by_page_the_longest_waiting_first(client, three, now, serve, monkeypatch, site):
    for name, day in (("oldest", 5), ("newest", 7), ("older", 6)):
        activity = Activity.objects.create(id=name, site=site, kind="service", title=name)
        LedgerEntry.objects.create(
            volunteer_id=1001, activity=activity, local_date=dt.date(2026, 3, day), kind="original", rev=1,
            delta_s=60, flags=[], hands=[], sessions=[], rules=three[1001].rules, entered_ms=0,
        )  # fmt: skip
    for reach in (WHOLE, Reach(None, 1001)):
        found, after = [], ""
        while page := browse.waiting_activities(reach, WantedActivities(after=after), most=1):
            found += [one.id for one in page.activities]
            if not (after := page.following):
                break
        assert found == ["oldest", "older", "fair", "newest"]
    monkeypatch.setattr(browse, "MOST_AT_ONCE", 2)
    told = text_of(client.get("/review/?person=mei"))
    assert 'href="?person=mei&amp;after=2026-03-06.older" rel="next"' in told
    assert "/review/fair/?person=mei" in text_of(client.get("/review/?person=mei&after=2026-03-06.older"))
    assert "/review/oldest/" in text_of(client.get("/review/?after=2026-99-06.older"))


def test_a_page_costs_the_same_however_much_waits(client, three, now, serve, django_assert_max_num_queries):
    client.get(LIST)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    for number in range(2001, 2009):
        Volunteer.objects.create(number=number, display_name=f"Person {number}")
        serve(number=number)
    with django_assert_max_num_queries(12) as more:
        assert len(named(client.get(LIST))) == 11
    assert len(more) == len(few)


def test_all_clean_ones_are_approved_at_once_and_the_doubtful_one_waits(client, three, now, entries):
    response = client.post(DECIDED, {"what": "approve_clean", "query": "kept=all"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?kept=all", 302)]
    assert "2 entries were approved." in text_of(response)
    assert named(response) == ["Wei"]
    assert sorted(row[4] for row in entries()) == ["approved", "approved", "pending"]
    assert LedgerEntry.objects.get(volunteer=1001).review.by == "Zhao"


def test_before_all_clean_ones_are_approved_it_is_told_how_many_they_are(client, three, now, entries):
    told = text_of(client.get("/review/fair/clean"))
    assert "2 clean entries of 2 people wait: 16.00 h together." in told
    assert 'value="approve_clean"' in told
    assert {row[4] for row in entries()} == {"pending"}
    client.post(DECIDED, {"what": "approve_clean"})
    told = text_of(client.get("/review/fair/clean"))
    assert "No clean entry waits." in told
    assert "<button" not in told


def test_a_doubtful_one_is_looked_at_with_its_evidence_and_decided(client, three, now):
    entry = three[1002].pk
    page = text_of(client.get(f"/review/line/{entry}"))
    assert "Wei" in page
    assert "A check-in without a check-out" in page or "no check-out" in page.lower()
    assert re.search(r'<a href="/evidence/[^"]+"><bdi>', page)
    assert records_of(Kind.RECORD, "fair/1002").exists()
    response = client.post(DECIDED, {"what": "approve", "entry": entry, "line": entry}, follow=True)
    assert "1 entry was approved." in text_of(response)
    assert response.redirect_chain == [("/review/lines?kept=doubtful", 302)], "no other one of the fair"
    assert "Nothing of this line waits for a decision." in text_of(client.get(f"/review/line/{entry}"))


def test_a_rejection_needs_its_reason(client, three, now):
    entry = three[1002].pk
    refused = client.post(DECIDED, {"what": "reject", "entry": entry}, follow=True)
    assert "reason" in text_of(refused).lower()
    assert not LedgerEntry.objects.filter(review__state="rejected").exists()
    client.post(DECIDED, {"what": "reject", "entry": entry, "note": "was not there"})
    assert LedgerEntry.objects.get(pk=entry).review.note == "was not there"


def test_what_is_refused_is_told_with_why(client, three, now):
    entry = three[1001].pk
    client.post(DECIDED, {"what": "approve", "entry": entry})
    again = client.post(DECIDED, {"what": "approve", "entry": [entry, three[1003].pk]}, follow=True)
    assert "1 entry was approved." in text_of(again)
    assert f"Entry {entry} stays as it is" in text_of(again)
    assert "Entry" not in text_of(client.get(LIST)), "told once"


@pytest.mark.parametrize("entry", [str(2**63), "9" * 30, "9" * 5000, "0", "١", "x"])
@pytest.mark.parametrize("what", ["approve", "reject", "lift_cap", "credit_stay"])
def test_a_number_that_no_entry_has_decides_nothing(what, entry, client, three, now, entries):
    form = {"what": what, "entry": [entry, str(three[1001].pk)], "note": "seen", "line": entry}
    assert "One of these entries does not exist" in text_of(client.post(DECIDED, form, follow=True))
    assert {row[4] for row in entries()} == {"pending"}


@pytest.mark.parametrize("what", ["", "approve", "erase everything"])
def test_without_a_choice_nothing_is_decided(what, client, three, now, entries):
    response = client.post(DECIDED, {"what": what}, follow=True)
    assert "nothing was decided" in text_of(response)
    assert {row[4] for row in entries()} == {"pending"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_each_language(language, client, three, now):
    for page in ("/review/", LIST, f"/review/line/{three[1002].pk}", "/review/fair/clean"):
        response = client.get(f"{page}?language={language}")
        assert response.status_code == 200
        assert Words(language).say("page-review") in text_of(response)
        assert "page-" not in text_of(response).replace("page-review", "")


PAGES = ("/review/", LIST, "/review/line/{entry}", "/review/fair/clean")


def statuses(client, three):
    entry = three[1001].pk
    found = [client.get(page.format(entry=entry)).status_code for page in PAGES]
    posted = client.post(DECIDED, {"what": "approve", "entry": entry})
    return [*found, posted.status_code]


def test_nobody_sees_or_decides_what_is_beyond_the_own_reach(client, three, now, ended_fair, entries):
    city, other = add_organisation("City"), add_organisation("Other city")
    ended_fair.organisation = city
    ended_fair.save()
    assert statuses(Browser(), three) == [302, 302, 302, 302, 403]
    assert statuses(browser_of(actor("1001", Level.VOLUNTEER, city.path)), three) == [403] * 5
    outsider = browser_of(actor("Chen", Level.SENIOR, other.path))
    assert statuses(outsider, three) == [200, 404, 404, 404, 404]
    assert "fair" not in text_of(outsider.get("/review/"))
    assert {row[4] for row in entries()} == {"pending"}


def test_a_number_beyond_the_own_reach_answers_as_one_that_no_entry_has(
    client, three, now, ended_fair, market, entries
):
    ended_fair.organisation, market.organisation = add_organisation("City"), add_organisation("Other city")
    ended_fair.save()
    market.save()
    outsider = browser_of(actor("Chen", Level.SENIOR, market.organisation.path))
    told = set()
    for number in (three[1001].pk, 2**40):
        form = {"what": "approve", "entry": number}
        told.add(text_of(outsider.post("/review/market/decided", form, follow=True)))
    assert len(told) == 1
    assert {row[4] for row in entries()} == {"pending"}


def test_who_may_read_and_not_review_is_told_so(client, three, now, ended_fair, entries):
    ended_fair.organisation = add_organisation("City")
    ended_fair.save()
    ordinary = browser_of(actor("Chen", Level.ORDINARY, ended_fair.organisation.path))
    assert statuses(ordinary, three) == [200, 200, 200, 200, 302]
    assert "Chen" in text_of(ordinary.get(LIST))
    assert {row[4] for row in entries()} == {"pending"}
    for page in PAGES:
        assert 'name="what"' not in text_of(ordinary.get(page.format(entry=three[1001].pk)))
    assert "Only who may review decides here" in text_of(ordinary.get(LIST))
    reviewer = browser_of(actor("Sun", Level.ORDINARY, ended_fair.organisation.path, (Role.REVIEWER,)))
    assert statuses(reviewer, three) == [200, 200, 200, 200, 302]
    assert sorted(row[4] for row in entries()) == ["approved", "pending", "pending"]


def test_a_form_from_elsewhere_decides_nothing(three, now, no_second_factor, entries):
    guarded = Browser(enforce_csrf_checks=True)
    guarded.force_login(Account.objects.get(pk=actor("Zhao").account))
    posted = guarded.post(DECIDED, {"what": "approve_clean"})
    assert posted.status_code == 403
    assert {row[4] for row in entries()} == {"pending"}


@pytest.mark.parametrize("line", [True, False])
def test_what_was_chosen_and_typed_is_there_again_after_a_refusal(line, client, three, now):
    entry = three[1002].pk
    form = {
        "what": "reject",
        "entry": entry,
        "override": "as the film shows",
        **({"line": entry} if line else {}),
    }
    page = client.post(DECIDED, form, follow=True).content.decode()
    assert "No reason" in page or "reason" in page
    assert 'name="note" maxlength="300" accesskey="w" value="" autofocus' in page
    if not line:
        assert f'value="{entry}" checked' in page
        assert 'name="override" maxlength="300" value="as the film shows"' in page
    again = client.get(LIST).content.decode()
    assert "checked" not in again


def test_a_rejection_is_taken_back_by_another_person_on_its_page(client, three, now):
    entry = three[1002].pk
    client.post(DECIDED, {"what": "reject", "entry": entry, "note": "nobody saw him"})
    other = browser_of(actor("Sun"))
    page, way = f"/review/line/{entry}", f"/review/line/{entry}/reopened"
    assert f'action="{way}"' in other.get(page).content.decode()
    assert "reason" in text_of(other.post(way, {"reason": " "}, follow=True)).lower()
    own = text_of(client.post(way, {"reason": "wrong click"}, follow=True))
    assert "Ask another reviewer to decide on it, or to reopen it." in own
    assert "The rejection is taken back" in text_of(other.post(way, {"reason": "wrong click"}, follow=True))
    assert f'action="{way}"' not in other.get(page).content.decode()


def test_a_time_that_waits_for_its_second_person_is_told_beside_the_line(client, three, now, ended_fair, mei):
    page = f"/review/line/{three[1001].pk}"
    assert "waits for its second person" not in client.get(page).content.decode()
    ManualRecord.objects.create(
        volunteer=mei,
        activity=ended_fair,
        direction="out",
        at_ms=1,
        reason="x",
        entered_by="Sun",
        entered_ms=1,
    )
    assert "waits for its second person" in client.get(page).content.decode()


def test_who_took_part_in_a_line_is_told_so_and_offered_nothing(client, three, now):
    entry = three[1001]
    own = browser_of(actor("1001", Level.SUPER))
    told = own.get(f"/review/line/{entry.pk}").content.decode()
    assert "Nobody decides on what concerns themselves." in told
    assert 'name="what" value="approve"' not in told
