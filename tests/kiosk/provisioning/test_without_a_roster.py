"""A terminal that has no roster yet: signed badges alone, and the centre decides."""

import pytest

from drivers.reading import Presented
from foundation.attendance import AttendancePolicy
from foundation.refusal import Refusal
from kiosk.local_api.messages import Outcome
from sync.contract.events import CheckIn
from sync.contract.roster import UNRESOLVED_ACTIVITY
from tests.kiosk.centre_messages import STAMPS, chunks_of, newer, settings_of
from tests.kiosk.provisioning.small_terminal import ALL_DAY, applied, logged
from tests.kiosk.samples import HOUR_MS, token


def test_who_came_before_there_was_a_roster_is_not_asked_when_they_left_a_long_shift(bare):
    bare.present(token(1))
    bare.take(*chunks_of(newer(activity=ALL_DAY)))
    bare.clock.now_ms += 20 * HOUR_MS
    assert bare.present(token(1)).outcome is Outcome.ACCEPTED_OUT
    assert bare.engine.presence.all_forgotten() == []


def test_a_terminal_without_any_roster_decides_by_the_same_defaults(bare):
    assert bare.in_force.roster.policy == AttendancePolicy()
    assert bare.present(token(7)).outcome is Outcome.ACCEPTED_IN
    bare.clock.now_ms += 11 * HOUR_MS
    assert bare.present(token(7)).outcome is Outcome.ACCEPTED_OUT


def test_without_a_roster_a_genuine_badge_is_recorded_and_the_centre_decides(folder, bare):
    came, left = bare.present(token(7)), bare.present(token(7))
    assert [came.outcome, left.outcome] == [Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT]
    assert (came.reason, came.volunteer, came.name) == ("centre_decides", "7", "")
    event = next(event for event in logged(folder) if isinstance(event, CheckIn))
    assert (event.credential.ref, event.activity) == ("badge:7.1", UNRESOLVED_ACTIVITY)
    assert applied(folder) == []


def test_without_a_roster_the_settings_name_what_people_check_in_for(folder, bare):
    bare.take(settings_of(1, activity="stamps"))
    bare.present(token(7))
    assert [event.activity for event in logged(folder) if isinstance(event, CheckIn)] == ["stamps"]


@pytest.mark.parametrize(
    ("text", "presented", "reason"),
    [
        ("LIB-00412", Presented.CODE, "no_roster"),
        ("11010519491231002X", Presented.ID_NUMBER, "no_roster"),
        ("04A2B3C4", Presented.CARD_UID, "no_roster"),
        ("482913", Presented.KEYPAD, "no_roster"),
        (token(7, demo=True), Presented.CODE, "other_realm"),
    ],
)
def test_without_a_roster_nothing_else_is_accepted(bare, text, presented, reason):
    refused = bare.present(text, presented)
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, reason)
    assert refused.seq


def test_without_a_roster_and_without_issuers_no_badge_is_believed_and_none_called_forged(folder, start):
    (folder.folder / "roster.json").unlink()
    assert start().present(token(7)).reason == Refusal.NOT_CHECKED_YET


def test_who_came_before_there_was_a_roster_can_leave_when_there_is_one(bare, start):
    assert bare.present(token(1)).outcome is Outcome.ACCEPTED_IN
    bare.take(*chunks_of(newer(activity=STAMPS)))
    for terminal in (bare, start()):
        assert [one.volunteer for one in terminal.engine.here] == ["1"]
    left = terminal.present(token(1))
    assert (left.outcome, left.activity, left.reason) == (Outcome.ACCEPTED_OUT, "stamps", "")
