"""Ratings, and V as T weighed by duty and effect."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Level
from settlement.models import Assignment, Post, Rating
from settlement.recognition.ratings import AssessedValue, RaterRole, assessed_values, effect_of, rate
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(mei, credit):
    credit(mei, 10_800)
    return mei


@pytest.fixture
def give(served, fair):
    def _give(role, effect_pm, by="staff1", **more):
        return rate(served, fair, role, effect_pm, by=actor(by), now_ms=1, **more)

    return _give


def test_v_weighs_t_by_post_and_ratings(served, fair, give):
    leader = Post.objects.create(activity=fair, name="leader", duty_pm=1500)
    Assignment.objects.create(activity=fair, volunteer=served, post=leader)
    give(RaterRole.LEADER, 1200)
    assert assessed_values(served.number) == [AssessedValue("fair", 10_800, 1500, 1200, 19_440)]


def test_without_post_and_ratings_v_is_t(served):
    assert assessed_values(served.number) == [AssessedValue("fair", 10_800, 1000, 1000, 10_800)]


def test_the_effect_is_the_mean_of_the_last_rating_of_each_role(served, fair, give):
    give(RaterRole.SELF, 1500, by="1001")
    give(RaterRole.PEER, 700, by="1002")
    give(RaterRole.PEER, 900, by="1003")
    give(RaterRole.LEADER, 1000)
    give(RaterRole.RECIPIENT, 0, recipient="old Mr Li")
    assert effect_of(served.number, fair.id) == (1500 + 900 + 1000) // 3


def test_only_approved_time_is_assessed(mei, credit):
    credit(mei, 3600, approved=False)
    assert assessed_values(mei.number) == []


@pytest.mark.parametrize(
    ("role", "effect_pm", "by", "code"),
    [
        (RaterRole.SELF, 1000, "staff1", "SELF_RATING"),
        (RaterRole.LEADER, 1000, "1001", "SELF_RATING"),
        (RaterRole.RECIPIENT, 1000, " 1001 ", "SELF_RATING"),
        (RaterRole.LEADER, 1501, "staff1", "WEIGHT_OUT_OF_RANGE"),
        (RaterRole.LEADER, -1, "staff1", "WEIGHT_OUT_OF_RANGE"),
        (RaterRole.RECIPIENT, 1000, "staff1", "NOBODY"),
    ],
)
def test_a_rating_out_of_order_is_refused(role, effect_pm, by, code, give):
    with pytest.raises(RulesError) as refused:
        give(role, effect_pm, by=by)
    assert refused.value.code == code
    assert not Rating.objects.exists()


def test_only_who_served_is_rated(mei, fair):
    with pytest.raises(RulesError) as refused:
        rate(mei, fair, RaterRole.LEADER, 1000, by=actor("staff1"), now_ms=1)
    assert refused.value.code == "NOT_SERVED"


def test_a_rating_is_never_changed(give):
    give(RaterRole.LEADER, 1000)
    with pytest.raises(DatabaseError, match="a rating is never changed"), transaction.atomic():
        Rating.objects.update(effect_pm=1)


def test_a_peer_has_served_there(served, fair, city, credit, wei):
    stranger = actor("Wei", Level.VOLUNTEER, city.path, volunteer=1002)
    with pytest.raises(RulesError) as refused:
        rate(served, fair, RaterRole.PEER, 0, by=stranger, now_ms=1)
    assert refused.value.code == "NOT_ALLOWED"
    credit(wei, 3600)
    assert rate(served, fair, RaterRole.PEER, 900, by=stranger, now_ms=1).pk
