"""De-identified groups: small ones are left out and counted, and nothing tells them by subtraction."""

import pytest

from foundation.words import LANGUAGES, Words
from settlement.models import Volunteer
from settlement.reach import WHOLE
from settlement.reports.aggregate import Group, aggregate, report


def service(path, month, people, t_s=3600):
    return [(path, month, number, t_s) for number in range(people)]


def test_groups_below_the_smallest_are_left_out_and_counted():
    found = aggregate([*service("0001", 3, 5), *service("0001", 4, 4), *service("0002", 3, 6)], smallest=5)
    assert found.groups == (Group("0001", 3, 5, 18_000), Group("0002", 3, 6, 21_600))
    assert found.withheld == 1


def test_who_has_no_time_left_is_none_of_the_group():
    found = aggregate([*service("0001", 3, 5), ("0001", 3, 4, -3600)], smallest=5)
    assert (found.groups, found.withheld) == ((), 1)


def test_an_empty_group_is_not_even_counted():
    assert aggregate([("0001", 3, 1, 0)], smallest=5).withheld == 0


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_groups_by_recording_organisation_and_month(language, credit, city, choir):
    people = [Volunteer.objects.create(number=number, display_name="V") for number in range(1, 6)]
    for volunteer in people:
        credit(volunteer, 1800)
        credit(volunteer, 1800, "2026-03-08")
    for volunteer in people[:4]:
        credit(volunteer, 3600, activity=choir)
    table = report(WHOLE, 2026, Words(language))
    assert table.rows == ((city.path, "City of Lanterns", 3, 5, "5.00"),)
    assert "5" in table.notes[0]
