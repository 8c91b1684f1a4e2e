"""Stars, points, gifts, values and papers of a person who was registered twice."""

import pytest

from foundation.errors import RulesError
from settlement.models import Assignment, Exchange, Post, Rating, StarReview, Volunteer
from settlement.recognition.certificate_check import standing_of_certificate
from settlement.recognition.certificates import issue_certificate
from settlement.recognition.points import apply_for_gift, approve_exchange, points_account
from settlement.recognition.ratings import assessed_values
from settlement.recognition.stars import decide_star_review, held_stars
from settlement.reports.indicators import report as indicators_of
from settlement.reports.ranking import candidates
from settlement.reports.sources import people
from settlement.reports.sums import members_by_branch
from settlement.settling.merging import merge_numbers, take_merge_back
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

KEPT, GONE = 1001, 2001
HOUR_S = 3600


@pytest.fixture
def twice(mei):
    return Volunteer.objects.create(number=GONE, display_name="Mei Li")


@pytest.fixture
def merge(twice, noon_ms, rules):
    return lambda: merge_numbers(KEPT, GONE, actor("Zhao"), "same card", noon_ms + 1)


@pytest.fixture
def separate(noon_ms):
    return lambda: take_merge_back(GONE, actor("Qian"), "two people", noon_ms + 1000)


@pytest.fixture
def days(credit):
    """Approved hours on so many days of March, or taken back (of a line of an earlier call)."""

    def _days(volunteer, count, *, taken=False):
        for day in range(1, count + 1):
            kind = "adjustment" if taken else "original"
            credit(volunteer, -HOUR_S if taken else HOUR_S, f"2026-03-{day:02}", kind=kind)

    return _days


def balance(number):
    return points_account(number).balance.get(2026, 0)


def grant(volunteer, tier, now_ms):
    exchange = apply_for_gift(volunteer, tier, actor("Sun"), now_ms)
    approve_exchange(exchange.pk, actor("Wu"), now_ms)
    return exchange


def refusal(act, *given):
    with pytest.raises(RulesError) as raised:
        act(*given)
    return raised.value.code


def test_gifts_of_the_gone_number_are_paid_by_the_person(twice, mei, merge, days, noon_ms):
    days(twice, 10)
    grant(twice, "towel", noon_ms)
    assert (balance(GONE), balance(KEPT)) == (10, 0)
    merge()
    assert points_account(GONE).results == {}
    assert list(points_account(KEPT).results.values()) == ["INSUFFICIENT_POINTS"]
    days(mei, 10)  # the gain, once a reviewer approved it
    assert balance(KEPT) == 10
    assert refusal(apply_for_gift, mei, "cinema_ticket", actor("Sun"), noon_ms) == "INSUFFICIENT_POINTS"
    grant(mei, "towel", noon_ms)
    assert balance(KEPT) == 0


def test_the_years_limit_is_a_persons(twice, mei, merge, days, noon_ms):
    days(twice, 15)
    for _ in range(3):
        grant(twice, "towel", noon_ms)
    merge()
    days(mei, 31)
    for _ in range(2):
        grant(mei, "towel", noon_ms)
    assert refusal(apply_for_gift, mei, "towel", actor("Sun"), noon_ms) == "EXCHANGE_LIMIT"


def test_an_application_from_before_is_granted_by_the_persons_points(twice, mei, merge, days, noon_ms):
    days(twice, 5)
    waits = apply_for_gift(twice, "towel", actor("Sun"), noon_ms)
    merge()
    assert refusal(approve_exchange, waits.pk, actor("Wu"), noon_ms) == "INSUFFICIENT_POINTS"
    days(mei, 5)
    approve_exchange(waits.pk, actor("Wu"), noon_ms)
    assert balance(KEPT) == 0


def test_taking_back_lets_nobody_spend_the_same_points_twice(twice, mei, merge, separate, days, noon_ms):
    days(twice, 10)
    merge()
    days(mei, 10)
    grant(mei, "cinema_ticket", noon_ms + 500)
    separate()
    days(mei, 10, taken=True)
    days(twice, 10, taken=False)
    assert (balance(KEPT), balance(GONE)) == (0, 0)
    assert refusal(apply_for_gift, twice, "towel", actor("Sun"), noon_ms + 2000) == "INSUFFICIENT_POINTS"


