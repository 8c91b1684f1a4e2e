"""What administrators do, in a real browser: in English, in Arabic, and in Chinese on a telephone."""

import re

import pytest
from playwright.sync_api import expect

from tests.sync.patience import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PAGES = (
    "/tokens/new",
    "/webhooks/new",
    "/",
    "/now/",
    "/now/north/",
    "/now/north/missing",
    "/review/",
    "/review/fair/",
    "/review/fair/clean",
    "/decisions/",
    "/inbox/",
    "/inbox/times/",
    "/volunteers/?who=Person",
    "/volunteers/1001",
    "/terminals/",
    "/terminals/north-gate/",
    "/terminals/north-gate/refused",
    "/terminals/north-gate/revoke",
    "/terminals/north-gate/settings",
    "/terminals/north-gate/history",
    "/terminals/north-gate/orders",
    "/group-settings/",
    "/screen-messages/",
    "/enrolment/",
    "/accounts/",
    "/accounts/new",
    "/accounts/1/",
    "/accounts/1/change",
    "/tokens/",
    "/webhooks/",
    "/audit/",
    "/volunteers/import/",
    "/volunteers/1001/change",
    "/activities/",
    "/activities/new",
    "/activities/fair/",
    "/activities/fair/end",
    "/sites/",
    "/sites/north/",
    "/sheets/",
    "/sheets/of/fair/",
    "/reports/",
    "/reports/indicators",
    "/reports/ranking",
    "/reports/lines",
    "/reports/records",
    "/review/line/6",
    "/review/line/6/times",
    "/account/second-factor/",
    "/rules",
    "/certificate/",
    "/notice/",
)


def test_from_the_invitation_to_the_first_decisions(person, centre):
    person.log_in_first()
    for path in PAGES:
        person.go(path)
        person.check_access()
    a_check_in_appears_without_a_reload(person, centre)
    clean_ones_are_approved_undone_and_posted(person, centre)
    a_doubtful_one_is_decided_by_its_evidence(person, centre)
    a_terminal_joins_by_its_token(person, centre)


def a_check_in_appears_without_a_reload(person, centre):
    person.go("/now/")
    here = person.page.locator("tbody td.number").first
    assert here.inner_text() == "0"
    person.page.evaluate("window.sameDocument = true")
    centre.scan()
    expect(here).to_have_text("1", timeout=120_000)
    assert person.page.evaluate("window.sameDocument"), "the page was not loaded anew"
    person.look()


def clean_ones_are_approved_undone_and_posted(person, centre):
    person.go("/review/fair/")
    assert person.page.locator("tbody tr").count() == 8
    person.follow("review_approve_clean")
    person.access("a")
    person.reads(person.words.say("review-held_approved", count=5, minutes=5))
    assert person.page.locator("tbody tr").count() == 3
    person.check_access()
    person.access("z")
    person.reads(person.words.say("review-undone", count=5))
    assert person.page.locator("tbody tr").count() == 8
    person.follow("review_approve_clean")
    person.press("review_approve")
    assert centre.count("settlement_review") == 0
    centre.let_minutes_pass()
    until_posted(centre, 5)
    person.go("/decisions/")
    person.reads(person.words.say("review-state_posted"))
    person.check_access()


def a_doubtful_one_is_decided_by_its_evidence(person, centre):
    person.go("/review/fair/?kept=doubtful")
    person.follow_first_row()
    person.check_access()
    first = person.page.url
    person.page.locator("#proof ~ ul a").first.click()
    person.look()
    person.check_access()
    person.page.go_back()
    person.page.fill('input[name="note"]', "she stayed until five")
    person.access("a")
    assert person.page.url != first, "it goes on to the next one"
    person.page.fill('input[name="note"]', "nobody saw him")
    person.access("r")
    centre.let_minutes_pass()
    until_posted(centre, 7)
    assert centre.count("settlement_review", "state = 'rejected' AND note = 'nobody saw him'") == 1


