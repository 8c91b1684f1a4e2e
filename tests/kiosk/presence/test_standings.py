import msgspec
import pytest

from kiosk.presence.standing import Forgotten, Standing
from kiosk.presence.standings import Presence
from kiosk.presence.todays_stays import Stay
from sync.contract.events import (
    CheckIn,
    CheckOut,
    Claim,
    ClockState,
    ClockTrust,
    Correction,
    EpochStart,
    Manual,
    Refused,
)
from tests.kiosk.samples import LONGEST_STAY_MS
from tests.sync.samples import BOOT, CLOCK, NINE_MS, TERMINAL, check_in

MINUTE_MS = 60_000


BOOTED_MS = NINE_MS - 3_600_000


def came(volunteer: int, wall_ms: int = NINE_MS) -> CheckIn:
    return msgspec.structs.replace(check_in(volunteer, wall_ms), mono_ms=wall_ms - BOOTED_MS)


def stands(last_ms: int, since_ms: int | None) -> Standing:
    return Standing("guides-east", last_ms, since_ms, BOOT, BOOTED_MS)


def left(volunteer: int, wall_ms: int = NINE_MS) -> CheckOut:
    one = came(volunteer, wall_ms)
    return CheckOut(
        terminal=TERMINAL,
        boot=BOOT,
        mono_ms=wall_ms - BOOTED_MS,
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
    assert presence.standing("1") == stands(NINE_MS, NINE_MS)
    assert presence.here(NINE_MS) == [("1", NINE_MS, "guides-east")]


def test_who_left_is_not_here_and_their_last_scan_is_known(presence):
    presence.fold(came(1), "1")
    presence.fold(left(1, NINE_MS + MINUTE_MS), "1")
    assert presence.standing("1") == stands(NINE_MS + MINUTE_MS, None)
    assert presence.here(NINE_MS) == []


def test_people_are_listed_by_how_long_they_have_been_here(presence):
    for volunteer, minutes in ((1, 5), (2, 1), (3, 3)):
        presence.fold(came(volunteer, NINE_MS + minutes * MINUTE_MS), str(volunteer))
    assert [volunteer for volunteer, _, _ in presence.here(NINE_MS)] == ["2", "3", "1"]


def test_who_forgot_to_check_out_is_not_listed_for_ever(presence):
    presence.fold(came(1), "1")
    assert presence.here(NINE_MS + LONGEST_STAY_MS)
    assert presence.here(NINE_MS + LONGEST_STAY_MS + 1) == []


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


def placed(event, seq: int):
    return msgspec.structs.replace(event, epoch="e1" * 16, seq=seq)


def taken_back(event, wall_ms: int = NINE_MS + MINUTE_MS) -> Correction:
    whose = {"volunteer": "1"} if isinstance(event, Manual) else {"credential": event.credential}
    moment = {
        "terminal": TERMINAL,
        "boot": BOOT,
        "mono_ms": wall_ms - BOOTED_MS,
        "wall_ms": wall_ms,
        "clock": CLOCK,
    }
    named = {"cancelled_epoch": event.epoch, "cancelled_seq": event.seq, "activity": event.activity}
    return Correction(**moment, **named, **whose, reason="by mistake")


def written_down(direction: str, at_ms: int, wall_ms: int) -> Manual:
    people = {"reason": "forgot the badge", "entered_by": "staff-7", "confirmed_by": "staff-8"}
    moment = {
        "terminal": TERMINAL,
        "boot": BOOT,
        "mono_ms": wall_ms - BOOTED_MS,
        "wall_ms": wall_ms,
        "clock": CLOCK,
    }
    return Manual(**moment, **people, volunteer="1", activity="guides-east", direction=direction, at_ms=at_ms)


def test_a_check_in_that_was_taken_back_leaves_nobody_here(presence):
    accident = placed(came(1), 2)
    presence.fold(accident, "1")
    presence.fold(taken_back(accident), "1")
    assert presence.standing("1") is None
    assert presence.is_cancelled((accident.epoch, 2))
    assert presence.last_accepted is None


def test_who_left_by_mistake_is_in_again_since_before(presence):
    presence.fold(placed(came(1), 2), "1")
    accident = placed(left(1, NINE_MS + MINUTE_MS), 3)
    presence.fold(accident, "1")
    presence.fold(taken_back(accident), "1")
    assert presence.standing("1") == stands(NINE_MS, NINE_MS)


def test_only_the_newest_event_of_somebody_is_taken_back(presence):
    first = placed(came(1), 2)
    presence.fold(first, "1")
    presence.fold(placed(left(1, NINE_MS + MINUTE_MS), 3), "1")
    presence.fold(taken_back(first), "1")
    assert presence.standing("1").since_ms is None
    assert not presence.is_cancelled((first.epoch, 2))


def test_the_last_four_events_of_somebody_can_be_taken_back_one_after_another(presence):
    scans = [
        placed((left if number % 2 else came)(1, NINE_MS + number * MINUTE_MS), number + 2)
        for number in range(5)
    ]
    for scan in scans:
        presence.fold(scan, "1")
    for scan in reversed(scans):
        presence.fold(taken_back(scan), "1")
    assert [presence.is_cancelled((scan.epoch, scan.seq)) for scan in scans] == [False] + [True] * 4
    assert presence.standing("1") == stands(NINE_MS, NINE_MS)


def test_a_stay_that_a_check_in_finds_open_is_remembered_until_it_is_answered(presence):
    presence.fold(placed(came(1), 2), "1")
    assert presence.forgotten("1") is None
    next_day_ms = NINE_MS + 2 * LONGEST_STAY_MS
    presence.fold(placed(came(1, next_day_ms), 3), "1")
    assert presence.forgotten("1") == Forgotten("1", came(1).credential, "guides-east", NINE_MS, next_day_ms)
    moment = {
        "terminal": TERMINAL,
        "boot": BOOT,
        "mono_ms": next_day_ms - BOOTED_MS,
        "wall_ms": next_day_ms,
        "clock": CLOCK,
    }
    bounds = {"at_ms": NINE_MS, "earliest_ms": NINE_MS, "latest_ms": next_day_ms}
    presence.fold(
        Claim(**moment, **bounds, credential=came(1).credential, activity="guides-east", direction="out"), "1"
    )
    assert presence.forgotten("1") is None


def test_a_check_out_far_too_late_leaves_a_question_and_a_usual_one_none(presence):
    presence.fold(came(1), "1")
    presence.fold(left(1, NINE_MS + LONGEST_STAY_MS), "1")
    assert presence.all_forgotten() == []
    presence.fold(came(1), "1")
    presence.fold(left(1, NINE_MS + LONGEST_STAY_MS + 1), "1")
    assert [one.came_ms for one in presence.all_forgotten()] == [NINE_MS]


def test_nobody_is_asked_about_a_stay_that_an_unset_clock_dated(presence):
    """In another boot, so that nothing but the two wall clocks tells how long it was."""
    unset = msgspec.structs.replace(came(1, 0), clock=ClockTrust(ClockState.UNSET))
    presence.fold(unset, "1")
    presence.fold(msgspec.structs.replace(came(1), boot="d4" * 16), "1")
    assert presence.standing("1").since_ms == NINE_MS
    assert presence.forgotten("1") is None


def test_an_end_that_staff_write_down_is_judged_by_the_clock_as_it_is_now(presence):
    """The clock went back by an hour after the check-in: eight o'clock is later than that now."""
    presence.fold(placed(came(1), 2), "1")
    half_past_eight_ms = NINE_MS - 30 * MINUTE_MS
    out = written_down("out", half_past_eight_ms, half_past_eight_ms)
    presence.fold(placed(msgspec.structs.replace(out, mono_ms=out.mono_ms + 60 * MINUTE_MS), 3), "1")
    assert presence.standing("1").since_ms is None


def test_where_somebody_stood_in_another_boot_is_not_moved_when_this_ones_clock_is_set(presence):
    presence.fold(came(1), "1")
    presence.follow("d4" * 16, 0)
    assert presence.standing("1") == stands(NINE_MS, NINE_MS)
    presence.follow(BOOT, BOOTED_MS + MINUTE_MS)
    moved = presence.standing("1")
    assert (moved.last_ms, moved.since_ms, moved.provable) == (NINE_MS + MINUTE_MS,) * 2 + (False,)
    presence.follow(BOOT, BOOTED_MS + 1_999)
    assert presence.standing("1") == stands(NINE_MS, NINE_MS), "what NTP slews is no jump"


def test_taking_back_the_check_in_takes_its_question_back(presence):
    presence.fold(placed(came(1), 2), "1")
    accident = placed(came(1, NINE_MS + LONGEST_STAY_MS), 3)
    presence.fold(accident, "1")
    presence.fold(taken_back(accident), "1")
    assert presence.forgotten("1") is None
    assert presence.standing("1").since_ms == NINE_MS


def test_staff_write_down_that_somebody_is_here_since_before(presence):
    presence.fold(placed(written_down("in", NINE_MS - MINUTE_MS, NINE_MS), 2), "1")
    assert presence.here(NINE_MS) == [("1", NINE_MS - MINUTE_MS, "guides-east")]


def test_what_staff_write_down_of_earlier_moves_nobody_who_was_seen_later(presence):
    presence.fold(placed(came(1), 2), "1")
    presence.fold(placed(written_down("out", NINE_MS - MINUTE_MS, NINE_MS + MINUTE_MS), 3), "1")
    assert presence.standing("1").since_ms == NINE_MS


def test_an_end_that_staff_write_down_answers_the_question(presence):
    presence.fold(placed(came(1), 2), "1")
    presence.fold(placed(came(1, NINE_MS + LONGEST_STAY_MS), 3), "1")
    end_ms = NINE_MS + LONGEST_STAY_MS // 2
    presence.fold(placed(written_down("out", end_ms, NINE_MS + LONGEST_STAY_MS), 4), "1")
    assert presence.forgotten("1") is None
    assert presence.standing("1").since_ms == NINE_MS + LONGEST_STAY_MS


EPOCH = "e1" * 16
OUT_ELSEWHERE = Standing("guides-east", NINE_MS + 60 * MINUTE_MS, None)
IN_ELSEWHERE = Standing("guides-east", NINE_MS + 60 * MINUTE_MS, NINE_MS + 60 * MINUTE_MS)


def test_who_came_at_another_terminal_stands_there(presence):
    presence.learn_elsewhere({"1": IN_ELSEWHERE}, {})
    assert presence.standing("1") == IN_ELSEWHERE
    assert presence.here(NINE_MS + 61 * MINUTE_MS) == []


def test_who_left_at_another_terminal_is_not_here_any_more(presence):
    presence.fold(placed(came(1), 3), "1")
    presence.learn_elsewhere({"1": OUT_ELSEWHERE}, {EPOCH: 3})
    assert presence.standing("1") == OUT_ELSEWHERE
    assert presence.here(NINE_MS + 61 * MINUTE_MS) == []


@pytest.mark.parametrize("heard", [{EPOCH: 2}, {}, {"e2" * 16: 9}])
def test_what_the_centre_had_not_heard_of_this_terminal_is_newer(presence, heard):
    presence.fold(placed(came(1), 3), "1")
    presence.learn_elsewhere({"1": OUT_ELSEWHERE}, heard)
    assert presence.standing("1") == stands(NINE_MS, NINE_MS)


def test_a_scan_here_counts_from_what_happened_elsewhere(presence):
    presence.learn_elsewhere({"1": IN_ELSEWHERE}, {})
    presence.fold(placed(left(1, NINE_MS + 90 * MINUTE_MS), 3), "1")
    assert presence.standing("1") == stands(NINE_MS + 90 * MINUTE_MS, None)
    assert presence.forgotten("1") is None


def test_a_scan_that_is_taken_back_puts_people_where_the_other_terminal_had_them(presence):
    presence.learn_elsewhere({"1": IN_ELSEWHERE}, {})
    scan = placed(left(1, NINE_MS + 90 * MINUTE_MS), 3)
    presence.fold(scan, "1")
    presence.learn_elsewhere({}, {EPOCH: 3})  # the centre knows of the scan, not of the correction
    presence.fold(taken_back(scan), "1")
    assert presence.standing("1") == IN_ELSEWHERE


def test_an_older_entry_by_hand_leaves_people_where_the_other_terminal_has_them(presence):
    presence.fold(placed(came(1), 3), "1")
    presence.learn_elsewhere({"1": OUT_ELSEWHERE}, {EPOCH: 3})
    presence.fold(placed(written_down("in", NINE_MS + MINUTE_MS, NINE_MS + 70 * MINUTE_MS), 4), "1")
    assert presence.standing("1") == OUT_ELSEWHERE


def test_who_came_twice_is_asked_nothing_while_another_terminal_may_know_when_they_left(presence):
    presence.is_blind = True
    presence.fold(placed(came(1), 3), "1")
    presence.fold(placed(came(1, NINE_MS + 60 * MINUTE_MS), 4), "1")
    assert presence.forgotten("1") is None


def test_who_forgot_to_check_out_elsewhere_is_asked_here(presence):
    presence.learn_elsewhere({"1": IN_ELSEWHERE}, {})
    presence.fold(placed(came(1, NINE_MS + LONGEST_STAY_MS * 2), 3), "1")
    asked = presence.forgotten("1")
    assert asked is not None
    assert asked.came_ms == IN_ELSEWHERE.since_ms


def test_who_came_again_at_another_terminal_is_counted_there(presence):
    presence.fold(placed(came(1), 3), "1")
    presence.learn_elsewhere({"1": IN_ELSEWHERE}, {EPOCH: 3})
    assert presence.here(NINE_MS + 61 * MINUTE_MS) == []


def test_a_stay_is_kept_until_the_check_out_that_ended_it_is_taken_back(presence):
    ended = placed(left(1, NINE_MS + 60 * MINUTE_MS), 3)
    presence.fold(placed(came(1), 2), "1")
    assert presence.stays.of("1") == ()
    presence.fold(ended, "1")
    stay = Stay("guides-east", NINE_MS, ended.wall_ms, (ended.epoch, 3))
    assert presence.stays.of("1") == (stay,)
    presence.fold(taken_back(ended, ended.wall_ms + MINUTE_MS), "1")
    assert presence.stays.of("1") == ()


def test_a_stay_that_is_too_long_is_none(presence):
    presence.fold(came(1), "1")
    presence.fold(left(1, NINE_MS + LONGEST_STAY_MS + MINUTE_MS), "1")
    assert presence.stays.of("1") == ()


def test_a_stay_by_a_clock_that_was_never_set_is_known_not_to_be_proven(presence):
    unset = ClockTrust(ClockState.UNSET, None, None)
    presence.fold(msgspec.structs.replace(came(1), clock=unset), "1")
    presence.fold(left(1, NINE_MS + 60 * MINUTE_MS), "1")
    assert [one.provable for one in presence.stays.of("1")] == [False]
