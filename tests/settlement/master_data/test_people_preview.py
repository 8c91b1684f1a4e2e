"""A preview of a list says what an import would do, writes nothing, and tells nobody's card or telephone."""

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import RulesError, SettingsError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.lists.file import ListFile
from settlement.lists.row_troubles import column_of
from settlement.master_data.conversions import Conversion, Converted, Example
from settlement.master_data.people_import import import_people
from settlement.master_data.people_preview import Counts, preview_people
from settlement.models import Assignment, AuditRecord, Credential, Membership, Post, Volunteer
from settlement.organisations.tree import add_organisation
from sync.contract.events import Method
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

NOW_MS = 1_772_856_000_000
PHONE, ID_NUMBER = "13800138000", "11010519491231002X"
LIST = f"""number,name,activity,post,phone,id_number
1001,Mei,fair,guide,138 0013 8000,{ID_NUMBER.lower()}
1002,Wei,fair,,,
1003,李\u3000梅,,,+86 139 0013 9000,
1003,李\u3000梅,fair,,,
001004,Zhao,moon,,,
1005,Qian,fair,,12345,
1006,Sun,,,{PHONE},
"""


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path):
    (tmp_path / "pseudonym.key").write_text(bytes(range(32)).hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))


@pytest.fixture
def city(fair):
    Post.objects.create(activity=fair, name="guide")
    return add_organisation("City")


def show(city, text=LIST, by=None):
    return preview_people(ListFile(text.encode()), city, Signed(by, NOW_MS))


def load(city, text=LIST, **options):
    return import_people(ListFile(text.encode()), city, Signed(None, NOW_MS), **options)


def test_it_tells_what_is_new_and_who(city):
    found = show(city)
    assert (found.volunteers, found.memberships) == (Counts(3, 0, 0), Counts(3, 0, 0))
    assert (found.assignments, found.cards) == (Counts(3, 0, 0), Counts(3, 0, 0))
    assert found.new_volunteers == (1001, 1002, 1003)
    assert found.new_cards == {Method.SMS_IN: (1001, 1003), Method.ID_CARD: (1001,)}
    assert found.changed_assignments == ()


def test_it_tells_each_row_that_would_be_refused_with_its_column(city):
    assert [(each.row, column_of(why), why.code) for each in show(city).broken for why in each.faults] == [
        (6, "activity", "no_activity"),
        (7, "phone", "no_telephone"),
        (8, "phone", "card_taken"),
    ]


def test_it_tells_what_would_be_read_otherwise_in_rows_that_would_be_entered(city):
    assert set(show(city).converted) == {
        Converted("phone", Conversion.COUNTRY, 1, Example("999 9999 9999", "+8699999999999")),
        Converted("phone", Conversion.BETWEEN, 1, Example("+99 999 9999 9999", "+8699999999999")),
        Converted("id_number", Conversion.CASE, 1, Example("99999999999999999a", "99999999999999999A")),
        Converted("name", Conversion.SPACES, 2, Example("▢<U+3000>▢", "▢ ▢")),
    }


def test_it_writes_nothing(city):
    tables = Volunteer, Membership, Assignment, Credential, AuditRecord
    before = [table.objects.count() for table in tables]
    with CaptureQueriesContext(connection) as queries:
        show(city)
    assert [table.objects.count() for table in tables] == before
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_an_import_does_what_was_told(city):
    found = show(city)
    done = load(city, skip_broken=True)
    assert (done.volunteers, done.memberships) == (found.volunteers.new, found.memberships.new)
    assert (done.assignments, done.cards, done.broken) == (
        found.assignments.new, found.cards.new, found.broken
    )  # fmt: skip


def test_after_an_import_everything_is_known(city):
    load(city, skip_broken=True)
    found = show(city)
    assert (found.volunteers, found.memberships) == (Counts(0, 0, 3), Counts(0, 0, 3))
    assert (found.assignments, found.cards) == (Counts(0, 0, 3), Counts(0, 0, 3))
    assert (found.new_volunteers, found.new_cards) == ((), {})


def test_another_post_is_told(city):
    load(city, skip_broken=True)
    found = show(city, "number,name,activity,post\n1001,Mei,fair,\n1002,Wei,fair,guide\n1003,李 梅,fair,\n")
    assert found.assignments == Counts(0, 2, 1)
    assert found.changed_assignments == (("fair", 1001), ("fair", 1002))


def test_who_may_not_import_there_is_shown_nothing(city):
    other = add_organisation("Other")
    with pytest.raises(RulesError, match="0001"):
        show(city, by=actor("zhao", Level.ORDINARY, other.path))


def test_a_file_that_is_no_list_is_told_as_an_import_tells_it(city):
    with pytest.raises(SettingsError, match="lacks number, name"):
        show(city, "wage\n5\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_of_a_person_is_told_wherever_it_stands(city, language):
    columns = "number,name,language,organisation,joined,activity,post,id_number,phone,card_uid,tag,code"
    empty = ["1001", "Mei", *[""] * 10]
    rows = []
    for number in ("13912345678", ID_NUMBER, "139 1234 5678"):
        for at in range(2, 12):
            row = list(empty)
            row[at] = f"{number}?"
            rows.append(",".join(row))
    rows += [f"{number},Mei{',' * 10}" for number in ("139-1234-5678", ID_NUMBER)]
    found = show(None, "\n".join([columns, *rows]))
    words = Words(language)
    said = "".join(words.what(why) for each in found.broken for why in each.troubles) + repr(found)
    assert len(found.broken) >= 25
    for number in ("13912345678", ID_NUMBER[:-1], "139 1234 5678", "139-1234-5678"):
        assert number not in said


def test_a_list_without_names_of_columns_tells_nobodys_number(city):
    with pytest.raises(SettingsError) as refused:
        show(city, f"1001,Mei,{PHONE},{ID_NUMBER}\n")
    assert PHONE not in str(refused.value)
    assert ID_NUMBER[:-1] not in str(refused.value).upper()
