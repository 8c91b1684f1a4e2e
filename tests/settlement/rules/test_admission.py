import msgspec
import pytest

from settlement.rules.admission import Outcome, admit
from settlement.rules.by_date import by_date
from settlement.rules.evidence import Credential, Direction, executing_intervals
from settlement.rules.flags import Flag
from settlement.rules.rule_set import RuleSet
from tests.settlement.rules.cast import activity, at, manual, only_session, scan, settle


def outcome_of(*deliveries, activities=None, credentials=None):
    known = {"K1": Credential("V1")} if credentials is None else credentials
    place = {"A1": activity()} if activities is None else activities
    return admit(deliveries, place, known, by_date(RuleSet()))[0][-1]


def test_it_uses_an_ordinary_scan():
    assert outcome_of(scan("e1", "in", "09:00")) is Outcome.USED


def test_what_its_terminal_took_back_is_cancelled_whatever_else_is_wrong_with_it():
    assert outcome_of(scan("e1", "in", "09:00", cancelled=True), credentials={}) is Outcome.CANCELLED


def test_it_ignores_the_same_event_delivered_again_at_another_time():
    first = scan("e1", "in", "09:00")
    again = scan("e1", "in", "09:00", received_ms=at("12:00") * 1000, offset_ms=0)
    assert outcome_of(first, again) is Outcome.REDELIVERED


@pytest.mark.parametrize(
    "change",
    [
        {"direction": Direction.OUT},
        {"terminal": "T2"},
        {"credential": "K2"},
        {"activity": "A2"},
        {"seq": 9},
        {"method": "sms"},
        {"device_ms": 1},
    ],
    ids=str,
)
def test_it_holds_other_content_under_a_known_id(change):
    first = scan("e1", "in", "09:00")
    assert outcome_of(first, msgspec.structs.replace(first, **change)) is Outcome.EVENT_ID_CONFLICT


@pytest.mark.parametrize(
    "change", [{"reason": "forgot it"}, {"entered_by": "staff3"}, {"confirmed_by": "staff3"}], ids=str
)
def test_it_holds_another_entry_by_hand_under_a_known_id(change):
    first, other = manual("e1", "in", "09:00"), manual("e1", "in", "09:00", **change)
    assert outcome_of(first, other) is Outcome.EVENT_ID_CONFLICT
    assert outcome_of(first, manual("e1", "in", "09:00")) is Outcome.REDELIVERED


def test_it_keeps_the_first_of_two_events_with_one_id():
    events = [scan("e1", "in", "09:00"), scan("e1", "in", "08:00"), scan("e2", "out", "10:00")]
    assert only_session(settle(events)).t_s == 3600


def test_it_compares_a_third_delivery_with_the_first():
    first, other = scan("e1", "in", "09:00"), scan("e1", "in", "08:00")
    assert outcome_of(first, other, first) is Outcome.REDELIVERED


def test_it_says_that_a_held_event_was_redelivered():
    held = scan("e1", "in", "09:00", credential="K404")
    assert outcome_of(held, held) is Outcome.REDELIVERED


def test_it_holds_an_unknown_credential_before_an_unknown_activity():
    event = scan("e1", "in", "09:00", credential="K404", activity="A404")
    assert outcome_of(event) is Outcome.UNKNOWN_CREDENTIAL


def test_it_holds_an_unknown_activity_before_a_time_in_the_future():
    assert outcome_of(scan("e1", "in", "09:00", activity="A404", received_ms=0)) is Outcome.UNKNOWN_ACTIVITY


@pytest.mark.parametrize(("late_s", "outcome"), [(60, Outcome.USED), (61, Outcome.FUTURE_TIME)])
def test_it_holds_a_time_beyond_the_tolerance_after_the_receipt(late_s, outcome):
    assert outcome_of(scan("e1", "in", "09:00", received_ms=(at("09:00") - late_s) * 1000)) is outcome


def test_it_judges_the_future_by_the_corrected_time():
    event = scan("e1", "in", "09:00", offset_ms=-3_600_000, received_ms=at("08:00") * 1000)
    assert outcome_of(event) is Outcome.USED


def test_it_holds_a_future_time_before_a_manual_entry_without_reason():
    event = manual("e1", "in", "09:00", reason="")
    earlier = scan("e1", "in", "09:00", manual=event.manual, credential=None, received_ms=0)
    assert outcome_of(earlier) is Outcome.FUTURE_TIME


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.USED),
        ({"reason": None}, Outcome.MANUAL_NO_REASON),
        ({"reason": " \t"}, Outcome.MANUAL_NO_REASON),
        ({"reason": "", "entered_by": "V1"}, Outcome.MANUAL_NO_REASON),
        ({"entered_by": "V1"}, Outcome.MANUAL_SELF),
        ({"confirmed_by": "V1"}, Outcome.MANUAL_SELF),
        ({"entered_by": "V1", "confirmed_by": "V1"}, Outcome.MANUAL_SELF),
        ({"confirmed_by": "staff1"}, Outcome.MANUAL_UNCONFIRMED),
        ({"confirmed_by": None}, Outcome.MANUAL_UNCONFIRMED),
        ({"entered_by": None}, Outcome.MANUAL_UNCONFIRMED),
        ({"volunteer": None}, Outcome.UNKNOWN_CREDENTIAL),
    ],
    ids=str,
)
def test_it_asks_two_people_and_a_reason_for_a_manual_event(changes, outcome):
    assert outcome_of(manual("e1", "in", "09:00", **changes)) is outcome


