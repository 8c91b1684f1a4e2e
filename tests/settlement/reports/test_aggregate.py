"""De-identified groups: small ones are left out and counted, and nothing tells them by subtraction."""

import pytest

from foundation.words import LANGUAGES, Words
from settlement.models import Volunteer
from settlement.reach import WHOLE
from settlement.reports.aggregate import Group, report, told_groups


def test_groups_below_the_smallest_are_left_out_and_counted():
    counted = [Group("0001", 3, 5, 18_000), Group("0001", 4, 4, 14_400), Group("0002", 3, 6, 21_600)]
    found = told_groups(counted, smallest=5)
    assert found.groups == (Group("0001", 3, 5, 18_000), Group("0002", 3, 6, 21_600))
    assert found.withheld == 1


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


@pytest.mark.django_db
def test_who_has_no_time_left_is_none_of_a_group_and_an_empty_one_is_not_even_counted(credit, city, choir):
    people = [Volunteer.objects.create(number=number, display_name="V") for number in range(1, 6)]
    for volunteer in people:
        credit(volunteer, 3600)
    credit(people[0], -3600, kind="adjustment")
    credit(people[0], 3600, activity=choir)
    credit(people[0], -3600, activity=choir, kind="adjustment")
    table = report(WHOLE, 2026, Words("en"))
    assert table.rows == ()
    assert "One group" in table.notes[0] or "1 group" in table.notes[0]
