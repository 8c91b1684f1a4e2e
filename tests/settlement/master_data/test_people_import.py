"""Files of volunteers: each broken row is told with its reason; all, all but those, or nothing is entered."""

import msgspec
import pytest
from django.db import DatabaseError
from django.test.utils import CaptureQueriesContext

from foundation.errors import SettingsError
from settlement.accounts.audit import Signed
from settlement.lists.file import ListFile
from settlement.lists.text_table import Encoding
from settlement.master_data.people_import import import_people
from settlement.models import Assignment, Credential, Event, Membership, Post, Volunteer
from settlement.organisations.tree import add_organisation
from sync.contract.pseudonym import Subject, keyed_reference, older_reference
from tests.english import in_english

pytestmark = pytest.mark.django_db

NOW_MS = 1_772_856_000_000
"""2026-03-07 12:00 in Shanghai."""
KEY = bytes(range(32))
ID_NUMBER, PHONE = "11010519491231002X", "13800138000"

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


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path):
    """The centre's pseudonym key lies in a folder of the test's own."""
    (tmp_path / "pseudonym.key").write_text(KEY.hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))


@pytest.fixture
def city(db):
    return add_organisation("City")


@pytest.fixture
def guide(fair):
    return Post.objects.create(activity=fair, name="guide")


