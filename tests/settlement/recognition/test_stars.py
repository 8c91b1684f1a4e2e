"""Stars: reached by approved hours, never withdrawn by a computation."""

import pytest

from foundation.errors import RulesError
from settlement.models import StarReview
from settlement.reach import WHOLE
from settlement.recognition.stars import decide_star_review, held_stars, open_star_reviews
from settlement.review.decide import approve
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture
def adjust(mei, credit, ended_fair, hear, terminal, deliver, reviewer):
    """Lets a reviewer approve an adjustment of Mei's hours."""

    def _adjust(seconds):
        entry = credit(mei, seconds, kind="adjustment", approved=False)
        deliver(1, 1)
        hear()
        assert approve([entry.pk], reviewer()).decided == (entry.pk,)

    return _adjust


@pytest.mark.parametrize(("seconds", "stars"), [(30 * HOUR - 1, 0), (30 * HOUR, 1), (300 * HOUR, 5)])
def test_approved_hours_reach_stars(seconds, stars, mei, credit):
    credit(mei, seconds)
    credit(mei, 1000 * HOUR, "2026-03-08", approved=False)
    assert held_stars(mei.number) == stars


def test_a_downward_adjustment_asks_a_person_and_withdraws_nothing(mei, credit, adjust, evening_ms):
    credit(mei, 60 * HOUR)
    adjust(-1)
    review = StarReview.objects.get()
    assert (review.stars_before, review.stars_after, review.approved_s) == (2, 1, 60 * HOUR - 1)
    assert list(open_star_reviews(WHOLE)) == [review]
    assert held_stars(mei.number) == 2


def test_a_person_withdraws_the_star_or_leaves_it(mei, credit, adjust, evening_ms):
    credit(mei, 60 * HOUR)
    adjust(-1)
    decide_star_review(
        StarReview.objects.get().pk, actor("staff1"), evening_ms, withdraw=False, note="a second"
    )
    assert (held_stars(mei.number), open_star_reviews(WHOLE).count()) == (2, 0)
    adjust(-31 * HOUR)
    other = open_star_reviews(WHOLE).get()
    decide_star_review(other.pk, actor("staff1"), evening_ms, withdraw=True, note="was not there")
    assert held_stars(mei.number) == 2, "the first decision stands"
    assert other.stars_before == 1


def test_a_withdrawn_star_is_gone_until_it_is_reached_again(mei, credit, adjust, evening_ms):
    credit(mei, 30 * HOUR)
    adjust(-1)
    decide_star_review(StarReview.objects.get().pk, actor("staff1"), evening_ms, withdraw=True, note="right")
    assert held_stars(mei.number) == 0
    adjust(1)
    assert held_stars(mei.number) == 1


def test_an_adjustment_that_touches_no_star_asks_nobody(mei, credit, adjust):
    credit(mei, 61 * HOUR)
    adjust(-HOUR)
    adjust(10 * HOUR)
    assert not StarReview.objects.exists()


def test_a_star_review_is_decided_once_by_somebody_else_with_a_reason(mei, credit, adjust, evening_ms):
    credit(mei, 30 * HOUR)
    adjust(-1)
    number = StarReview.objects.get().pk
    for by, note, code in (
        ("1001", "mine", "SELF_REVIEW"),
        ("staff1", " ", "NO_REASON"),
    ):
        with pytest.raises(RulesError) as refused:
            decide_star_review(number, actor(by), evening_ms, withdraw=False, note=note)
        assert refused.value.code == code
    decide_star_review(number, actor("staff1"), evening_ms, withdraw=False, note="a second")
    with pytest.raises(RulesError) as refused:
        decide_star_review(number, actor("staff1"), evening_ms, withdraw=True, note="again")
    assert refused.value.code == "ALREADY_DECIDED"
    with pytest.raises(RulesError) as refused:
        decide_star_review(999_999_999, actor("staff1"), evening_ms, withdraw=True, note="which")
    assert refused.value.code == "UNKNOWN_STAR_REVIEW"
