"""Importing a list at the pages: looked through first, refused rows told, imported once and only in reach."""

import csv
import html
import io

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.words import LANGUAGES, Words
from settlement.accounts.accounts import actor_of
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Kind, records_of
from settlement.lists import file as lists
from settlement.lists.row_fixes import RowFix, fix_of
from settlement.lists.row_troubles import RowTrouble
from settlement.master_data.held_lists import HELD_FOR_MS
from settlement.models import Account, Activity, Assignment, HeldList, Membership, Post, Volunteer
from settlement.organisations.tree import add_organisation
from settlement.people_settings import RetentionSettings
from settlement.personal_data.retention import end_what_is_over
from tests.settlement.actors import actor
from tests.settlement.lists.workbooks import workbook
from tests.settlement.web.conftest import Browser, browser_of

pytestmark = pytest.mark.django_db

PAGE = "/volunteers/import/"
LIST = """number,name,phone
3001,Zoë,138 0013 8000
3002,Wu Lan,12345
x3003,=cmd|' /C calc'!A0,
3001,Somebody else,
"""


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path):
    (tmp_path / "pseudonym.key").write_text(bytes(range(32)).hex())
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))


@pytest.fixture(autouse=True)
def now(pages_at, no_second_factor, noon_ms):
    pages_at(noon_ms)


@pytest.fixture
def city(db):
    return add_organisation("City")


@pytest.fixture
def client(city):
    return browser_of(actor("Zhao", Level.MIDDLE, city.path))


def hand_over(client, content=LIST, name="people.csv", **form):
    content = content if isinstance(content, bytes) else content.encode()
    path = "" if "organisation" in form else Account.objects.get(pk=client.session["_auth_user_id"])
    form = {"organisation": path.organisation.path if path and path.organisation else "", **form}
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content), **form})


def text_of(response):
    return html.unescape(response.content.decode())


def decide(client, page, what="import", **form):
    return client.post(f"{page}decided", {"what": what, **form}, follow=True)


def test_a_list_is_looked_through_and_nothing_is_imported(client):
    response = hand_over(client)
    page = text_of(client.get(response.url))
    assert (Volunteer.objects.count(), HeldList.objects.count()) == (0, 1)
    assert '<th scope="row">Volunteers</th>\n<td data-name="New" class="number">1</td>' in page
    assert "Refused rows (3)" in page
    for row, column, why, fix in (
        (3, "phone", "5 digits and is no mobile number", "Compare the cell with the original"),
        (4, "number", "is no volunteer number", "Write the volunteer number alone"),
        (5, "number", "somebody else in row 2", "Compare the number"),
    ):
        told = page.partition(f'class="number">{row}</th>')[2].partition("</tr>")[0]
        assert f"<bdi>{column}</bdi>" in told
        assert why in told
        assert fix in told
    assert "999 9999 9999</code> → <code>+8699999999999" in page
    assert "13800138000" not in page


def test_the_good_rows_are_imported_once_and_the_list_is_gone(client, noon_ms):
    page = hand_over(client).url
    done = text_of(decide(client, page, reason="new year"))
    assert "Imported as new: volunteers 1, memberships 1, assignments 0, cards 1." in done
    assert "3 rows were left out." in done
    (volunteer,) = Volunteer.objects.all()
    assert (volunteer.number, volunteer.display_name) == (3001, "Zoë")
    assert not HeldList.objects.exists()
    again = text_of(decide(client, page))
    assert "This list is here no more" in again
    (record,) = records_of(Kind.VOLUNTEER, "import")
    assert (record.name, record.reason, record.at_ms) == ("Zhao", "new year", noon_ms)
    assert client.get(page).status_code == 404


def test_importing_none_lets_go_of_the_list(client):
    page = hand_over(client).url
    assert "Nothing was imported" in text_of(decide(client, page, "none"))
    assert not HeldList.objects.exists()
    assert not Volunteer.objects.exists()
    assert "This list is here no more" in text_of(decide(client, page))


def test_the_refused_rows_come_back_as_they_were_with_their_reason(client):
    page = hand_over(client).url
    response = client.get(f"{page}refused.csv?language=zh-Hans")
    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="refused.csv"'
    rows = [*csv.reader(io.StringIO(response.content.decode("utf-8-sig")))]
    assert rows[0] == ["number", "name", "phone", "refused_row", "refused_because"]
    assert [row[3] for row in rows[1:]] == ["3", "4", "5"]
    assert rows[1][:3] == ["3002", "Wu Lan", "12345"]
    assert "请对照原件" in rows[1][4]
    assert rows[2][1].startswith("'=cmd")
    assert records_of(Kind.VOLUNTEER, "import").get().action == "export"


