"""The ranking for commendations: hours, then recipients' feedback; ties are told."""

import pytest

from foundation.words import LANGUAGES, Words
from settlement.models import Rating
from settlement.reach import WHOLE
from settlement.recognition.ratings import RaterRole, rate
from settlement.reports.ranking import Candidate, candidates, rank, report
from settlement.reports.sources import Person
from tests.settlement.actors import actor


def candidate(number, hours, *ratings, **person):
    return Candidate(Person(number, f"V{number}", **person), hours * 3600, ratings)


def places(ranking):
    return [(row.place, row.candidate.person.number, row.is_tied) for row in ranking.ranked]


def test_hours_come_first_and_feedback_decides_among_equal_ones():
    """Means: 3 has 1150, 4 has 1100 of two, 5 none."""
    found = rank(
        [candidate(1, 10), candidate(2, 30, 900), candidate(3, 20, 1300, 1000), candidate(4, 20, 1100, 1100),
         candidate(5, 20)],
        places=9,
    )  # fmt: skip
    assert places(found) == [(1, 2, False), (2, 3, False), (3, 4, False), (4, 5, False), (5, 1, False)]


def test_equal_ones_share_a_place_and_the_next_stays_empty():
    found = rank([candidate(1, 9), candidate(2, 9), candidate(3, 8), candidate(4, 10)], places=5)
    assert places(found) == [(1, 4, False), (2, 1, True), (2, 2, True), (4, 3, False)]


def test_a_tie_over_the_last_place_lists_all_who_share_it():
    found = rank([candidate(number, 5) for number in (1, 2, 3)], places=1)
    assert places(found) == [(1, 1, True), (1, 2, True), (1, 3, True)]


def test_means_are_compared_exactly():
    """1000.333… is more than 1000, although both are 1000 thousandths when cut."""
    found = rank([candidate(1, 5, 1000), candidate(2, 5, 1000, 1000, 1001)], places=2)
    assert places(found) == [(1, 2, False), (2, 1, False)]


def test_the_unwilling_and_the_suspended_are_left_out_and_counted():
    found = rank(
        [
            candidate(1, 9, may_be_named=False),
            candidate(2, 8, suspended=True),
            candidate(3, 7),
            candidate(4, 0),
        ],
        places=5,
    )
    assert places(found) == [(1, 3, False)]
    assert (found.unwilling, found.suspended) == (1, 1)


@pytest.mark.django_db
def test_only_the_years_approved_time_and_the_recipients_last_ratings_count(mei, wei, credit, fair, noon_ms):
    credit(mei, 7200)
    credit(mei, -1800, kind="adjustment")
    credit(mei, 3600, "2025-03-07")
    credit(wei, 3600, approved=False)
    for role, by, effect_pm in (
        (RaterRole.RECIPIENT, "Old Zhang", 800),
        (RaterRole.RECIPIENT, "Old Zhang", 1200),
        (RaterRole.RECIPIENT, "Old Li", 1000),
        (RaterRole.LEADER, "", 1500),
    ):
        rate(mei, fair, role, effect_pm, by=actor(), recipient=by, now_ms=noon_ms)
    rate(
        mei,
        fair,
        RaterRole.RECIPIENT,
        1500,
        by=actor(),
        recipient="Old Wu",
        now_ms=noon_ms - 366 * 86_400_000,
    )
    assert Rating.objects.count() == 5
    (only,) = candidates(2026)
    assert (only.person.number, only.t_s, sorted(only.ratings_pm)) == (1001, 5400, [1000, 1200])
    table = report(WHOLE, 2026, Words("en"))
    assert table.rows == ((1, 1001, "Mei", "1.50", 1100, ""),)
    assert len(table.notes) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_was_left_out_is_counted_in_the_notes(mei, wei, credit, language):
    credit(mei, 3600)
    credit(wei, 3600)
    mei.may_be_named, wei.suspended = False, True
    mei.save()
    wei.save()
    table = report(WHOLE, 2026, Words(language))
    assert table.rows == ()
    assert len(table.notes) == 3


@pytest.mark.django_db
def test_a_branch_is_ranked_by_what_it_recorded(mei, credit, city, choir, fair):
    credit(mei, 3600)
    credit(mei, 7200, activity=choir)
    assert [row[3] for row in report(WHOLE, 2026, Words("en"), city.path).rows] == ["1.00"]
    assert [row[3] for row in report(WHOLE, 2026, Words("en")).rows] == ["3.00"]
