"""Indicators of each branch of the tree, compared with a table computed by hand."""

import pytest

from foundation.words import LANGUAGES, Words
from settlement.organisations.members import join, leave
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE
from settlement.reports.indicators import indicators, report
from settlement.reports.sources import Branch, Service

TREE = [
    Branch("0001", "City"),
    Branch("00010001", "East"),
    Branch("00010002", "West"),
    Branch("0002", "Choir"),
]


def test_each_branch_includes_all_below_it_and_counts_people_once():
    """1 serves in East and West, 2 in East, 3 recorded by the city itself, 4 by nobody; 5 only last year."""
    members = [(1, "00010001"), (1, "00010002"), (2, "00010001"), (3, "0001"), (6, "0002")]
    year = [Service(1, "00010001", 3600), Service(1, "00010002", 1800), Service(2, "00010001", 600),
            Service(3, "0001", 7200), Service(4, "", 900)]  # fmt: skip
    before = [Service(1, "00010001", 60), Service(2, "00010002", 60), Service(5, "00010001", 60)]
    found = indicators(TREE, members, year, before)
    assert [(i.branch.path, i.members, i.active, i.t_s, i.before, i.stayed) for i in found] == [
        ("", 4, 4, 14_100, 3, 2),
        ("0001", 3, 3, 13_200, 3, 2),
        ("00010001", 2, 2, 4200, 2, 1),
        ("00010002", 1, 1, 1800, 1, 0),
        ("0002", 1, 0, 0, 0, 0),
    ]
    assert [i.retention_pm for i in found] == [666, 666, 500, 0, None]


def test_time_that_was_taken_back_makes_nobody_active():
    (whole,) = indicators([], [], [Service(1, "", 3600), Service(1, "", -3600)], [])
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