def load(text, organisation, *, encoding=Encoding.UTF_8, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return import_people(ListFile(content, encoding), organisation, Signed(None, NOW_MS), **options)


def test_it_enters_volunteers_members_and_assignments(city, guide):
    done = load(GOOD, city)
    assert (done.volunteers, done.memberships, done.assignments, done.broken) == (3, 3, 2, ())
    assert Volunteer.objects.get(number=1002).display_name == "Wei, the elder"
    assert Volunteer.objects.get(number=1003).language == "ar"
    assert set(Membership.objects.values_list("volunteer__number", "joined_ms")) == {
        (1001, NOW_MS), (1002, NOW_MS), (1003, NOW_MS)
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
    assert [in_english(each) for row in done.broken for each in row.troubles] == [
        "row 3: '10o2' is no volunteer number of 1 to 12 digits: o at place 3",
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
    assert in_english(*row.troubles) == "row 2: volunteer 1001 has another name here"
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
        (b"number,wage\n", "lacks name and has unknown columns: wage"),
        (b"number,name,name\n", "names a column twice"),
        (b"\xff\xfe\x00", "not UTF-16 .byte 3."),
        (b'number,name\n1,"Mei', "no CSV near row 2"),
        (b'number,name\n1,"M"ei\n', "no CSV near row 2"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(content, why, db):
    with pytest.raises(SettingsError, match=why) as refused:
        load(content, None)
    assert "as CSV in UTF-8" in refused.value.remedy


def test_a_name_that_cannot_be_stored_is_a_broken_row(db):
    (row,) = load(b"number,name\n1,Me\x00i\n", None).broken
    assert "the name has U+0000 at place 3" in in_english(*row.troubles)


def test_one_name_in_two_spellings_is_one_person(db):
    written = "number,name\n1,Jos\u00e9  L\u00f3pez\n1,Jose\u0301 Lo\u0301pez\n"
    assert load(written.encode(), None).broken[0].faults[0].code == "same_assignment"
    load("number,name\n1,Jos\u00e9 L\u00f3pez\n".encode(), None)
    assert not load("number,name\n1,Jose\u0301\u00a0Lo\u0301pez\n".encode(), None).broken


def test_a_spreadsheets_mark_and_empty_rows_do_no_harm(db):
    done = load("\ufeffNumber, Name\r\n1001, Mei \r\n,\r\n\r\n".encode(), None)
    assert (done.volunteers, done.broken) == (1, ())
    assert Volunteer.objects.get().display_name == "Mei"


def test_memberships_name_their_organisation_and_their_day(city):
    team = add_organisation("Team", parent=city)
    load(f"number,name,organisation,joined\n1001,Mei,{team.path},2026-03-01\n1002,Wei,,\n", city)
    assert list(Membership.objects.order_by("volunteer").values_list("organisation__name", "joined_ms")) == [
        ("Team", 1_772_294_400_000),
        ("City", NOW_MS),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1001,Mei,0009,2026-03-01", "there is no organisation '0009'"),
        ("1001,Mei,,2026-03-01", "it says since when, and not where: the organisation is missing"),
        (
            "1001,Mei,0001,2026-03-08",
            "2026-03-08, since when it is to count, is still to come",
        ),
        ("1001,Mei,0001,1.3.2026", "'1.3.2026' is no date such as 2026-03-07"),
        ("1001,Mei,0001,2026-02-30", "'2026-02-30' is no date such as 2026-03-07"),
    ],
)
def test_a_membership_that_cannot_be_is_a_broken_row(row, why, city):
    done = load(f"number,name,organisation,joined\n1002,Wei,0001,2026-03-01\n{row}\n", None)
    assert [in_english(each) for broken in done.broken for each in broken.troubles] == [f"row 3: {why}"]
    assert not Membership.objects.exists()


def test_cards_and_telephones_become_keyed_hashes_at_once(db):
    done = load(f"number,name,id_number,phone\n1001,Mei,{ID_NUMBER.lower()},+86 {PHONE}\n", None)
    assert done.cards == 2
    assert set(Credential.objects.values_list("ref", "volunteer__number", "method", "assurance")) == {
        (keyed_reference(KEY, Subject.ID_NUMBER, ID_NUMBER), 1001, "id_card", "high"),
        (keyed_reference(KEY, Subject.PHONE, f"+86{PHONE}"), 1001, "sms_in", "low"),
    }


def test_no_number_of_a_card_or_telephone_is_stored_or_told(db, capsys):
    from django.db import connection

    with CaptureQueriesContext(connection) as queries:
        done = load(
            f"number,name,phone,id_number\n{ID_NUMBER},Mei,,\n1002,Wei,{PHONE},{ID_NUMBER}\n"
            f"1003,Zhao,{PHONE},\n",
            None,
            skip_broken=True,
        )
    assert [in_english(each) for row in done.broken for each in row.troubles] == [
        "row 2: what has 18 characters is no volunteer number of 1 to 12 digits",
        "row 4: its telephone stands for volunteer 1002 already",
    ]
    told = "".join(capsys.readouterr()) + str(done) + "".join(query["sql"] for query in queries)
    assert "keyed:" in told
    assert PHONE not in told
    assert ID_NUMBER not in told


def test_a_national_number_is_read_as_it_is_dialled_at_the_centre(db, settings):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, telephone_region="SA")
    assert load("number,name,phone\n1001,Sara,0501234567\n", None).cards == 1
    (held,) = Credential.objects.values_list("ref", flat=True)
    assert held == keyed_reference(KEY, Subject.PHONE, "+966501234567")


def test_two_telephones_that_differ_in_their_country_are_of_two_people(db):
    done = load("number,name,phone\n1001,Mei,131 0234 5678\n1002,Bert,+1 310 234 5678\n", None)
    assert (done.cards, done.broken) == (2, ())


def test_a_telephone_that_0_1_imported_is_nobody_elses(db):
    mei = Volunteer.objects.create(number=1001, display_name="Mei")
    ref = older_reference(KEY, Subject.PHONE, f"+86{PHONE}")
    Credential.objects.create(ref=ref, volunteer=mei, method="sms_in", assurance="low")
    done = load(f"number,name,phone\n1002,Wei,{PHONE}\n1003,Bert,+1 310 234 5678\n", None, skip_broken=True)
    assert [in_english(each) for row in done.broken for each in row.troubles] == [
        "row 2: its telephone stands for volunteer 1001 already"
    ]
    assert load(f"number,name,phone\n1001,Mei,{PHONE}\n", None).cards == 1


def test_a_card_that_is_known_by_its_bytes_is_entered_whole(db):
    """A code of 100 bytes that declare no text, as `muster scan` shows it."""
    written = "bytes:" + bytes(range(128, 228)).hex()
    assert load(f"number,name,code\n1001,Mei,{written}\n", None).cards == 1
    (held,) = Credential.objects.values_list("ref", flat=True)
    assert held == keyed_reference(KEY, Subject.CODE, "bytes:" + bytes(range(128, 228)).hex().upper())


def test_the_forms_of_one_tag_are_one_card(db):
    text = 'number,name,tag,tag_10d,tag_w26\n1001,Mei,0A00ABCDEF,0011259375,"171,52719"\n'
    assert load(text, None).cards == 1
    assert load("number,name,tag_10d\n1001,Mei,11259375\n", None).cards == 0
    (row,) = load('number,name,tag_w26\n1002,Wei,"171,52719"\n', None).broken
    assert in_english(*row.troubles) == "row 2: its tag stands for volunteer 1001 already"


def test_a_tag_that_0_1_imported_is_nobody_elses(db):
    mei = Volunteer.objects.create(number=1001, display_name="Mei")
    ref = older_reference(KEY, Subject.TAG, "0A00ABCDEF")
    Credential.objects.create(ref=ref, volunteer=mei, method="tag", assurance="low")
    (row,) = load("number,name,tag\n1002,Wei,0A00ABCDEF\n", None).broken
    assert in_english(*row.troubles) == "row 2: its tag stands for volunteer 1001 already"


def test_the_same_card_twice_is_one_card(db):
    text = f"number,name,activity,phone\n1001,Mei,,{PHONE}\n"
    assert load(text, None).cards == 1
    assert load(text, None).cards == 0


def test_what_a_spreadsheet_has_rounded_is_a_broken_row(db):
    (row,) = load("number,name,id_number\n1001,Mei,1.10105E+17\n", None).broken
    assert (
        in_english(*row.troubles)
        == "row 2: the spreadsheet has rounded the id_number; format that column as text and type it again"
    )


@pytest.mark.parametrize("text", ["12", "-", "9" * 65])
def test_a_card_that_is_none_is_a_broken_row(text, db):
    (row,) = load(f"number,name,card_uid\n1001,Mei,{text}\n", None).broken
    said = "; wanted is 8, 14 or 20 hexadecimal digits"
    assert in_english(*row.troubles).startswith("row 2: the card_uid has ")
    assert in_english(*row.troubles).endswith(said)


def test_a_row_that_repeats_another_is_broken(fair):
    done = load("number,name,activity\n1001,Mei,fair\n1001,Mei,\n1001,Mei,fair\n", None)
    assert [in_english(each) for row in done.broken for each in row.troubles] == [
        "row 4: it repeats row 2: the same volunteer and activity"
    ]


def test_gb18030_is_read_where_it_is_said(db):
    content = "number,name\n1001,王小明\n".encode("gb18030")
    with pytest.raises(SettingsError, match="is not UTF-8") as refused:
        load(content, None)
    assert "GB18030" in refused.value.remedy
    load(content, None, encoding=Encoding.GB18030)
    assert Volunteer.objects.get().display_name == "王小明"


def test_a_byte_order_mark_says_utf_8_whatever_was_chosen(db):
    load("\ufeffnumber,name\n1001,王小明\n".encode(), None, encoding=Encoding.GB18030)
    assert Volunteer.objects.get().display_name == "王小明"


def test_without_the_pseudonym_key_nothing_is_read(db, tmp_path):
    (tmp_path / "pseudonym.key").unlink()
    with pytest.raises(SettingsError, match=r"pseudonym key .* can't be read"):
        load(GOOD, None)


def test_a_failure_in_the_middle_leaves_nothing_behind(city, guide, monkeypatch):
    def fail(*_):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("settlement.master_data.people_import.attribute_again", fail)
    with pytest.raises(DatabaseError):
        load(GOOD, city)
    assert not Volunteer.objects.exists()
    assert not Membership.objects.exists()
    assert not Assignment.objects.exists()


def test_a_language_that_muster_does_not_speak_is_told_with_those_that_it_speaks(city):
    done = load("number,name,language\n1001,Mei,zh-CN\n1002,Hans,de\n", city, skip_broken=True)
    assert [in_english(each) for row in done.broken for each in row.troubles] == [
        "row 3: 'de' is none of the languages en, zh-Hans, ar"
    ]
    assert Volunteer.objects.get().language == "zh-CN"
