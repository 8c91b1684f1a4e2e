"""Saying which activity an event was for, where nothing else tells."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from foundation.words import Words
from settlement.evidence.attribution import attribute_again
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.models import Activity, Event, LedgerEntry, NamedActivity, PhaseChange, Site
from settlement.reach import WHOLE
from settlement.records.named_activities import event_named, events_to_look_at, name_activity
from sync.contract.event_places import EventId
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
WHY = "she was on its list"


@pytest.fixture
def unclear(fair, market, mei, terminal, deliver, settle, noon_ms):
    """Mei came while the terminal had no roster and two activities were under way; it knew where she left."""
    terminal.check_in(activity="?", wall_ms=noon_ms - 3 * HOUR)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR)
    deliver()
    settle()
    return EventId("north-gate", terminal.epoch, 2)


def credited():
    return list(
        LedgerEntry.objects.filter(review=None).order_by("activity").values_list("activity", "delta_s")
    )


def code_of(action):
    with pytest.raises(RulesError) as refused:
        action()
    return refused.value.code


def test_what_somebody_says_counts_and_is_told_with_the_reason(unclear, fair, settle, noon_ms):
    assert [str(row.chain) + f"/{row.seq}" for row in events_to_look_at(WHOLE)] == [str(unclear)]
    name_activity([unclear], fair, actor("Zhao"), WHY, noon_ms)
    settle()
    assert credited() == [("fair", 8 * 3600)]
    assert not events_to_look_at(WHOLE)
    teller = Teller(Words("en"), "Asia/Shanghai")
    (line,) = explain_lines(1001, "fair", teller)
    assert f"Zhao said that it was this one: {WHY}" in "\n".join(tell_line(line, teller))


def test_it_stays_so_when_everything_is_looked_at_again(unclear, fair, market, settle, noon_ms, evening_ms):
    name_activity([unclear], fair, actor("Zhao"), WHY, noon_ms)
    PhaseChange.objects.filter(activity=fair).update(phase="staffing")
    attribute_again(evening_ms)
    assert not events_to_look_at(WHOLE)


def test_the_newest_word_holds_and_the_older_stays_on_record(unclear, fair, market, settle, noon_ms):
    name_activity([unclear], market, actor("Zhao"), "a guess", noon_ms)
    name_activity([unclear], fair, actor("Qian"), WHY, noon_ms + 1)
    settle()
    assert credited() == [("fair", 8 * 3600)]
    assert list(NamedActivity.objects.order_by("pk").values_list("activity", "by")) == [
        ("market", "Zhao"),
        ("fair", "Qian"),
    ]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        NamedActivity.objects.update(by="")


def test_only_what_names_no_activity_can_be_named_one(unclear, fair, noon_ms):
    other = EventId(unclear.terminal, unclear.epoch, 3)
    assert (
        code_of(lambda: name_activity([unclear, other], fair, actor("Zhao"), WHY, noon_ms))
        == "NAMES_ACTIVITY"
    )
    missing = EventId(unclear.terminal, unclear.epoch, 9)
    with pytest.raises(RulesError) as refused:
        name_activity([missing], fair, actor("Zhao"), WHY, noon_ms)
    assert (refused.value.code, refused.value.trouble.arguments["event"]) == ("UNKNOWN_EVENT", str(missing))
    assert not NamedActivity.objects.exists()


def test_only_an_activity_of_the_site_can_be_named(unclear, fair, noon_ms):
    south = Site.objects.create(code="south", name="South", zone="UTC")
    choir = Activity.objects.create(id="choir", site=south, title="Choir")
    assert code_of(lambda: name_activity([unclear], choir, actor("Zhao"), WHY, noon_ms)) == "OTHER_SITE"


@pytest.mark.parametrize(("by", "why", "code"), [("1001", WHY, "SELF_REVIEW"), ("Zhao", "", "NO_REASON")])
def test_it_takes_another_person_and_a_reason(unclear, fair, noon_ms, by, why, code):
    assert code_of(lambda: name_activity([unclear], fair, actor(by), why, noon_ms)) == code
    assert Event.objects.get(seq=2).review_reason == "several_activities"


@pytest.mark.parametrize(
    "text", ["", "north-gate", "north-gate/e", "north-gate/e/", "north-gate/e/x", "a/b/-1", "\0/e/1"]
)
def test_a_text_that_names_no_event_is_told(text):
    assert code_of(lambda: event_named(text)) == "NO_EVENT_NAME"


def test_a_text_that_explanations_show_names_its_event(unclear):
    assert event_named(str(unclear)) == unclear
