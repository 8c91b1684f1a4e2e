"""Volunteers without approved time since some months."""

import datetime as dt

import pytest

from foundation.words import Words
from settlement.models import Volunteer
from settlement.organisations.members import join, leave
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE, Reach
from settlement.reports.lapsed import lapsed_since, report

SINCE = dt.date(2026, 3, 7)


@pytest.mark.django_db
def test_whoever_served_on_the_day_or_later_has_not_lapsed(credit):
    people = {n: Volunteer.objects.create(number=n, display_name=f"V{n}") for n in (1, 2, 3, 4)}
    for number, day in ((1, SINCE), (2, SINCE - dt.timedelta(days=1)), (3, dt.date(2020, 1, 1))):
        credit(people[number], 60, day.isoformat())
    found = [(row.number, row.last_day) for row in lapsed_since(SINCE, WHOLE)]
    assert found == [(3, dt.date(2020, 1, 1)), (2, dt.date(2026, 3, 6)), (4, None)]


@pytest.mark.django_db
def test_of_a_branch_only_its_own_people_are_listed(mei, wei, credit, city, choir):
    join(wei, choir.organisation, 0)
    credit(mei, 60, "2026-01-31")
    reach = Reach(city.path)
    assert [row.number for row in lapsed_since(SINCE, reach)] == [1001]
    assert next(lapsed_since(SINCE, Reach(choir.organisation.path))).number == 1002


@pytest.mark.django_db
def test_only_approved_time_above_nothing_counts(mei, wei, credit):
    credit(mei, 3600, "2026-01-31")
    credit(mei, 3600, "2026-03-01", approved=False)
    credit(mei, 3600, "2026-03-02")
    credit(mei, -3600, "2026-03-02", kind="adjustment")
    credit(wei, 60, "2026-03-01")
    assert report(WHOLE, dt.date(2026, 3, 31), 1, Words("en")).rows == ((1001, "Mei", "2026-01-31"),)
    assert report(WHOLE, dt.date(2026, 2, 28), 1, Words("en")).rows == ()


@pytest.mark.django_db
def test_who_never_served_is_listed_and_who_left_is_not(mei, wei, noon_ms):
    city = add_organisation("City")
    for volunteer in (mei, wei):
        join(volunteer, city, noon_ms)
    leave(wei, city, noon_ms + 1)
    assert report(WHOLE, SINCE, 6, Words("en")).rows == ((1001, "Mei", "never"),)
