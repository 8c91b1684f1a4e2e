"""Who may write, read and decide a sheet, and whose right has ended."""

import pytest
from django.db import DatabaseError, transaction

from settlement.accounts.actor import Level, Role
from settlement.models import Account, LedgerEntry, ManualRecord, Sheet, SheetRecord, Volunteer
from settlement.organisations.tree import add_organisation
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of
from tests.settlement.web.sheets.paper import MEI, PAPER, WEI, text_of, write

pytestmark = pytest.mark.django_db


def test_whoever_entered_it_confirms_none_of_it(people):
    both = browser_of(actor("Sun", Level.MIDDLE, people.path))
    url = write(both, MEI).url
    other = browser_of(actor("Sun too", Level.MIDDLE, people.path))
    Account.objects.filter(login="sun-too").update(person="sun")
    for browser in (both, other):
        assert "No time was confirmed" in text_of(browser.post(f"{url}decided", {}, follow=True))
    assert not LedgerEntry.objects.exists()
    assert not ManualRecord.objects.exclude(decision=None).exists()


def test_the_own_row_stays_and_the_others_are_confirmed(liaison, people):
    url = write(liaison, MEI, WEI).url
    own = actor("Wei Sun", Level.MIDDLE, people.path, volunteer=1002)
    done = text_of(browser_of(own).post(f"{url}decided", {}, follow=True))
    assert "2 times are confirmed" in done
    assert "Row 2, in: Nobody enters or confirms the own time." in done


def test_the_name_of_somebody_beyond_reach_is_not_told(liaison, second):
    Volunteer.objects.create(number=9001, display_name="Stranger")
    url = write(liaison, ("9001", "09:00", "")).url
    for browser in (liaison, second):
        page = text_of(browser.get(url))
        assert "9001" in page
        assert "Stranger" not in page


@pytest.mark.parametrize(
    ("level", "roles", "writes", "confirms"),
    [
        (Level.SENIOR, (), 200, True),
        (Level.ORDINARY, (), 200, False),
        (Level.VOLUNTEER, (Role.SUPERVISOR,), 200, True),
        (Level.VOLUNTEER, (Role.LIAISON,), 200, False),
        (Level.VOLUNTEER, (Role.REVIEWER,), 403, True),
        (Level.VOLUNTEER, (Role.INSPECTOR,), 403, False),
        (Level.VOLUNTEER, (), 403, False),
    ],
)
def test_each_level_does_what_it_may(level, roles, writes, confirms, liaison, people):
    url = write(liaison, MEI).url
    browser = browser_of(actor("Qian", level, people.path, roles))
    assert browser.get(PAPER).status_code == writes
    assert write(browser, WEI).status_code == (302 if writes == 200 else 403)
    assert (browser.get(url).status_code == 200) == (level is not Level.VOLUNTEER or bool(roles))
    browser.post(f"{url}decided", {})
    assert ManualRecord.objects.filter(decision__confirmed=True).exists() == confirms


def test_nobody_reads_writes_or_decides_beyond_the_own_reach(liaison, people):
    url = write(liaison, MEI).url
    other = add_organisation("Other city")
    nobody, outsider = Browser(), browser_of(actor("Chen", Level.SENIOR, other.path))
    for path in (url, PAPER):
        assert nobody.get(path).status_code == 302
        assert outsider.get(path).status_code == 404
    assert outsider.get("/sheets/of/nothing/").status_code == 404
    for number in (999, 10**30):
        assert outsider.get(f"/sheets/{number}/").status_code == 404
        assert outsider.post(f"/sheets/{number}/decided", {}).status_code == 404
    for browser, status in ((nobody, 403), (outsider, 404)):
        assert write(browser, WEI).status_code == status
        assert browser.post(f"{url}decided", {}).status_code == status
    assert "Lantern" not in text_of(outsider.get("/sheets/?show=all"))
    assert ManualRecord.objects.count() == 2
    assert not ManualRecord.objects.exclude(decision=None).exists()


@pytest.mark.parametrize("change", [{"level": "volunteer"}, {"ended_ms": 1}, {"organisation": None}])
def test_whose_right_ends_confirms_and_writes_nothing_any_more(change, liaison, second):
    url = write(liaison, MEI).url
    if "organisation" in change:
        change = {"organisation": add_organisation("Other city")}
    Account.objects.filter(real_name="Sun").update(**change)
    second.post(f"{url}decided", {})
    write(second, WEI)
    assert ManualRecord.objects.count() == 2
    assert not ManualRecord.objects.exclude(decision=None).exists()


def test_a_get_decides_nothing_and_a_form_without_its_token_neither(liaison, second):
    url = write(liaison, MEI).url
    assert second.get(f"{url}decided").status_code == 405
    careful = Browser(enforce_csrf_checks=True)
    careful.cookies = second.cookies
    assert careful.post(f"{url}decided", {}).status_code == 403
    assert write(careful, WEI).status_code == 403
    assert ManualRecord.objects.count() == 2


def test_the_database_lets_no_sheet_change(liaison):
    write(liaison, MEI)
    for rows, change in ((Sheet.objects, {"entered_by": "x"}), (SheetRecord.objects, {"row": 2})):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(**change)
