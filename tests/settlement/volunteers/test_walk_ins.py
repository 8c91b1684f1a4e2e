"""Who came without being on a roster counts for nobody before somebody at the centre has said who it was."""

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import RulesError
from settlement.accounts.actor import Level, Role
from settlement.downlink.rosters import compose_roster
from settlement.evidence.attribution import attribute_again
from settlement.evidence.walk_in_keys import RENEWED_AFTER_MS, STILL_USED_MS, current_key, delete_old_keys
from settlement.models import (
    Event,
    LedgerEntry,
    Membership,
    Unsettled,
    Volunteer,
    WalkIn,
    WalkInDecision,
    WalkInKey,
)
from settlement.organisations.tree import add_organisation
from settlement.reach import WHOLE
from settlement.volunteers.walk_ins import match_to, opened, refuse, register, waiting_walk_ins
from sync.contract.events import Manual
from sync.contract.sealed_person import Person, seal_person
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
REF = "walkin:" + "5e" * 16
WHO = Person("Mei Tang", "+8613800138000")


def write_down(terminal, direction, at_ms, **more):
    terminal.log(
        Manual, wall_ms=at_ms, volunteer="", walk_in=REF, activity="fair", direction=direction, at_ms=at_ms,
        reason="came along", entered_by="liaison-7", confirmed_by="leader-2", **more,
    )  # fmt: skip


@pytest.fixture
def walked_in(ended_fair, rules, terminal, deliver, settle, noon_ms):
    """Somebody was written down at nine and left at eleven."""
    sealed = seal_person(WHO, REF, current_key(noon_ms))
    write_down(terminal, "in", noon_ms - 3 * HOUR, sealed=sealed)
    write_down(terminal, "out", noon_ms - HOUR)
    deliver()
    settle()
    return WalkIn.objects.get()


def code_of(action, *arguments):
    with pytest.raises(RulesError) as refused:
        action(*arguments)
    return refused.value.code


def reasons():
    return list(Event.objects.filter(kind="manual").order_by("seq").values_list("review_reason", flat=True))


def test_it_waits_for_somebody_and_counts_for_nobody_until_then(walked_in):
    assert list(waiting_walk_ins(WHOLE)) == [walked_in]
    assert reasons() == ["walk_in", "walk_in"]
    assert not LedgerEntry.objects.exists()
    known = opened(walked_in.pk, actor("Zhao"))
    assert (known.person, known.event.confirmed_by) == (WHO, "leader-2")


def test_matched_to_a_volunteer_coming_and_leaving_count_for_that_one(walked_in, mei, settle, evening_ms):
    match_to(walked_in.pk, 1001, actor("Zhao"), evening_ms)
    settle()
    assert list(LedgerEntry.objects.values_list("volunteer", "delta_s")) == [(1001, 2 * 3600)]
    assert reasons() == ["", ""]
    assert not waiting_walk_ins(WHOLE).exists()
    assert code_of(match_to, walked_in.pk, 1001, actor("Zhao"), evening_ms) == "UNKNOWN_WALK_IN"


def test_somebody_new_is_entered_where_the_activity_is_recorded(walked_in, ended_fair, settle, evening_ms):
    ended_fair.organisation = add_organisation("Lanterns")
    ended_fair.save()
    register(walked_in.pk, 1007, "Mei Tang", actor("Zhao"), evening_ms)
    settle()
    assert Volunteer.objects.get(pk=1007).display_name == "Mei Tang"
    assert Membership.objects.get(volunteer=1007).organisation == ended_fair.organisation
    assert LedgerEntry.objects.get().volunteer_id == 1007


def test_a_number_that_somebody_has_is_given_to_nobody_else(walked_in, mei, evening_ms):
    assert code_of(register, walked_in.pk, 1001, "Mei Tang", actor("Zhao"), evening_ms) == "NUMBER_TAKEN"
    assert Volunteer.objects.get(pk=1001).display_name == "Mei"


def test_refused_it_waits_for_nothing_and_counts_for_nobody(walked_in, mei, evening_ms):
    assert code_of(refuse, walked_in.pk, actor("Zhao"), evening_ms, " ") == "NO_REASON"
    refuse(walked_in.pk, actor("Zhao"), evening_ms, "a visitor")
    assert reasons() == ["", ""]
    assert not Unsettled.objects.exists()
    assert not waiting_walk_ins(WHOLE).exists()


def test_nobody_matches_a_walk_in_to_the_own_number_nor_beyond_the_own_reach(walked_in, mei, evening_ms):
    own = actor("1001")
    assert code_of(match_to, walked_in.pk, 1001, own, evening_ms) == "SELF_REVIEW"
    other = actor("Far", level=Level.MIDDLE, node=add_organisation("Elsewhere").path)
    assert code_of(match_to, walked_in.pk, 1001, other, evening_ms) == "OUT_OF_REACH"
    assert code_of(opened, walked_in.pk, other) == "OUT_OF_REACH"
    node = add_organisation("Inspectorate").path
    inspector = actor("Ins", level=Level.VOLUNTEER, node=node, roles=(Role.INSPECTOR,))
    assert code_of(refuse, walked_in.pk, inspector, evening_ms, "no") == "NOT_ALLOWED"


def test_who_it_was_is_never_changed(walked_in, mei, evening_ms):
    match_to(walked_in.pk, 1001, actor("Zhao"), evening_ms)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        WalkInDecision.objects.update(outcome="registered")


def test_a_roster_names_the_key_and_whose_it_is_for_the_day(walked_in, mei, settings, evening_ms):
    match_to(walked_in.pk, 1001, actor("Zhao"), evening_ms)
    roster = compose_roster("north-gate", 1, settings.CENTRE, evening_ms)
    assert roster.walk_in_key == current_key(evening_ms)
    assert [(one.ref, one.volunteer) for one in roster.credentials] == [(REF, "1001")]
    later = compose_roster("north-gate", 2, settings.CENTRE, evening_ms + 4 * 24 * HOUR)
    assert later.credentials == []


def test_a_key_is_deleted_once_no_terminal_has_it_and_nobody_waits(walked_in, evening_ms):
    first = current_key(evening_ms)
    made_ms = evening_ms + RENEWED_AFTER_MS
    second = current_key(made_ms)
    assert first != second == current_key(made_ms + 1)
    assert delete_old_keys(made_ms + STILL_USED_MS) == 0
    assert opened(walked_in.pk, actor("Zhao")).person == WHO
    refuse(walked_in.pk, actor("Zhao"), evening_ms, "a visitor")
    assert delete_old_keys(made_ms + STILL_USED_MS - 1) == 0
    assert delete_old_keys(made_ms + STILL_USED_MS) == 1
    assert list(WalkInKey.objects.values_list("public", flat=True)) == [second]


def test_without_its_key_nobody_is_named_and_it_can_still_be_decided(walked_in, mei, evening_ms):
    WalkInKey.objects.all().delete()
    assert opened(walked_in.pk, actor("Zhao")).person is None
    match_to(walked_in.pk, 1001, actor("Zhao"), evening_ms)


def test_what_an_older_centre_stored_without_understanding_it_waits_once_it_is_a_newer_one(
    walked_in, evening_ms
):
    WalkIn.objects.all().delete()
    Event.objects.filter(kind="manual").update(review_reason="unknown_volunteer", status="needs_review")
    attribute_again(evening_ms)
    assert reasons() == ["walk_in", "walk_in"]
    assert [row.ref for row in waiting_walk_ins(WHOLE)] == [REF]