def test_the_download_can_be_corrected_and_handed_over_again(client):
    page = hand_over(client).url
    refused = client.get(f"{page}refused.csv").content.decode("utf-8-sig")
    decide(client, page)
    corrected = refused.replace("12345", "13800138001").replace("x3003", "3003").replace("3001", "3004")
    again = hand_over(client, corrected)
    assert "3 rows" not in text_of(decide(client, again.url))
    assert [*Volunteer.objects.order_by("number").values_list("number", flat=True)] == [
        3001,
        3002,
        3003,
        3004,
    ]


def test_a_row_with_too_many_cells_comes_back_whole(client):
    page = hand_over(client, "number,name\n3001,Mei,Li,x\n").url
    rows = [*csv.reader(io.StringIO(client.get(f"{page}refused.csv").content.decode("utf-8-sig")))]
    assert rows[1][:3] == ["3001", "Mei", "2"]
    assert rows[1][4:] == ["Li", "x"]


def test_a_workbook_is_taken_by_its_content(client):
    page = hand_over(client, workbook([["number", "name"], [3001, "Mei"]]), "people.csv").url
    assert "volunteers 1," in text_of(decide(client, page))


@pytest.mark.parametrize(
    ("content", "form", "told"),
    [
        (b"%PDF-1.7", {}, "it is PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, "Excel 97"),
        (b"PK\x03\x04junk", {}, "can't be opened"),
        ("number,name\n3001,李\n".encode("gb18030"), {}, "it is not UTF-8"),
        ("number,name\n3001,梅\n".encode(), {"encoding": "gb18030"}, "it is UTF-8, and not GB18030"),
        (b"number\n3001\n", {}, "lacks name"),
        (b"number,name,shoe\n", {}, "unknown columns: shoe"),
        (b"", {}, "lacks number, name"),
        (b"number,name\n1,A\n", {"sheet": "May"}, "no sheet 'May'"),
    ],
)
def test_what_is_no_such_list_is_refused_in_words_and_not_kept(content, form, told, client):
    response = hand_over(client, content, **form)
    assert response.status_code == 400
    assert told in text_of(response)
    assert not HeldList.objects.exists()


def test_a_list_in_another_encoding_is_read_as_it_is_said_to_be(client):
    page = hand_over(client, "number,name\n3001,李\n".encode("gb18030"), encoding="gb18030").url
    decide(client, page)
    assert Volunteer.objects.get().display_name == "李"


def test_no_file_is_said(client):
    assert "no file came along" in text_of(client.post(PAGE, {"encoding": "utf-8"}))


def test_what_is_too_large_packed_or_unfolded_or_long_is_refused(client, monkeypatch, settings):
    small = lists.Limits(file_bytes=30_000, unfolded_bytes=60_000, rows=3)
    monkeypatch.setattr("settlement.web.people_import.views.OF_PAGES", small)
    too_long = hand_over(client, "number,name\n" + "".join(f"{3000 + n},A\n" for n in range(3)))
    assert "more than 2 rows" in text_of(too_long)
    assert "what is packed in it" in text_of(
        hand_over(client, workbook([["number", "name"], [1, "x" * 30_000] * 9]))
    )
    assert "it has more than 0 MB" in text_of(hand_over(client, b"x" * 40_000))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 50_000
    assert "it has more than 0 MB" in text_of(hand_over(client, b"x" * 60_000))
    assert not HeldList.objects.exists()


def test_a_list_of_names_never_becomes_a_file(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def test_what_is_kept_is_sealed_of_one_account_and_for_an_hour(client, pages_at, noon_ms):
    first = hand_over(client).url
    second = hand_over(client).url
    assert client.get(first).status_code == 404
    (row,) = HeldList.objects.all()
    assert b"Wu Lan" not in bytes(row.sealed)
    pages_at(noon_ms + HELD_FOR_MS)
    assert client.get(second).status_code == 404
    assert "no more" in text_of(decide(client, second))
    assert not Volunteer.objects.exists()
    [*end_what_is_over(RetentionSettings(), noon_ms + HELD_FOR_MS - 1)]
    assert HeldList.objects.count() == 1
    [*end_what_is_over(RetentionSettings(), noon_ms + HELD_FOR_MS)]
    assert not HeldList.objects.exists()


def test_what_was_sealed_by_another_secret_is_gone(client, settings):
    page = hand_over(client).url
    user = client.session["_auth_user_id"]
    settings.SECRET_KEY = "another"
    again = browser_of(actor_of(Account.objects.get(pk=user)))
    assert again.get(page).status_code == 404
    assert "no more" in text_of(decide(again, page))


def test_another_one_that_is_handed_over_ends_what_is_overdue(client, city, pages_at, noon_ms):
    hand_over(client)
    pages_at(noon_ms + HELD_FOR_MS)
    hand_over(browser_of(actor("Sun", Level.MIDDLE, city.path)))
    assert HeldList.objects.count() == 1


def test_only_into_organisations_in_reach(client, city):
    other = add_organisation("Other city")
    for content, path in (
        (LIST, other.path),
        (LIST, ""),
        (f"number,name,organisation\n3001,Mei,{other.path}\n", city.path),
        (LIST, "9"),
    ):
        response = hand_over(client, content, organisation=path)
        assert response.status_code == 400
    assert f'value="{other.path}"' not in text_of(client.get(PAGE))
    assert (HeldList.objects.count(), Volunteer.objects.count()) == (0, 0)


def test_nobody_who_belongs_elsewhere_is_taken_in(client, mei):
    Membership.objects.create(volunteer=mei, organisation=add_organisation("Other city"), joined_ms=0)
    response = hand_over(client, "number,name\n1001,Mei\n")
    assert response.status_code == 400
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("level", "roles", "status"),
    [
        (Level.SENIOR, (), 200),
        (Level.ORDINARY, (), 200),
        (Level.VOLUNTEER, (Role.LIAISON,), 200),
        (Level.VOLUNTEER, (Role.INSPECTOR,), 403),
        (Level.VOLUNTEER, (), 403),
    ],
)
def test_only_who_may_enter_people_imports(level, roles, status, city):
    browser = browser_of(actor("Qian", level, city.path, roles))
    assert browser.get(PAGE).status_code == status
    assert (f'href="{PAGE}"' in text_of(browser.get("/volunteers/"))) == (status == 200)
    response = hand_over(browser)
    assert response.status_code == (302 if status == 200 else 403)
    assert HeldList.objects.exists() == (status == 200)


def test_the_highest_level_may_leave_the_organisation_open():
    browser = browser_of(actor("Top"))
    page = hand_over(browser, organisation="").url
    decide(browser, page)
    assert (Volunteer.objects.count(), Membership.objects.count()) == (1, 0)


def test_nobody_else_sees_or_decides_on_a_list(client, city):
    page = hand_over(client).url
    nobody, volunteer = Browser(), browser_of(actor("V", Level.VOLUNTEER, city.path))
    colleague = browser_of(actor("Sun", Level.SENIOR, city.path))
    for path in (page, f"{page}refused.csv"):
        assert nobody.get(path).status_code == 302
        assert volunteer.get(path).status_code == 403
        assert colleague.get(path).status_code == 404
    for browser, status in ((nobody, 403), (volunteer, 403), (colleague, 302)):
        for what in ("import", "none"):
            assert browser.post(f"{page}decided", {"what": what}).status_code == status
    assert (HeldList.objects.count(), Volunteer.objects.count()) == (1, 0)


@pytest.mark.parametrize("change", [{"level": "volunteer"}, {"ended_ms": 1}, {"organisation": "other"}])
def test_whose_right_ends_imports_nothing_any_more(change, client):
    page = hand_over(client).url
    if "organisation" in change:
        change = {"organisation": add_organisation("Other city")}
    Account.objects.filter(real_name="Zhao").update(**change)
    decide(client, page)
    assert not Volunteer.objects.exists()


def test_a_get_decides_nothing_and_a_form_without_its_token_neither(client):
    page = hand_over(client).url
    assert client.get(f"{page}decided").status_code == 405
    careful = Browser(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    assert careful.post(f"{page}decided", {"what": "import"}).status_code == 403
    assert not Volunteer.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, client):
    words = Words(language)
    assert words.say("page-import_why") in text_of(client.get(PAGE, {"language": language}))
    page = text_of(client.get(hand_over(client).url))
    assert words.say("page-import_preview") in page
    assert words.say("row_fix-type_again") in page
    assert '<span dir="ltr"><code>999' in page


def test_each_trouble_of_a_row_has_something_that_helps():
    assert {fix_of(code) for code in RowTrouble} <= set(RowFix)
    for language in LANGUAGES:
        assert all(Words(language).knows(f"row_fix-{fix}") for fix in RowFix)


def test_a_page_costs_the_same_for_any_number_of_rows(client, django_assert_max_num_queries):
    for rows in (1, 500):
        page = hand_over(client, "number,name\n" + "".join(f"{3000 + n},{n}" + "\n" for n in range(rows))).url
        with django_assert_max_num_queries(8):
            assert client.get(page).status_code == 200
    with django_assert_max_num_queries(8):
        client.get(PAGE)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_example_imports_without_a_fault_also_where_another_was_imported(client, form, fair, city):
    Post.objects.create(activity=fair, name="guide")
    Activity.objects.update(organisation=city)
    assert f'href="{PAGE}example.{form}"' in text_of(client.get(PAGE))
    response = client.get(f"{PAGE}example.{form}")
    assert f"volunteers.{form}" in response.headers["Content-Disposition"]
    for _ in range(2):
        page = hand_over(client, response.content, f"people.{form}").url
        assert "Refused rows (" not in text_of(client.get(page))
        decide(client, page)
    assert (Volunteer.objects.count(), Membership.objects.count()) == (3, 3)
    assert Assignment.objects.get().post.name == "guide"
    assert client.get(f"{PAGE}example.ods").status_code == 404