def test_it_takes_a_manual_event_for_somebody_without_a_card():
    assert outcome_of(manual("e1", "in", "09:00", volunteer="V77"), credentials={}) is Outcome.USED


def test_it_holds_a_manual_event_whose_card_is_somebody_elses():
    entry = manual("e1", "in", "09:00", volunteer="V2").manual
    event = scan("e1", "in", "09:00", method="manual", manual=entry)
    assert outcome_of(event) is Outcome.UNKNOWN_CREDENTIAL


@pytest.mark.parametrize(
    ("revoked", "outcome"), [("09:00", Outcome.CREDENTIAL_REVOKED), ("09:00:01", Outcome.USED)]
)
def test_it_holds_a_credential_from_the_instant_of_its_revocation(revoked, outcome):
    credentials = {"K1": Credential("V1", at(revoked) * 1000)}
    assert outcome_of(scan("e1", "in", "09:00"), credentials=credentials) is outcome


def test_it_holds_a_revoked_credential_before_a_closed_phase():
    credentials = {"K1": Credential("V1", 0)}
    event = scan("e1", "in", "09:00")
    assert outcome_of(event, activities={"A1": activity(executing=())}, credentials=credentials) is (
        Outcome.CREDENTIAL_REVOKED
    )


@pytest.mark.parametrize(
    ("clock", "outcome"),
    [
        ("07:59:59", Outcome.PHASE_CLOSED),
        ("08:00", Outcome.USED),
        ("11:59:59", Outcome.USED),
        ("12:00", Outcome.PHASE_CLOSED),
    ],
)
def test_it_admits_attendance_while_the_activity_executes(clock, outcome):
    executing = executing_intervals([("ended", at("12:00")), ("staffing", 0), ("executing", at("08:00"))])
    assert outcome_of(scan("e1", "in", clock), activities={"A1": activity(executing=executing)}) is outcome


def test_it_finds_every_interval_of_execution():
    phases = [("executing", 10), ("recruiting", 20), ("executing", 30), ("ended", 40), ("executing", 50)]
    assert executing_intervals(phases) == ((10, 20), (30, 40), (50, None))


def test_it_lets_the_later_of_two_phases_of_one_second_hold():
    assert executing_intervals([("executing", 10), ("ended", 10)]) == ()


def test_it_admits_what_was_buffered_until_after_the_end():
    executing = ((at("08:00"), at("12:00")),)
    event = scan("e1", "in", "11:00", received_ms=at("20:00") * 1000)
    assert outcome_of(event, activities={"A1": activity(executing=executing)}) is Outcome.USED


@pytest.mark.parametrize(
    ("offset_ms", "flags"),
    [
        (0, ()),
        (1000, (Flag.CLOCK_CORRECTED,)),
        (-300_000, (Flag.CLOCK_CORRECTED,)),
        (300_001, (Flag.CLOCK_CORRECTED, Flag.CLOCK_LARGE)),
        (-301_000, (Flag.CLOCK_CORRECTED, Flag.CLOCK_LARGE)),
        (None, (Flag.CLOCK_UNKNOWN,)),
    ],
)
def test_it_says_what_is_known_about_the_clock(offset_ms, flags):
    events = [scan("e1", "in", "09:00", offset_ms=offset_ms), scan("e2", "out", "11:00")]
    assert only_session(settle(events)).flags == flags


def test_it_credits_the_raw_time_of_a_clock_that_was_never_measured():
    events = [scan("e1", "in", "09:00", offset_ms=None), scan("e2", "out", "11:00", offset_ms=None)]
    assert only_session(settle(events)).t_s == 7200


@pytest.mark.parametrize(
    ("error_ms", "t_s", "flags"),
    [(60_000, 7200, ()), (60_001, 7200 - 61, (Flag.CLOCK_UNKNOWN,)), (900_000, 6300, (Flag.CLOCK_UNKNOWN,))],
)
def test_it_credits_only_what_a_loose_clock_proves(error_ms, t_s, flags):
    events = [scan("e1", "in", "09:00", error_ms=error_ms), scan("e2", "out", "11:00")]
    session = only_session(settle(events))
    assert (session.t_s, session.flags) == (t_s, flags)


def test_it_credits_nothing_when_two_loose_times_may_have_been_one():
    events = [scan("e1", "in", "09:00", error_ms=3_600_000), scan("e2", "out", "11:00", error_ms=3_600_000)]
    session = only_session(settle(events))
    assert (session.t_s, session.flags) == (0, (Flag.BELOW_MIN_SESSION, Flag.CLOCK_UNKNOWN))
    assert [(step.code, step.change_s) for step in session.trace] == [("CLOCK_PROVABLE_MINIMUM", -7200)]