def a_terminal_joins_by_its_token(person, centre):
    person.go("/enrolment/")
    person.page.fill('input[name="name"]', "east-gate")
    person.press("enrolment_make")
    person.check_access()
    token = re.search(r"MUSTER1\.[^\s<]+", person.page.content())
    assert token, "the token is shown, once"
    assert person.page.locator(".code svg").count() == 1
    told = centre.enrol(token[0])
    person.go("/terminals/east-gate/")
    words = re.search(r"Six words of this terminal’s key: (.+)", told)[1]
    person.reads(words)
    person.check_access()


def until_posted(centre, count):
    until(lambda: centre.count("settlement_review") == count)


def test_a_list_with_two_bad_rows_is_looked_through_and_its_good_ones_imported(person, centre, tmp_path):
    person.log_in_first()
    file = tmp_path / "people.csv"
    file.write_text("number,name\n2001,Ana Lima\n2002,\n20x3,Ben Okoro\n2004,Chidi Eze\n")
    person.go("/volunteers/import/")
    person.page.set_input_files('input[name="file"]', str(file))
    person.press("import_look")
    person.check_access()
    assert person.page.locator("section[aria-labelledby=refused] tbody tr").count() == 2
    with person.page.expect_download() as download:
        person.page.locator("section[aria-labelledby=refused] a").first.click()
    assert "20x3" in download.value.path().read_text("utf-8-sig")
    assert centre.count("settlement_volunteer", "number > 2000") == 0
    person.press("import_good")
    assert centre.count("settlement_volunteer", "number > 2000") == 2
    person.go("/volunteers/?who=Chidi")
    person.reads("Chidi Eze")


def test_an_objection_leads_to_other_hours_and_another_certificate(person, centre):
    for login, name, more in (
        ("sun", "Sun Hao", ("senior",)),
        ("li", "Li Na", ("senior",)),
        ("mei", "Person 1005", ("volunteer", "--volunteer", "1005")),
    ):
        centre.add_account(login, name, *more)
    person.log_in_first()
    approve_all(person, centre, 5)
    certify(person)
    mei = person.another("mei")
    mei.go("/mine/certificates/")
    mei.check_access()
    with mei.page.expect_download() as paper:
        mei.page.locator('article a[href$=".pdf"]').click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")
    mei.go("/mine/lines/")
    mei.check_access()
    mei.follow_first_row()
    mei.check_access()
    mei.page.fill("#objection", "I stayed until five; the gate was dark.")
    mei.press("mine_object")

    answers_the_objection(second(person, "sun"))
    confirms_the_time(second(person, "li"))
    until(lambda: centre.count("settlement_ledgerentry", "kind = 'adjustment'") == 1)
    person.go("/review/fair/?person=1005")
    person.follow_first_row()
    person.page.fill('input[name="note"]', "as the objection found")
    person.press("review_approve")
    centre.let_minutes_pass()
    until_posted(centre, 6)
    certify(person)
    mei.go("/mine/certificates/")
    assert mei.page.locator("article").count() == 2
    mei.reads(re.compile("8"))
    mei.go("/mine/")
    mei.check_access()
    mei.go("/mine/objections/")
    mei.check_access()
    mei.reads("The gate was dark indeed.")


def second(person, login):
    """Another administrator, with a second factor."""
    other = type(person)(person.open_window, person.centre, person.window)
    other.log_in_first(login)
    return other


def approve_all(person, centre, count):
    person.go("/review/fair/clean")
    person.press("review_approve")
    centre.let_minutes_pass()
    until_posted(centre, count)


def certify(person):
    person.go("/volunteers/1005/change")
    person.check_access()
    person.page.locator("section[aria-labelledby=do-certify] button").click()
    person.look()
    person.check_access()
    person.page.locator("form button").last.click()
    person.look()


def answers_the_objection(sun):
    sun.go("/inbox/objections/")
    sun.follow("inbox_open")
    sun.check_access()
    sun.page.fill('input[name="left"]', "2026-03-07T17:00")
    sun.page.fill('textarea[name="why"]', "The gate was dark indeed.")
    sun.press("corrected_preview")
    sun.check_access()
    sun.reads(sun.said("corrected_would"))
    sun.page.locator('button[value="upheld"]').click()
    sun.look()


def confirms_the_time(li):
    li.go("/inbox/times/")
    li.check_access()
    li.page.locator('button[value="confirm"]').click()
    li.look()
