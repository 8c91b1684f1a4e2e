"""Activities and sites in reach: where each stands, letting one go on, and checking out who forgot to."""

import html
import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Kind, records_of
from settlement.models import (
    Account,
    Activity,
    Assignment,
    Break,
    ManualRecord,
    Membership,
    PhaseChange,
    Post,
    Session,
    Sheet,
    Shift,
    Site,
    Volunteer,
)
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture(autouse=True)
def now(pages_at, no_second_factor, noon_ms):
    pages_at(noon_ms)


@pytest.fixture
def middle(city):
    return browser_of(actor("Zhao", Level.MIDDLE, city.path))


@pytest.fixture
def told(fair, city, mei, noon_ms):
    """The fair with a break, posts and a policy of its own; Mei guides."""
    guide = Post.objects.create(activity=fair, name="guide", duty_pm=1500)
    Post.objects.create(activity=fair, name="cook")
    Break.objects.create(activity=fair, start_ms=noon_ms, end_ms=noon_ms + HOUR // 2)
    Assignment.objects.create(activity=fair, volunteer=mei, post=guide)
    fair.policy = {"early_credit_s": 1800, "break_mode": "scheduled"}
    fair.save()
    return fair


def text_of(response):
    return html.unescape(response.content.decode())


def plain(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


def test_activities_are_listed_with_where_they_stand(middle, told):
    page = plain(middle.get("/activities/"))
    assert re.search(
        r"Lantern fair fair executing North gate City of Lanterns 2026-03-07 09:00–17:00 1 ", page
    )
    assert "Lantern fair" in plain(middle.get("/activities/?text=LANTERN&phase=executing"))
    for query in ("text=moon", "phase=ended", "after=fair", "phase=%00"):
        assert "No such activity" in plain(middle.get(f"/activities/?{query}"))


def test_an_activity_tells_its_phases_times_posts_and_rules(middle, told):
    page = plain(middle.get("/activities/fair/"))
    assert "executing 2026-03-07 00:00:00 People check in and out" in page
    assert "2026-03-07 09:00–17:00" in page
    assert "2026-03-07 12:00–12:30" in page
    assert "cook 1.00 0 guide 1.50 1" in page
    assert "Credited before the shift 30 min (this activity's own)" in page
    assert "Breaks those that are entered are taken off (this activity's own)" in page
    assert "Most that counts in a day 8 h A stay" in page
    assert "Expected 1" in page


def test_it_goes_on_to_a_later_phase_and_never_back(middle, fair, city, noon_ms):
    PhaseChange.objects.create(activity=fair, phase="ended", from_ms=noon_ms + 6 * HOUR)
    PhaseChange.objects.create(activity=fair, phase="archived", from_ms=noon_ms + 600 * HOUR)
    done = middle.post("/activities/fair/phase", {"phase": "ended", "reason": "storm"}, follow=True)
    assert "From now on it is in the phase “ended”." in text_of(done)
    phases = fair.phases.values_list("phase", "from_ms")
    assert [*phases] == [
        ("executing", noon_ms - 12 * HOUR), ("ended", noon_ms), ("archived", noon_ms + 600 * HOUR),
    ]  # fmt: skip
    (record,) = records_of(Kind.ACTIVITY, "fair")
    assert (record.name, record.reason, record.fields) == ("Zhao", "storm", ["phases"])
    for phase in ("executing", "ended"):
        again = text_of(middle.post("/activities/fair/phase", {"phase": phase}, follow=True))
        assert "in that phase or a later one already" in again
    assert middle.post("/activities/fair/phase", {"phase": "party"}).status_code == 404
    assert fair.phases.count() == 3


FORM = {
    "id": "spring-fair", "title": "Spring fair", "site": "north", "content": "guiding",
    "recipients": "guests", "start": "2026-04-01T09:00", "end": "2026-04-01T17:00",
}  # fmt: skip


def test_an_activity_is_applied_for_and_approved(middle, fair, city, pages_at, noon_ms):
    form = FORM | {"organisation": city.path}
    assert "It is submitted." in text_of(middle.post("/activities/new", form, follow=True))
    entered = Activity.objects.get(pk="spring-fair")
    assert [*entered.phases.values_list("phase", "from_ms")] == [("submitted", noon_ms)]
    (shift,) = entered.shifts.all()
    assert shift.end_ms - shift.start_ms == 8 * HOUR
    assert "Spring fair" in plain(middle.get("/activities/?phase=submitted"))
    pages_at(noon_ms + 1000)
    own = middle.post("/activities/spring-fair/phase", {"phase": "recruiting"}, follow=True)
    assert "Whoever applied for spring-fair does not answer" in plain(own)
    other = browser_of(actor("Wu", Level.MIDDLE, city.path))
    other.post("/activities/spring-fair/phase", {"phase": "recruiting"})
    assert "Spring fair" in plain(middle.get("/activities/?phase=recruiting"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "fair"}, "There is an activity 'fair' already"),
        ({"id": "a/b"}, "can't be an activity's id"),
        ({"id": ""}, "needs an id and a title"),
        ({"title": " "}, "needs an id and a title"),
        ({"site": "moon"}, "moon"),
        ({"start": "soon"}, "'soon' is no time"),
        ({"end": ""}, "is no time"),
        ({"end": "2026-04-01T08:00"}, "shifts"),
        ({"organisation": ""}, "reach"),
    ],
)
def test_what_is_wrong_with_an_application_is_said_and_what_was_typed_stays(change, told, middle, fair, city):
    response = middle.post("/activities/new", FORM | {"organisation": city.path} | change)
    assert response.status_code == 400
    assert told in text_of(response)
    assert 'value="guiding"' in text_of(response)
    assert Activity.objects.count() == 1


