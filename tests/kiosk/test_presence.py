import pytest

from kiosk.presence import LONGEST_SESSION_MS, Presence, Standing
from sync.events import CheckIn, CheckOut, EpochStart, Refused
from tests.sync.samples import BOOT, CLOCK, NINE_MS, TERMINAL, check_in

MINUTE_MS = 60_000


def came(volunteer: int, wall_ms: int = NINE_MS) -> CheckIn:
    return check_in(volunteer, wall_ms)


def left(volunteer: int, wall_ms: int = NINE_MS) -> CheckOut:
    one = came(volunteer, wall_ms)
    return CheckOut(
        terminal=TERMINAL,
        boot=BOOT,
        mono_ms=0,
        wall_ms=wall_ms,
        clock=CLOCK,
        credential=one.credential,
        activity=one.activity,
    )


@pytest.fixture
def presence():
    return Presence()


def test_nobody_stands_anywhere_at_first(presence):
    assert presence.standing("1") is None
    assert presence.here(NINE_MS) == []


def test_who_came_is_here_since_then(presence):
    presence.fold(came(1), "1")
    assert presence.standing("1") == Standing("guides-east", NINE_MS, NINE_MS)
    assert presence.here(NINE_MS) == [("1", NINE_MS, "guides-east")]


def test_who_left_is_not_here_and_their_last_scan_is_known(presence):
    presence.fold(came(1), "1")
    presence.fold(left(1, NINE_MS + MINUTE_MS), "1")
    assert presence.standing("1") == Standing("guides-east", NINE_MS + MINUTE_MS, None)
    assert presence.here(NINE_MS) == []


def test_people_are_listed_by_how_long_they_have_been_here(presence):
    for volunteer, minutes in ((1, 5), (2, 1), (3, 3)):
        presence.fold(came(volunteer, NINE_MS + minutes * MINUTE_MS), str(volunteer))
    assert [volunteer for volunteer, _, _ in presence.here(NINE_MS)] == ["2", "3", "1"]


def test_who_forgot_to_check_out_is_not_listed_for_ever(presence):
    presence.fold(came(1), "1")
    assert presence.here(NINE_MS + LONGEST_SESSION_MS)
    assert presence.here(NINE_MS + LONGEST_SESSION_MS + 1) == []


def test_an_accepted_scan_spends_its_credential(presence):
    presence.fold(came(1), "1")
    assert presence.is_spent(came(1).credential)
    assert not presence.is_spent(came(2).credential)


def test_a_credential_that_stands_for_nobody_counts_for_nothing(presence):
    presence.fold(came(1), None)
    assert presence.here(NINE_MS) == []
    assert not presence.is_spent(came(1).credential)


@pytest.mark.parametrize(
    "event",
    [
        Refused(
            terminal=TERMINAL,
            boot=BOOT,
            mono_ms=0,
            wall_ms=NINE_MS,
            clock=CLOCK,
            reason="revoked_credential",
            credential=came(1).credential,
        ),
        EpochStart(terminal=TERMINAL, boot=BOOT, mono_ms=0, wall_ms=NINE_MS, clock=CLOCK, software="x"),
    ],
)
def test_other_events_move_nobody(presence, event):
    presence.fold(event, "1")
    assert presence.standing("1") is None
    assert not presence.is_spent(came(1).credential)


def test_somebody_with_two_cards_is_here_once(presence):
    presence.fold(came(1), "1")
    presence.fold(came(7, NINE_MS + MINUTE_MS), "1")
    assert presence.here(NINE_MS) == [("1", NINE_MS + MINUTE_MS, "guides-east")]