def test_once_the_kept_number_pays_for_its_gift_itself_the_other_one_has_its_points_again(
    twice, mei, merge, separate, days, noon_ms
):
    days(twice, 10)
    merge()
    days(mei, 10)
    grant(mei, "cinema_ticket", noon_ms + 500)
    separate()
    days(twice, 10)
    assert (balance(KEPT), balance(GONE)) == (0, 20)
    grant(twice, "towel", noon_ms + 2000)
    assert Exchange.objects.filter(state="approved").count() == 2


def test_what_the_gone_numbers_application_took_from_the_kept_one_is_charged_to_it(
    twice, mei, merge, separate, days, noon_ms
):
    days(mei, 10)
    days(twice, 5)
    waits = apply_for_gift(twice, "towel", actor("Sun"), noon_ms)
    merge()
    approve_exchange(waits.pk, actor("Wu"), noon_ms + 500)
    separate()
    assert balance(KEPT) == 10


def test_stars_go_along_and_a_person_withdraws_them(twice, mei, merge, credit, noon_ms):
    credit(mei, 30 * HOUR_S)
    credit(twice, 60 * HOUR_S)
    merge()
    assert (held_stars(KEPT), held_stars(GONE)) == (2, 0)
    assert StarReview.objects.get().volunteer_id == GONE
    number = StarReview.objects.get().pk
    decide_star_review(number, actor("Wu"), noon_ms, withdraw=True, note="one person")
    assert held_stars(KEPT) == 1
    credit(mei, 30 * HOUR_S, "2026-03-08")
    assert held_stars(KEPT) == 2


def test_certificates_of_the_gone_number_are_stale(twice, mei, city, merge, credit, noon_ms):
    credit(twice, HOUR_S)
    paper = issue_certificate(city, twice, by=actor("Zhao"), now_ms=noon_ms)
    merge()
    paper.refresh_from_db()
    assert standing_of_certificate(paper) == "stale"


def test_ratings_and_posts_of_both_numbers_weigh_the_persons_time(twice, mei, fair, merge, credit, noon_ms):
    credit(mei, HOUR_S)
    guide, leader = (
        Post.objects.create(activity=fair, name=n, duty_pm=pm) for n, pm in (("g", 1100), ("l", 1500))
    )
    Assignment.objects.create(activity=fair, volunteer=twice, post=leader)
    for number, role, pm in ((GONE, "peer", 1200), (KEPT, "leader", 1000), (GONE, "leader", 1400)):
        Rating.objects.create(
            volunteer_id=number, activity=fair, role=role, by=role, effect_pm=pm, at_ms=noon_ms
        )
    merge()
    (value,) = assessed_values(KEPT)
    assert (value.duty_pm, value.effect_pm) == (1500, 1300)
    Assignment.objects.create(activity=fair, volunteer=mei, post=guide)
    assert assessed_values(KEPT)[0].duty_pm == 1100


def test_reports_count_a_person_once(twice, mei, city, merge, credit, noon_ms):
    from settlement.models import Membership
    from settlement.reach import WHOLE

    for one in (mei, twice):
        Membership.objects.create(volunteer=one, organisation=city, joined_ms=0)
    credit(twice, HOUR_S, "2026-03-08")
    Rating.objects.create(
        volunteer=twice, activity_id="fair", role="recipient", by="guest", effect_pm=1300, at_ms=noon_ms
    )
    Volunteer.objects.filter(pk=GONE).update(may_be_named=False)
    merge()
    credit(mei, HOUR_S)
    assert members_by_branch(noon_ms) == {"": 1, city.path: 1}
    assert list(people()) == [KEPT]
    assert not people()[KEPT].may_be_named
    (candidate,) = [one for one in candidates(2026) if one.t_s]
    assert (candidate.person.number, candidate.t_s, candidate.ratings_pm) == (KEPT, HOUR_S, (1300,))
    from foundation.words import Words

    assert indicators_of(WHOLE, 2026, Words("en")).rows[0][3:5] == (1, 1)


def test_a_gift_from_before_the_merge_is_charged_to_nobody_else(twice, mei, merge, separate, days, noon_ms):
    days(mei, 10)
    grant(mei, "cinema_ticket", noon_ms - 500)
    days(mei, 10, taken=True)
    merge()
    separate()
    days(twice, 10)
    assert (balance(KEPT), balance(GONE)) == (0, 20)
