"""Indicators of each branch of the tree, compared with a table computed by hand."""

import pytest

from foundation.words import LANGUAGES, Words
from settlement.models import Activity, Volunteer
from settlement.organisations.members import join, leave
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE
from settlement.reports.indicators import indicators, report
from settlement.reports.sources import branches
from settlement.reports.sums import members_by_branch, sums_by_branch


@pytest.fixture
def tree(site):
    """City with East and West, and a choir; an activity of each, and one that nobody recorded."""
    city = add_organisation("City")
    found = {
        "city": city,
        "east": add_organisation("East", parent=city),
        "west": add_organisation("West", parent=city),
        "choir": add_organisation("Choir"),
    }
    for name, organisation in [*found.items(), ("nobody", None)]:
        Activity.objects.create(id=name, site=site, title=name, organisation=organisation)
    return found


@pytest.mark.django_db
def test_each_branch_includes_all_below_it_and_counts_people_once(tree, credit, noon_ms):
    """1 serves in East and West, 2 in East, 3 recorded by the city itself, 4 by nobody; 5 only last year."""
    people = {n: Volunteer.objects.create(number=n, display_name=f"V{n}") for n in range(1, 7)}
    for number, home in ((1, "east"), (1, "west"), (2, "east"), (3, "city"), (6, "choir")):
        join(people[number], tree[home], noon_ms)
    for number, at, seconds, day in (
        (1, "east", 3600, "2026-03-07"),
        (1, "west", 1800, "2026-03-07"),
        (2, "east", 600, "2026-03-07"),
        (3, "city", 7200, "2026-03-07"),
        (4, "nobody", 900, "2026-03-07"),
        (1, "east", 60, "2025-03-07"),
        (2, "west", 60, "2025-03-07"),
        (5, "east", 60, "2025-03-07"),
    ):
        credit(people[number], seconds, day, activity=Activity.objects.get(pk=at))
    found = indicators(branches(), members_by_branch(noon_ms), sums_by_branch(2026))
    assert [(i.branch.path, i.members, i.active, i.t_s, i.before, i.stayed) for i in found] == [
        ("", 4, 4, 14_100, 3, 2),
        ("0001", 3, 3, 13_200, 3, 2),
        ("00010001", 2, 2, 4200, 2, 1),
        ("00010002", 1, 1, 1800, 1, 0),
        ("0002", 1, 0, 0, 0, 0),
    ]
    assert [i.retention_pm for i in found] == [666, 666, 500, 0, None]
    assert sums_by_branch(2026, "00010001")["00010001"] == (4200, 2, 2, 1)
    assert members_by_branch(noon_ms, "00010001") == {"": 2, "0001": 2, "00010001": 2}


@pytest.mark.django_db
def test_time_that_was_taken_back_makes_nobody_active(mei, credit):
    credit(mei, 3600)
    credit(mei, -3600, kind="adjustment")
    (whole,) = indicators([], {}, sums_by_branch(2026))
    assert (whole.active, whole.t_s) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_members_at_the_years_end_and_two_years_of_time(language, mei, wei, credit, fair, noon_ms):
    city = add_organisation("City")
    fair.organisation = city
    fair.save()
    for volunteer in (mei, wei):
        join(volunteer, city, noon_ms)
    leave(wei, city, noon_ms + 1)
    credit(mei, 3600)
    credit(mei, 3600, "2025-03-07")
    credit(wei, 5400, "2025-03-07")
    whole, branch = report(WHOLE, 2026, Words(language)).rows
    assert whole[2:] == (0, 1, 1, "1.00", "50.0 %")
    assert branch == ("0001", "City", 1, 1, 1, "1.00", "50.0 %")
    assert report(WHOLE, 2025, Words(language), city.path).rows == (("0001", "City", 1, 0, 2, "2.50", "–"),)
