"""Moves between organisations, step by step; hours and points stay where they are."""

import pytest

from foundation.errors import RulesError
from settlement.accounts.audit import Signed
from settlement.models import Transfer
from settlement.organisations.members import join, organisations_of
from settlement.organisations.tree import add_organisation
from settlement.volunteers.record import service_record
from settlement.volunteers.transfers import (
    accept_transfer,
    hand_in_letter,
    release_transfer,
    request_transfer,
    withdraw_transfer,
)
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def east(fair):
    organisation = add_organisation("East")
    fair.organisation = organisation
    fair.recipients = "visitors"
    fair.save()
    return organisation


@pytest.fixture
def west(db):
    return add_organisation("West")


@pytest.fixture
def moving(mei, east, west, credit):
    credit(mei, 3600)
    join(mei, east, 0)
    return request_transfer(mei, east, west, by=actor("staff1"), now_ms=1000)


def code_of(refused):
    return refused.value.code


def homes(volunteer, at_ms):
    return [row.name for row in organisations_of(volunteer.number, at_ms)]


def test_it_goes_from_request_to_release_to_acceptance(mei, moving, east, west):
    hand_in_letter(moving.pk, "letter 2026/17", Signed(actor(), 1500))
    release_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    assert homes(mei, 2500) == ["East"]
    accept_transfer(moving.pk, by=actor("staff2"), now_ms=3000)
    assert (homes(mei, 2999), homes(mei, 3000)) == (["East"], ["West"])
    moving.refresh_from_db()
    assert (moving.state, moving.released_by, moving.ended_by) == ("accepted", "staff1", "staff2")


def test_the_service_record_goes_along_and_the_hours_stay(mei, moving, east):
    before = service_record(mei.number)
    hand_in_letter(moving.pk, "letter", Signed(actor(), 1500))
    release_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    accept_transfer(moving.pk, by=actor("staff2"), now_ms=3000)
    record = Transfer.objects.get().service_record
    assert record["total_s"] == 3600
    (line,) = record["lines"]
    assert (line["title"], line["recipients"], line["recorder_name"]) == ("Lantern fair", "visitors", "East")
    after = service_record(mei.number)
    assert (after.by_recorder, after.total_s, after.points) == (before.by_recorder, 3600, {2026: 2})


def test_nobody_is_released_without_a_letter(mei, moving):
    with pytest.raises(RulesError, match="introduction letter") as refused:
        release_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    assert code_of(refused) == "TRANSFER_INCOMPLETE"
    moving.refresh_from_db()
    assert (moving.state, moving.service_record) == ("requested", None)
    with pytest.raises(RulesError) as refused:
        hand_in_letter(moving.pk, " ", Signed(actor(), 1500))
    assert code_of(refused) == "NO_LETTER"


def test_nobody_is_accepted_before_the_release_nor_released_twice(mei, moving):
    with pytest.raises(RulesError) as refused:
        accept_transfer(moving.pk, by=actor("staff2"), now_ms=2000)
    assert code_of(refused) == "NOT_RELEASED"
    hand_in_letter(moving.pk, "letter", Signed(actor(), 1500))
    release_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    with pytest.raises(RulesError) as refused:
        release_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    assert code_of(refused) == "NOT_REQUESTED"


def test_what_ended_has_ended(mei, moving):
    withdraw_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    for step in (
        lambda: hand_in_letter(moving.pk, "letter", Signed(actor(), 1500)),
        lambda: release_transfer(moving.pk, by=actor("staff1"), now_ms=3000),
        lambda: accept_transfer(moving.pk, by=actor("staff1"), now_ms=3000),
        lambda: withdraw_transfer(moving.pk, by=actor("staff1"), now_ms=3000),
    ):
        with pytest.raises(RulesError) as refused:
            step()
        assert code_of(refused) == "TRANSFER_DONE"
    assert homes(mei, 3000) == ["East"]


def test_one_transfer_at_a_time_and_another_after_it(mei, moving, east, west):
    with pytest.raises(RulesError) as refused:
        request_transfer(mei, east, west, by=actor("staff1"), now_ms=1500)
    assert code_of(refused) == "TRANSFER_OPEN"
    withdraw_transfer(moving.pk, by=actor("staff1"), now_ms=2000)
    assert request_transfer(mei, east, west, by=actor("staff1"), now_ms=3000).state == "requested"


def test_only_a_member_moves_and_to_another_organisation(mei, east, west):
    with pytest.raises(RulesError) as refused:
        request_transfer(mei, east, west, by=actor("staff1"), now_ms=1)
    assert code_of(refused) == "NOT_A_MEMBER"
    join(mei, east, 0)
    with pytest.raises(RulesError) as refused:
        request_transfer(mei, east, east, by=actor("staff1"), now_ms=1)
    assert code_of(refused) == "SAME_ORGANISATION"
    join(mei, west, 0)
    with pytest.raises(RulesError) as refused:
        request_transfer(mei, east, west, by=actor("staff1"), now_ms=1)
    assert code_of(refused) == "ALREADY_MEMBER"
    with pytest.raises(RulesError) as refused:
        release_transfer(999, by=actor("staff1"), now_ms=1)
    assert code_of(refused) == "UNKNOWN_TRANSFER"
