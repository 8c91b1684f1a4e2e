"""Who belongs where, and since when."""

import pytest

from foundation.errors import RulesError
from settlement.models import Assignment, StarReview, Volunteer
from settlement.organisations.members import join, leave, members_of, organisations_of, people_of
from settlement.organisations.tree import add_organisation
from settlement.reach import Reach
from settlement.recognition.points import waiting_exchanges
from settlement.recognition.stars import open_star_reviews
from settlement.settling.merging import merge_numbers
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    return add_organisation("City")


@pytest.fixture
def team(city):
    return add_organisation("Team", parent=city)


def numbers(path, at_ms):
    return [volunteer.number for volunteer in members_of(path, at_ms)]


def test_a_member_belongs_from_joining_to_leaving(city, mei):
    join(mei, city, 1000)
    leave(mei, city, 2000)
    assert [numbers(city.path, at_ms) for at_ms in (999, 1000, 1999, 2000)] == [[], [1001], [1001], []]


def test_members_of_a_team_belong_to_what_is_above_it(city, team, mei):
    join(mei, team, 1000)
    assert numbers(city.path, 1000) == numbers(team.path, 1000) == [1001]
    assert [row.name for row in organisations_of(mei.number, 1000)] == ["Team"]


def test_a_member_of_two_teams_is_one_person(city, team, mei):
    join(mei, team, 1000)
    join(mei, add_organisation("Choir", parent=city), 1000)
    assert numbers(city.path, 1000) == [1001]


def test_nobody_joins_twice_at_a_time_but_may_come_back(team, mei):
    join(mei, team, 1000)
    with pytest.raises(RulesError) as refused:
        join(mei, team, 1500)
    assert refused.value.code == "ALREADY_MEMBER"
    leave(mei, team, 2000)
    join(mei, team, 3000)
    assert numbers(team.path, 2500) == []
    assert numbers(team.path, 3000) == [1001]


def test_only_a_member_can_leave_and_only_after_joining(team, mei):
    with pytest.raises(RulesError) as refused:
        leave(mei, team, 1000)
    assert refused.value.code == "NOT_A_MEMBER"
    join(mei, team, 1000)
    with pytest.raises(RulesError) as refused:
        leave(mei, team, 999)
    assert refused.value.code == "LEFT_BEFORE_JOINING"
    assert numbers(team.path, 1000) == [1001]


def test_a_few_are_asked_for_as_all_are(city, team, fair, mei, wei, credit):
    """Members, expected ones, those who served, under a number that is gone too: and nobody else."""
    fair.organisation = city
    fair.save()
    for number in (1, 2, 3, 4, 5):
        Volunteer.objects.create(number=number, display_name="P")
    join(mei, team, 1000)
    join(Volunteer.objects.get(pk=3), city, 1000)
    Assignment.objects.create(activity=fair, volunteer=wei)
    credit(Volunteer.objects.get(pk=1), 3600)
    merge_numbers(4, 3, actor("Zhao"), "twice", 2000)
    every = set(people_of(city.path).values_list("pk", flat=True))
    assert every == {1, 3, 4, 1001, 1002}
    for path in (city.path, team.path, ""):
        known = set(people_of(path).values_list("pk", flat=True))
        for asked in ([], [4], [2, 5], [1, 2, 3, 4, 5, 1001, 1002, 4711]):
            found = set(people_of(path, asked).values_list("pk", flat=True))
            assert Reach(path).reached_in(asked) == found
            assert (
                found == set(Reach(path).volunteers(asked).values_list("pk", flat=True)) == known & {*asked}
            )
    for number in (2, 4, 5, 1001, 1001):
        StarReview.objects.create(
            volunteer_id=number, stars_before=2, stars_after=1, approved_s=0, raised_ms=number
        )
    own = Reach(None, 4)
    for reach in (Reach(city.path), Reach(team.path), Reach(""), own):
        each = [open_star_reviews(reach).count(), waiting_exchanges(reach).count()]
        assert reach.count_by_person(open_star_reviews, waiting_exchanges) == each
    assert open_star_reviews(Reach(city.path)).count() == 3
    assert set(own.volunteers([4, 1001]).values_list("pk", flat=True)) == {4}
