"""Times that are corrected at pages: of a line that waits, and by the answer to an objection."""

import re

import pytest

from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.models import Dispute, LedgerEntry, ManualRecord, Replacement
from settlement.organisations.tree import add_organisation
from settlement.records.disputes import raise_dispute
from settlement.records.manual_records import confirm_manual_record
from settlement.review.decide import reject
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser, browser_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(no_second_factor, pages_at, evening_ms):
    """Logged in as somebody of the highest level, in the evening."""
    pages_at(evening_ms)
    return browser_of(actor("Zhao"))


@pytest.fixture
def entry(mei, ended_fair, serve):
    """Mei's line from 09:00 to 15:00."""
    serve(-3, 3)
    return LedgerEntry.objects.get().pk


@pytest.fixture
def objection(mei, ended_fair, entry, evening_ms):
    """Mei says that she stayed until 17:00."""
    day = LedgerEntry.objects.get().local_date
    raised = raise_dispute(mei, ended_fair, day, "I left at five.", by=actor("Li"), now_ms=evening_ms)
    return f"/objection/{raised.pk}/"


def chosen(page):
    return re.findall(r'name="instead_of" value="([^"]+)" checked', page.content.decode())


def test_a_line_is_corrected_after_it_was_shown_what_that_would_change(client, entry, settle, evening_ms):
    page = f"/review/line/{entry}/times"
    assert f'href="{page}"' in text_of(client.get(f"/review/line/{entry}"))
    ends = chosen(client.get(page))
    assert len(ends) == 2, "the line's only check-in and check-out"
    form = {"left": "2026-03-07T17:00", "why": "seen until five", "instead_of": ends}
    shown = client.post(page, form | {"what": "preview"})
    assert "6.00 h without it, 8.00 h with it." in text_of(shown)
    assert 'value="2026-03-07T17:00"' in text_of(shown)
    assert chosen(shown) == ends
    assert not ManualRecord.objects.exists()
    entered = client.post(page, form | {"what": "enter"}, follow=True)
    assert entered.redirect_chain == [(f"/review/line/{entry}", 302)]
    assert "1 time waits for a second person." in text_of(entered)
    record = ManualRecord.objects.get()
    assert (record.direction, record.reason, record.entered_by) == ("out", "seen until five", "Zhao")
    (replaced,) = Replacement.objects.filter(record=record)
    assert f"{replaced.chain.terminal_id}/{replaced.chain.epoch}/{replaced.seq}" == ends[1]
    confirm_manual_record(record.pk, actor("Sun"), evening_ms)
    settle()
    assert LedgerEntry.objects.get(review=None).delta_s == 8 * 3600


def test_an_end_that_is_not_chosen_stays(client, entry):
    page = f"/review/line/{entry}/times"
    shown = client.post(page, {"left": "2026-03-07T17:00", "why": "seen", "what": "preview"})
    assert chosen(shown) == []
    client.post(page, {"left": "2026-03-07T17:00", "why": "seen", "what": "enter"})
    assert not Replacement.objects.exists()


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"left": "2026-03-07T17:00"}, "reason"),
        ({"left": "2026-03-07", "why": "seen"}, "2026-03-07"),
        ({"left": "yesterday", "why": "seen"}, "yesterday"),
        ({"left": "2027-03-07T17:00", "why": "seen"}, "still to come"),
    ],
)
def test_what_is_refused_keeps_what_was_filled_in(form, told, client, entry):
    refused = client.post(f"/review/line/{entry}/times", form | {"what": "enter"})
    assert 'role="alert"' in text_of(refused)
    assert told in text_of(refused)
    assert f'value="{form["left"]}"' in text_of(refused)
    assert not ManualRecord.objects.exists()


def test_two_times_are_entered_together_or_not_at_all(client, entry):
    page = f"/review/line/{entry}/times"
    form = {"came": "2026-03-07T08:00", "left": "2027-03-07T17:00", "why": "seen", "what": "enter"}
    client.post(page, form)
    assert not ManualRecord.objects.exists()
    client.post(page, form | {"left": "2026-03-07T17:00"})
    assert ManualRecord.objects.count() == 2


