"""Files of volunteers: each broken row is told with its reason; all, all but those, or nothing is entered."""

import pytest

from muster.errors import SettingsError
from settlement.master_data.people_import import import_people
from settlement.models import Assignment, Event, Membership, Post, Volunteer
from settlement.organisations.tree import add_organisation

pytestmark = pytest.mark.django_db

GOOD = """number,name,language,activity,post
1001,Mei,zh-Hans,fair,guide
1002,"Wei, the elder",,fair,
1003,محمد,ar,,
"""
BROKEN = """name,number,activity,post
Mei,1001,fair,guide
Wei,10o2,fair,guide
,1003,fair,guide
Zhao,1004,moon,
Qian,1005,fair,cook
Sun,1006,,guide
Li,1001,,
Zhou,1007,fair
Wu,1008,fair,
"""


@pytest.fixture
def city(db):
    return add_organisation("City")


@pytest.fixture
def guide(fair):
    return Post.objects.create(activity=fair, name="guide")


def load(text, organisation, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return import_people(content, organisation, 5000, **options)


def test_it_enters_volunteers_members_and_assignments(city, guide):
    done = load(GOOD, city)
    assert (done.volunteers, done.assignments, done.broken) == (3, 2, ())
    assert Volunteer.objects.get(number=1002).display_name == "Wei, the elder"
    assert Volunteer.objects.get(number=1003).language == "ar"
    assert set(Membership.objects.values_list("volunteer__number", "joined_ms")) == {
        (1001, 5000), (1002, 5000), (1003, 5000)
    }  # fmt: skip
    assert list(Assignment.objects.order_by("volunteer").values_list("volunteer__number", "post__name")) == [
        (1001, "guide"),
        (1002, None),
    ]


def test_the_same_file_twice_changes_nothing_more(city, guide):
    load(GOOD, city)
    done = load(GOOD, city)
    assert (done.volunteers, done.assignments) == (0, 0)
    assert Membership.objects.count() == 3


def test_each_broken_row_is_told_with_its_reason_and_nothing_is_entered(city, guide):
    done = load(BROKEN, city)
    assert [str(row) for row in done.broken] == [
        "row 3: '10o2' is no volunteer number of 1 to 12 digits",
        "row 4: the name must have 1 to 80 printable characters",
        "row 5: there is no activity 'moon'",
        "row 6: fair has no post 'cook'",
        "row 7: it names a post and no activity",
        "row 8: volunteer 1001 is somebody else in row 2",
        "row 9: it has 3 cells, the first row 4",
    ]
    assert (done.volunteers, Volunteer.objects.count(), Membership.objects.count()) == (0, 0, 0)


def test_if_asked_the_other_rows_are_entered(city, guide):
    done = load(BROKEN, city, skip_broken=True)
    assert (done.volunteers, len(done.broken)) == (2, 7)
    assert set(Volunteer.objects.values_list("number", flat=True)) == {1001, 1008}


def test_a_number_that_belongs_to_somebody_else_is_a_broken_row(city, guide, mei):
    (row,) = load("number,name\n1001,Wei\n", city).broken
    assert str(row) == "row 2: volunteer 1001 has another name here"
    mei.refresh_from_db()
    assert mei.display_name == "Mei"


def test_several_activities_of_one_person_are_several_rows(fair, guide):
    fair.pk, fair.id = None, "choir"
    fair.save(force_insert=True)
    done = load("number,name,activity\n1001,Mei,fair\n1001,Mei,choir\n", None)
    assert (done.volunteers, done.assignments) == (1, 2)
    assert not Membership.objects.exists()


def test_scans_that_waited_for_the_volunteer_count_now(site, fair, terminal, deliver, noon_ms):
    terminal.check_in("badge:2001.1", wall_ms=noon_ms)
    deliver()
    load("number,name\n2001,Zhao\n", None)
    assert Event.objects.get(kind="check_in").volunteer_id == 2001


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "lacks number, name"),
        (b"number,phone\n", "lacks name and has unknown columns: 'phone'"),
        (b"number,name,name\n", "names a column twice"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'number,name\n1,"Mei', "no CSV near row 2"),
        (b'number,name\n1,"M"ei\n', "no CSV near row 2"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(content, why, db):
    with pytest.raises(SettingsError, match=why) as refused:
        load(content, None)
    assert "Save it as CSV" in refused.value.remedy


def test_a_name_that_cannot_be_stored_is_a_broken_row(db):
    (row,) = load(b"number,name\n1,Me\x00i\n", None).broken
    assert "printable" in str(row)


def test_a_spreadsheets_mark_and_empty_rows_do_no_harm(db):
    done = load("\ufeffNumber, Name\r\n1001, Mei \r\n,\r\n\r\n".encode(), None)
    assert (done.volunteers, done.broken) == (1, ())
    assert Volunteer.objects.get().display_name == "Mei"
