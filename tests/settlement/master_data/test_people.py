"""Assignments and credentials, and what their correction means for hours that were approved."""

import pytest

from foundation.errors import RulesError
from settlement.accounts.audit import Signed
from settlement.master_data.people import (
    assign,
    enter_credential,
    enter_volunteer,
    revoke_credential,
    unassign,
)
from settlement.models import Credential, Event, EventOutcome, LedgerEntry, Post
from settlement.review.decide import approve_clean_lines
from sync.contract.events import Assurance, Method

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
CARD = "keyed:" + "a" * 32


def test_a_card_revoked_after_approval_takes_its_hours_back_and_gives_them_again(
    mei, ended_fair, serve, reviewer, settle, entries, noon_ms
):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    revoke_credential("badge:1001.1", noon_ms - 4 * HOUR, noon_ms)
    settle()
    assert entries()[-1] == (1001, "adjustment", 1, -8 * 3600, "pending", "MASTER_DATA")
    assert set(EventOutcome.objects.values_list("outcome", flat=True)) == {"held:CREDENTIAL_REVOKED"}
    revoke_credential("badge:1001.1", None, noon_ms)
    settle()
    assert [row[3:5] for row in entries()] == [(8 * 3600, "approved"), (-8 * 3600, "superseded")]


def test_a_revocation_spares_what_was_scanned_before_it(mei, ended_fair, serve, settle, entries, noon_ms):
    serve(-3, 1)
    revoke_credential("badge:1001.1", noon_ms + 2 * HOUR, noon_ms)
    settle()
    assert entries() == [(1001, "original", 1, 4 * 3600, "pending", None)]


@pytest.mark.parametrize("ref", ["keyed:0", "badge:9999.1", "badge:x", ""])
def test_what_stands_for_nobody_cannot_be_revoked(ref, mei):
    with pytest.raises(RulesError) as refused:
        revoke_credential(ref, 0, 0)
    assert refused.value.code == "UNKNOWN_CREDENTIAL"


def test_a_card_that_is_entered_late_finds_its_scans(
    mei, ended_fair, terminal, deliver, settle, entries, noon_ms
):
    terminal.check_in(CARD, wall_ms=noon_ms)
    terminal.check_out(CARD, wall_ms=noon_ms + HOUR)
    deliver()
    enter_credential(CARD, mei, Method.CARD, Assurance.MEDIUM, Signed(None, noon_ms))
    settle()
    assert entries() == [(1001, "original", 1, 3600, "pending", None)]
    assert not Event.objects.filter(status="needs_review").exists()


def test_a_card_stands_for_one_person(mei, wei):
    enter_credential(CARD, mei, Method.CARD, Assurance.MEDIUM, Signed(None, 0))
    enter_credential(CARD, mei, Method.CARD, Assurance.MEDIUM, Signed(None, 0))
    with pytest.raises(RulesError) as refused:
        enter_credential(CARD, wei, Method.CARD, Assurance.MEDIUM, Signed(None, 0))
    assert refused.value.code == "CREDENTIAL_TAKEN"
    assert Credential.objects.get().volunteer == mei


def test_who_is_assigned_and_who_is_not_shows_in_the_line(mei, ended_fair, serve, settle, noon_ms):
    ended_fair.assigned_only = True
    ended_fair.save()
    assign(ended_fair, mei, Signed(None, noon_ms))
    serve()
    assert LedgerEntry.objects.latest("pk").flags == []
    unassign(ended_fair, mei, Signed(None, noon_ms))
    settle()
    assert LedgerEntry.objects.latest("pk").flags == ["NOT_ASSIGNED"]


def test_only_a_post_of_the_activity_can_be_given(mei, ended_fair):
    Post.objects.create(activity=ended_fair, name="leader", duty_pm=1500)
    with pytest.raises(RulesError) as refused:
        assign(ended_fair, mei, Signed(None, 0), post="cook")
    assert refused.value.code == "UNKNOWN_POST"
    assert assign(ended_fair, mei, Signed(None, 0), post="leader").post.duty_pm == 1500
    assert assign(ended_fair, mei, Signed(None, 0)).post is None


def test_a_volunteer_can_be_corrected(mei):
    enter_volunteer(1001, " Li Mei ", Signed(None, 0), "en")
    mei.refresh_from_db()
    assert (mei.display_name, mei.language) == ("Li Mei", "en")