def test_an_objection_is_upheld_with_the_time_that_holds(client, objection):
    waiting = text_of(client.get("/inbox/objections/"))
    assert f'href="{objection}"' in waiting
    page = client.get(objection)
    assert "I left at five." in text_of(page)
    form = {"left": "2026-03-07T17:00", "why": "The reader was broken.", "instead_of": chosen(page)}
    assert "8.00 h with it." in text_of(client.post(objection, form | {"what": "preview"}))
    assert not ManualRecord.objects.exists()
    answered = client.post(objection, form | {"what": "upheld"}, follow=True)
    assert answered.redirect_chain == [("/inbox/objections/", 302)]
    assert "1 time waits for a second person." in text_of(answered)
    answer = Dispute.objects.get().answer
    assert (answer.outcome, answer.answer, answer.by) == ("upheld", "The reader was broken.", "Zhao")
    assert client.get(objection).status_code == 404
    assert client.post(objection, form | {"what": "rejected"}).status_code == 404


def test_an_objection_to_a_rejection_opens_it_again(client, entry, mei, ended_fair, evening_ms, reviewer):
    reject([entry], reviewer("Sun", note="was not there"))
    day = LedgerEntry.objects.get(pk=entry).local_date
    raised = raise_dispute(mei, ended_fair, day, "I was.", by=actor("Li"), now_ms=evening_ms)
    form = {"why": "Three people saw her.", "what": "upheld"}
    answered = client.post(f"/objection/{raised.pk}/", form, follow=True)
    assert "1 rejected entry is reopened." in text_of(answered)


def test_an_answer_without_words_is_refused(client, objection):
    refused = client.post(objection, {"what": "rejected"})
    assert 'role="alert"' in text_of(refused)
    assert not hasattr(Dispute.objects.get(), "answer")


def test_an_objection_to_a_line_that_is_not_there_is_shown(client, wei, ended_fair, evening_ms, noon_ms):
    import datetime as dt

    raised = raise_dispute(
        wei, ended_fair, dt.date(2026, 3, 7), "I served.", by=actor("Li"), now_ms=evening_ms
    )
    assert "I served." in text_of(client.get(f"/objection/{raised.pk}/"))


def test_nobody_corrects_or_answers_what_is_beyond_the_own_reach(client, entry, objection, ended_fair):
    city, other = add_organisation("City"), add_organisation("Other city")
    ended_fair.organisation = city
    ended_fair.save()
    form = {"left": "2026-03-07T17:00", "why": "seen"}
    pages = ((f"/review/line/{entry}/times", "enter"), (objection, "upheld"))

    def statuses(browser):
        for page, what in pages:
            yield browser.get(page).status_code
            yield browser.post(page, form | {"what": what}).status_code

    assert [*statuses(Browser())] == [302, 403] * 2
    assert [*statuses(browser_of(actor("1001", Level.VOLUNTEER, city.path)))] == [403] * 4
    assert [*statuses(browser_of(actor("Chen", Level.SENIOR, other.path)))] == [404] * 4
    ordinary = browser_of(actor("Liu", Level.ORDINARY, city.path))
    assert 'name="what"' not in text_of(ordinary.get(objection))
    assert "Liu" in text_of(ordinary.post(objection, form | {"what": "upheld"}))
    assert not ManualRecord.objects.exists()
    assert not hasattr(Dispute.objects.get(), "answer")
    middle = browser_of(actor("Sun", Level.ORDINARY, city.path, (Role.SUPERVISOR,)))
    assert [*statuses(middle)] == [200, 302, 200, 302]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_in_each_language(language, client, entry, objection):
    for page, word in ((f"/review/line/{entry}/times", "corrected"), (objection, "objection")):
        shown = text_of(client.get(f"{page}?language={language}"))
        assert Words(language).say(f"page-{word}") in shown
        assert "page-" not in shown
