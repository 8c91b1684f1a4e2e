"""The sheet of a paper list, through the pages: typed, told what is wrong, confirmed."""

import re

import pytest

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.models import ManualRecord, Membership, Sheet, SheetRecord, Volunteer
from settlement.records.sheets import MOST_ROWS, NewSheet, SheetRow, decide_sheet, enter_sheet
from settlement.settling.merging import merge_numbers
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of
from tests.settlement.web.sheets.paper import HOUR, MEI, PAPER, WEI, text_of, times, write

pytestmark = pytest.mark.django_db


def test_a_paper_list_becomes_records_that_wait_as_one_sheet(liaison, second, noon_ms):
    response = write(liaison, MEI, WEI)
    assert times() == [
        (1001, "in", noon_ms - 3 * HOUR),
        (1001, "out", noon_ms + 5 * HOUR),
        (1002, "in", noon_ms - 5 * HOUR // 2),
    ]
    assert {row.reason for row in ManualRecord.objects.all()} == {"no power"}
    sheet = Sheet.objects.get()
    assert (response.url, str(sheet.local_date)) == (f"/sheets/{sheet.pk}/", "2026-03-07")
    assert "times of 2 people" in text_of(liaison.get(response.url))
    listed = text_of(second.get("/sheets/"))
    assert "Lantern fair" in listed
    assert '<td data-name="Waiting" class="number">3</td>' in listed
    page = text_of(second.get(response.url))
    assert re.search(r"<bdi>Mei</bdi>.*09:00</time>.*17:00</time>.*waits", page, re.DOTALL)
    assert "no power" in page


def test_a_second_person_confirms_it_whole_and_it_counts(liaison, second, settle, rules, entries):
    url = write(liaison, MEI).url
    done = text_of(second.post(f"{url}decided", {}, follow=True))
    assert "2 times are confirmed" in done
    settle()
    assert [(number, seconds) for number, _, _, seconds, _, _ in entries()] == [(1001, 8 * 3600)]
    assert "Nothing waits here" in text_of(second.get("/sheets/"))
    assert "Lantern fair" in text_of(second.get("/sheets/?show=all"))
    assert "This was decided already" in text_of(second.post(f"{url}decided", {}, follow=True))


def test_single_rows_are_refused_with_a_reason(liaison, second):
    url = write(liaison, MEI, WEI).url
    done = text_of(second.post(f"{url}decided", {"refuse": "1"}, follow=True))
    assert "reason" in done.lower()
    assert not any(hasattr(row, "decision") for row in ManualRecord.objects.select_related("decision"))
    assert 'value="1" checked' in done
    done = text_of(second.post(f"{url}decided", {"note": "was not there"}, follow=True))
    assert "no row is marked as refused" in done
    assert 'value="was not there"' in done
    done = text_of(second.post(f"{url}decided", {"refuse": "1", "note": "was not there"}, follow=True))
    assert "One time is confirmed" in done
    assert "2 times are refused" in done
    assert "was not there" in done
    decisions = ManualRecord.objects.order_by("pk").values_list("volunteer", "decision__confirmed")
    assert [*decisions] == [(1001, False), (1001, False), (1002, True)]


def test_a_row_tells_all_that_is_wrong_with_it_and_so_do_the_others(liaison):
    page = text_of(write(liaison, ("9999", "9 o'clock", "23:50"), ("x", "12:00", "11:00"), MEI))
    for told in (
        "Row 1, volunteer number: There is no volunteer 9999",
        "Row 1, in: '9 o'clock' is no time of day",
        "Row 1, out: This time is still to come",
        "Row 2, volunteer number: 'x' is no volunteer number",
        "Row 2, out:",
    ):
        assert told in page
    assert "Row 3, " not in page
    assert not ManualRecord.objects.exists()


def test_a_time_at_which_the_activity_did_not_run_is_marked_for_both(liaison, second):
    url = write(liaison, ("1001", "09:00", "17:00"), ("1002", "12:00", "19:30")).url
    for browser in (liaison, second):
        assert text_of(browser.get(url)).count("the activity was not running then") == 1


def test_the_day_of_a_list_is_the_last_on_which_the_activity_ran(liaison, pages_at, evening_ms):
    pages_at(evening_ms + 3 * 24 * HOUR)
    assert 'value="2026-03-07"' in text_of(liaison.get(PAPER))


@pytest.mark.parametrize(
    ("row", "cell", "told"),
    [
        (("1001", "9 o'clock", "17:00"), "came-2", "'9 o'clock' is no time of day."),
        (("1001", "09:00", "24:10"), "left-2", "'24:10' is no time of day."),
        (("1001", "17:00", "09:00"), "left-2", "not after coming"),
        (("1001", "09:00", "09:00"), "left-2", "not after coming"),
        (("", "09:00", ""), "number-2", "is no volunteer number"),
        (("10O1", "09:00", ""), "number-2", "is no volunteer number"),
        (("11010519491231002X", "09:00", ""), "number-2", "18 characters is no volunteer number"),
        (("4711", "09:00", "17:00"), "number-2", "There is no volunteer 4711"),
        (("1002", "", ""), "came-2", "This row has no time"),
        (("1001", "09:00", "23:59"), "left-2", "still to come"),
        (("1001", "09:00", "01:00", "next"), "left-2", "still to come"),
        (("1001", "09:00", "17:00"), "number-2", "the same as row 1"),
    ],
)
def test_what_is_wrong_names_row_and_cell_keeps_what_was_typed_and_enters_nothing(row, cell, told, liaison):
    response = write(liaison, MEI, row, reason="no <power>")
    page = text_of(response)
    assert response.status_code == 400
    assert (ManualRecord.objects.count(), Sheet.objects.count(), SheetRecord.objects.count()) == (0, 0, 0)
    assert re.search(rf'<a href="#{cell}">Row 2, [^<]*{re.escape(told)}', page)
    marked = page.partition(f'id="{cell}"')[2].partition("</td>")[0]
    assert 'aria-invalid="true"' in marked
    assert told in marked
    for value in ("1001", "09:00", "17:00", *row[:3]):
        assert f'value="{value}"' in page
    assert 'value="no &lt;power&gt;"' in response.content.decode()


def test_every_wrong_row_is_told_at_once(liaison):
    page = text_of(
        write(liaison, ("4711", "09:00", ""), MEI, ("4712", "09:00", "10:00"), ("1002", "23:59", ""))
    )
    assert [*re.findall(r"Row (\d+), ([\w ]+):", page)] == [
        ("1", "volunteer number"), ("3", "volunteer number"), ("4", "in"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": "  "}, "why no terminal says so"),
        ({"day": "someday"}, "'someday' is no date"),
        ({"day": "1899-01-01"}, "is no date"),
        ({"reason": "x" * 301}, "301"),
    ],
)
def test_what_is_wrong_with_the_sheet_is_said_too(change, told, liaison):
    response = write(liaison, MEI, **change)
    assert response.status_code == 400
    assert told.lower() in text_of(response).lower()
    assert not ManualRecord.objects.exists()


def test_an_empty_sheet_is_none(liaison):
    assert "Nobody stands on this sheet" in text_of(write(liaison, ("", "", "", "next")))


def test_times_are_of_the_site_as_people_write_them(liaison, noon_ms, people):
    write(liaison, ("١٠٠١", "１６：２０", "1630"), ("1002", "8.05", "23:00+12:00"))
    at = noon_ms + 4 * HOUR
    assert [time[2] for time in times()] == [
        at + HOUR // 3,
        at + HOUR // 2,
        noon_ms - 47 * HOUR // 12,
        noon_ms + 7 * HOUR,
    ]


def test_somebody_leaves_the_next_day(liaison, noon_ms):
    write(liaison, ("1001", "22:00", "01:30", "next"), day="2026-03-06")
    assert [time[2] for time in times()] == [noon_ms - 14 * HOUR, noon_ms - 21 * HOUR // 2]


def test_a_form_that_is_sent_twice_is_entered_once(liaison, people):
    first = write(liaison, MEI)
    assert write(liaison, MEI).url == first.url
    assert (Sheet.objects.count(), ManualRecord.objects.count()) == (1, 2)
    assert write(liaison, MEI, form="f2").url != first.url
    other = browser_of(actor("Sun", Level.MIDDLE, people.path))
    assert write(other, MEI).url != first.url


def test_forty_rows_fit(liaison, people):
    for number in range(2001, 2041):
        person = Volunteer.objects.create(number=number, display_name=f"P{number}")
        Membership.objects.create(volunteer=person, organisation=people, joined_ms=0)
    assert text_of(liaison.get(PAPER)).count('name="number-') == 40
    write(liaison, *((str(number), "0900", "1700") for number in range(2001, 2041)))
    assert ManualRecord.objects.count() == 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_each_language(language, liaison, second):
    words = Words(language)
    url = write(liaison, MEI).url
    assert words.say("page-sheets") in text_of(second.get("/sheets/", {"language": language}))
    assert words.say("page-sheet_how") in text_of(liaison.get(PAPER, {"language": language}))
    assert words.say("page-sheet_confirm") in text_of(second.get(url))
    wrong = text_of(write(liaison, ("1001", "x", "")))
    assert words.say("error-INVALID_CLOCK", text="x") in wrong


def test_pages_cost_the_same_for_any_number_of_rows(liaison, second, people, django_assert_max_num_queries):
    rows = [MEI]
    for number in range(2001, 2031):
        person = Volunteer.objects.create(number=number, display_name=f"P{number}")
        Membership.objects.create(volunteer=person, organisation=people, joined_ms=0)
        rows.append((str(number), "0900", "1700"))
    url = write(liaison, *rows).url
    for form in range(5):
        write(liaison, MEI, form=f"more {form}")
    for browser, path in (
        (second, url),
        (second, "/sheets/"),
        (second, "/sheets/?show=all"),
        (liaison, PAPER),
    ):
        browser.get(path)
        with django_assert_max_num_queries(12):
            assert browser.get(path).status_code == 200


def test_older_sheets_are_on_the_next_page(liaison, second, monkeypatch):
    monkeypatch.setattr("settlement.records.sheets_read.ON_A_PAGE", 2)
    numbers = [write(liaison, MEI, form=f"f{form}").url.split("/")[2] for form in range(3)]
    page = text_of(second.get("/sheets/"))
    assert [each in re.findall(r'href="/sheets/(\d+)/"', page) for each in numbers] == [False, True, True]
    following = re.search(r'href="(\?[^"]*before[^"]*)" rel="next"', page)[1]
    assert re.findall(r'href="/sheets/(\d+)/"', text_of(second.get(f"/sheets/{following}"))) == [numbers[0]]


def test_the_services_say_what_they_can_not_take(people, evening_ms, noon_ms):
    rows = [SheetRow(1, 1001, noon_ms, None)]
    by = actor("Sun", Level.MIDDLE, people.path)
    for changes, code in (
        ({"activity": "moon"}, "UNKNOWN_ACTIVITY"),
        ({"rows": rows * (MOST_ROWS + 1)}, "SHEET_TOO_LONG"),
    ):
        new = {"activity": "fair", "local_date": "2026-03-07", "reason": "x", "form": "f", "rows": rows}
        with pytest.raises(RulesError) as refused:
            enter_sheet(NewSheet(**{**new, **changes}), by, evening_ms)
        assert refused.value.code == code
    with pytest.raises(RulesError) as refused:
        decide_sheet(999, by, evening_ms)
    assert refused.value.code == "UNKNOWN_SHEET"


def test_a_time_of_another_day_is_told_with_its_date(liaison, second):
    url = write(liaison, ("1001", "22:00", "01:30", "next"), day="2026-03-06").url
    page = text_of(second.get(url))
    assert '<time dir="ltr">22:00</time>' in page
    assert '<time dir="ltr">2026-03-07 01:30</time>' in page


def test_who_confirms_sees_what_terminals_say_of_that_day_already(liaison, second, serve):
    serve(-2, 5)
    url = write(liaison, MEI, WEI).url
    page = text_of(second.get(url))
    assert re.findall(r'already: <time dir="ltr">([^<]+)</time>', page) == ["10:00–17:00"]
    other = write(liaison, MEI, day="2026-03-06", form="f2").url
    assert "already:" not in text_of(second.get(other))
    second.post(f"{url}decided", {})
    assert "already:" not in text_of(second.get(url))


def test_stays_of_a_merged_number_are_told_as_well(liaison, second, serve, people, evening_ms):
    Volunteer.objects.create(number=2001, display_name="Mei again")
    Membership.objects.create(volunteer_id=2001, organisation=people, joined_ms=0)
    url = write(liaison, ("2001", "09:00", "")).url
    serve(-2, 5)
    merge_numbers(1001, 2001, actor("Top"), "the same", evening_ms)
    assert "10:00–17:00" in text_of(second.get(url))
