"""The tree of organisations as ranges of paths."""

import pytest
from django.db import connection

from foundation.errors import RulesError
from settlement.models import Organisation
from settlement.organisations.tree import add_organisation, children_of, is_within, line_above, subtree

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    return add_organisation("City", issuer="310115")


def below(organisation):
    return list(Organisation.objects.filter(subtree(organisation.path)).values_list("name", flat=True))


def test_it_numbers_what_is_added_below_one_organisation(city):
    east = add_organisation("East", parent=city)
    west = add_organisation("West", parent=city)
    team = add_organisation("Team", parent=west)
    assert [row.path for row in (city, east, west, team)] == ["0001", "00010001", "00010002", "000100020001"]
    assert add_organisation("Another city").path == "0002"


def test_a_subtree_holds_itself_and_all_below_and_nothing_beside(city):
    east = add_organisation("East", parent=city)
    add_organisation("Team", parent=add_organisation("Street", parent=east))
    add_organisation("West", parent=city)
    assert below(east) == ["East", "Street", "Team"]
    assert len(below(city)) == 5


def test_a_subtree_ends_where_the_number_after_it_begins():
    Organisation.objects.bulk_create(
        Organisation(path=path, name=path) for path in ("0009", "00099998", "0010", "00100001", "0011")
    )
    assert below(Organisation.objects.get(path="0009")) == ["0009", "00099998"]
    assert below(Organisation.objects.get(path="0010")) == ["0010", "00100001"]


def test_the_children_of_an_organisation_are_one_level_below(city):
    east = add_organisation("East", parent=city)
    add_organisation("Team", parent=east)
    assert [row.name for row in children_of(city.path)] == ["East"]
    assert [row.name for row in children_of("")] == ["City"]


def test_a_path_knows_what_lies_above_it():
    assert line_above("000100020003") == ["0001", "00010002", "000100020003"]
    assert is_within("000100020003", "00010002")
    assert not is_within("00010003", "00010002")


def test_a_subtree_is_found_through_the_index(city):
    found = Organisation.objects.filter(subtree(city.path)).explain()
    assert "INDEX" in found.upper() or connection.vendor == "postgresql", found


@pytest.mark.parametrize("issuer", ["1", "12345a", "1234567", "１２３４５６"])
def test_an_issuer_has_six_digits(issuer, db):
    with pytest.raises(RulesError) as refused:
        add_organisation("City", issuer=issuer)
    assert refused.value.code == "INVALID_ISSUER"


def test_two_organisations_never_issue_under_one_number(city):
    with pytest.raises(RulesError, match="issues certificates as 310115"):
        add_organisation("Other", issuer="310115")


def test_an_organisation_needs_a_name(db):
    with pytest.raises(RulesError, match="needs a name"):
        add_organisation(" ")


def test_a_full_level_is_refused_before_its_paths_run_out(city):
    Organisation.objects.create(path="00019998", name="the last")
    with pytest.raises(RulesError) as refused:
        add_organisation("one too many", parent=city)
    assert refused.value.code == "TREE_FULL"


def test_the_tree_has_eight_levels_and_no_more(city):
    deepest = city
    for _ in range(7):
        deepest = add_organisation("below", parent=deepest)
    with pytest.raises(RulesError) as refused:
        add_organisation("too deep", parent=deepest)
    assert refused.value.code == "TREE_FULL"