def test_sites_are_listed_and_tell_what_goes_on_there(middle, fair, city, terminal):
    assert re.search(r"North gate north Asia/Shanghai – 1 ", plain(middle.get("/sites/")))
    assert "No such site" in plain(middle.get("/sites/?text=moon"))
    page = plain(middle.get("/sites/north/"))
    assert "Lantern fair" in page
    assert "north-gate" in page


@pytest.fixture
def stay(fair, city, mei, wei, noon_ms):
    """Mei came at nine and is still here; Wei came yesterday and never checked out."""
    for person, came, is_open in ((mei, -3, True), (wei, -20, False)):
        came_s = (noon_ms + came * HOUR) // 1000
        Session.objects.create(
            volunteer=person, activity=fair, in_s=came_s, raw_s=0, t_s=0, line_date="2026-03-07",
            is_open=is_open, flags=[], trace=[],
        )  # fmt: skip
    return lambda number, came: f"{number}-{(noon_ms + came * HOUR) // 1000}"


def check_out(browser, *stays, **changes):
    form = {"stay": stays, "day": "2026-03-07", "left": "11:30", "reason": "rain", "form": "f", **changes}
    return browser.post("/activities/fair/end", form)


def test_who_is_still_checked_in_is_checked_out_together_for_a_second_person(middle, stay, city, noon_ms):
    page = plain(middle.get("/activities/fair/end"))
    assert re.search(r"Wei 1002 2026-03-06 16:00 no check-out.* Mei 1001 2026-03-07 09:00 still here", page)
    mei, wei = stay(1001, -3), stay(1002, -20)
    response = check_out(middle, mei, wei, **{f"left-{wei}": "0015"})
    (sheet,) = Sheet.objects.all()
    assert response.url == f"/sheets/{sheet.pk}/"
    assert [
        *ManualRecord.objects.order_by("pk").values_list("volunteer", "direction", "at_ms", "reason")
    ] == [
        (1001, "out", noon_ms - HOUR // 2, "rain"),
        (1002, "out", noon_ms - 47 * HOUR // 4, "rain"),
    ]
    assert plain(middle.get("/activities/fair/end")).count("waits for a second person") == 2
    assert check_out(middle, mei, wei).url == response.url
    second = browser_of(actor("Sun", Level.MIDDLE, city.path))
    assert "2 times are confirmed" in text_of(second.post(f"{response.url}decided", {}, follow=True))


@pytest.mark.parametrize(
    ("stays", "changes", "told"),
    [
        ([(1001, -3)], {"left": "08:00"}, "not after coming"),
        ([(1001, -3)], {"left": "13:00"}, "still to come"),
        ([(1001, -3)], {"left": "later"}, "'later' is no time of day"),
        ([(1001, -3)], {"reason": " "}, "why no terminal says so"),
        ([(1001, -3)], {"day": ""}, "is no date"),
        ([(1001, -2)], {}, "no longer checked in"),
        ([(4711, -3)], {}, "no longer checked in"),
        ([], {}, "Nobody stands on this sheet"),
    ],
)
def test_what_can_not_be_is_said_and_nobody_is_checked_out(stays, changes, told, middle, stay):
    response = check_out(middle, *(stay(*each) for each in stays), **changes)
    assert response.status_code == 400
    assert told.lower() in text_of(response).lower()
    assert (Sheet.objects.count(), ManualRecord.objects.count()) == (0, 0)


def test_an_activity_is_archived_only_after_what_is_still_open_was_shown(middle, stay, fair):
    page = text_of(middle.post("/activities/fair/phase", {"phase": "archived", "reason": "over"}))
    assert "nobody can take this back" in page
    assert 'value="over"' in page
    assert ">2</a>" in page
    assert not fair.phases.filter(phase="archived").exists()
    middle.post("/activities/fair/phase", {"phase": "archived", "reason": "over", "sure": "yes"})
    assert fair.phases.filter(phase="archived").exists()


def test_nobody_is_checked_out_twice(middle, stay):
    check_out(middle, stay(1001, -3))
    again = check_out(middle, stay(1001, -3), form="g")
    assert "waits for its second person" in text_of(again)
    assert ManualRecord.objects.count() == 1


def test_a_stay_that_ended_is_not_among_them(middle, stay):
    Session.objects.update(out_s=1, is_open=False)
    assert "Nobody is still checked in." in plain(middle.get("/activities/fair/end"))


@pytest.mark.parametrize(
    ("level", "roles", "reads", "enters", "checks_out"),
    [
        (Level.SENIOR, (), 200, True, True),
        (Level.MIDDLE, (), 200, True, True),
        (Level.ORDINARY, (), 200, False, True),
        (Level.VOLUNTEER, (Role.SUPERVISOR,), 200, False, True),
        (Level.VOLUNTEER, (Role.INSPECTOR,), 200, False, False),
        (Level.VOLUNTEER, (), 403, False, False),
    ],
)
def test_each_level_does_what_it_may(level, roles, reads, enters, checks_out, told, stay, city):
    browser = browser_of(actor("Qian", level, city.path, roles))
    for path in ("/activities/", "/activities/fair/", "/activities/fair/end", "/sites/", "/sites/north/"):
        assert browser.get(path).status_code == reads
    assert browser.get("/activities/new").status_code == (200 if enters else 403)
    browser.post("/activities/new", FORM | {"organisation": city.path})
    browser.post("/activities/fair/phase", {"phase": "ended"})
    check_out(browser, stay(1001, -3))
    assert Activity.objects.filter(pk="spring-fair").exists() == enters
    assert PhaseChange.objects.filter(phase="ended").exists() == enters
    assert ManualRecord.objects.exists() == checks_out


PAGES = ("/activities/fair/", "/activities/fair/end", "/sites/north/")


def test_nothing_beyond_the_own_reach_is_read_listed_or_changed(told, stay):
    outsider = browser_of(actor("Chen", Level.SENIOR, add_organisation("Other city").path))
    nobody = Browser()
    for path in PAGES:
        assert nobody.get(path).status_code == 302
        assert outsider.get(path).status_code == 404
    for browser, status in ((nobody, 403), (outsider, 404)):
        assert browser.post("/activities/fair/phase", {"phase": "ended"}).status_code == status
        assert check_out(browser, stay(1001, -3)).status_code == status
    for path in ("/activities/", "/activities/?text=lantern", "/sites/"):
        assert "Lantern" not in text_of(outsider.get(path))
        assert "North" not in text_of(outsider.get(path))
    assert outsider.get("/activities/new").status_code == 200
    assert outsider.post("/activities/new", FORM).status_code == 400
    assert (PhaseChange.objects.count(), ManualRecord.objects.count(), Activity.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize("change", [{"level": "volunteer"}, {"ended_ms": 1}, {"organisation": None}])
def test_whose_right_ends_changes_nothing_any_more(change, middle, told, stay, city):
    if "organisation" in change:
        change = {"organisation": add_organisation("Other city")}
    Account.objects.filter(real_name="Zhao").update(**change)
    middle.post("/activities/fair/phase", {"phase": "ended"})
    middle.post("/activities/new", FORM | {"organisation": city.path})
    check_out(middle, stay(1001, -3))
    assert (PhaseChange.objects.count(), ManualRecord.objects.count(), Activity.objects.count()) == (1, 0, 1)


def test_a_get_changes_nothing_and_a_form_without_its_token_neither(middle, told, stay, city):
    assert middle.get("/activities/fair/phase").status_code == 405
    careful = Browser(enforce_csrf_checks=True)
    careful.cookies = middle.cookies
    assert careful.post("/activities/fair/phase", {"phase": "ended"}).status_code == 403
    assert careful.post("/activities/new", FORM | {"organisation": city.path}).status_code == 403
    assert check_out(careful, stay(1001, -3)).status_code == 403
    assert (PhaseChange.objects.count(), ManualRecord.objects.count(), Activity.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, middle, told, stay):
    words = Words(language)
    for path, heading in (
        ("/activities/", "page-activities"),
        ("/activities/new", "page-activity_apply"),
        ("/activities/fair/", "phase_allows-executing"),
        ("/activities/fair/end", "page-end_check_out"),
        ("/sites/", "page-sites"),
        ("/sites/north/", "page-activities"),
    ):
        response = middle.get(path, {"language": language})
        assert response.status_code == 200
        assert words.say(heading) in text_of(response)


def test_pages_cost_the_same_however_much_there_is(
    middle, told, stay, city, noon_ms, django_assert_max_num_queries
):
    for number in range(30):
        place = Site.objects.create(
            code=f"s{number}", name=f"Site {number}", zone="Asia/Shanghai", organisation=city
        )
        more = Activity.objects.create(id=f"a{number}", site=place, title=f"A{number}", organisation=city)
        Shift.objects.create(
            activity=told, start_ms=noon_ms + (number + 9) * HOUR, end_ms=noon_ms + (number + 10) * HOUR
        )
        Post.objects.create(activity=told, name=f"post {number}")
        person = Volunteer.objects.create(number=5000 + number, display_name="P")
        Membership.objects.create(volunteer=person, organisation=city, joined_ms=0)
        Assignment.objects.create(activity=told, volunteer=person)
        Assignment.objects.create(activity=more, volunteer=person)
        Session.objects.create(
            volunteer=person, activity=told, in_s=noon_ms // 1000 - 60, raw_s=0, t_s=0,
            line_date="2026-03-07", is_open=True, flags=[], trace=[],
        )  # fmt: skip
    for path in ("/activities/", "/activities/new", "/sites/", *PAGES):
        middle.get(path)
        with django_assert_max_num_queries(12):
            assert middle.get(path).status_code == 200


def test_what_does_not_fit_is_on_the_next_page(middle, fair, market, city, monkeypatch):
    Activity.objects.update(organisation=city)
    monkeypatch.setattr("settlement.master_data.activity_overview.ON_A_PAGE", 1)
    page = text_of(middle.get("/activities/"))
    following = re.search(r'href="(\?after=fair)" rel="next"', page)[1]
    assert "Market" not in page
    assert "Market" in text_of(middle.get(f"/activities/{following}"))


def test_nobody_is_chosen_unless_somebody_asks_for_all_whose_end_is_not_entered(middle, stay):
    check_out(middle, stay(1002, -20))
    page = text_of(middle.get("/activities/fair/end"))
    assert re.findall(r'name="stay" value="([^"]+)"( checked)?', page) == [(stay(1001, -3), "")]
    page = text_of(middle.get("/activities/fair/end?choose=all"))
    assert re.findall(r'name="stay" value="([^"]+)"( checked)?', page) == [(stay(1001, -3), " checked")]
    page = text_of(check_out(middle, form="g"))
    assert re.findall(r'name="stay" value="([^"]+)"( checked)?', page) == [(stay(1001, -3), "")]
