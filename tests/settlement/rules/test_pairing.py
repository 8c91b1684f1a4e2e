import pytest

from settlement.rules.flags import Flag
from settlement.rules.rule_set import MissingOutPolicy, RuleSet
from tests.settlement.rules.cast import activity, at, between, manual, only_session, scan, settle


def seen(settlement):
    """Each session as its seconds and flags, each event that was not used."""
    return [(session.in_s, session.out_s, session.flags) for session in settlement.sessions]


def day(*scans):
    """Scans given as (direction, clock), in the order of the day."""
    return [scan(f"e{n}", direction, clock) for n, (direction, clock) in enumerate(scans)]


def test_it_resolves_toggles_in_turn():
    settlement = settle(
        day(("toggle", "09:00"), ("toggle", "10:00"), ("toggle", "11:00"), ("toggle", "12:00"))
    )
    assert seen(settlement) == [(at("09:00"), at("10:00"), ()), (at("11:00"), at("12:00"), ())]


def test_it_closes_with_a_toggle_what_an_explicit_scan_opened():
    assert only_session(settle(day(("in", "09:00"), ("toggle", "12:00")))).t_s == 3 * 3600


@pytest.mark.parametrize(("second", "outcome"), [("09:00:59", "duplicate_scan"), ("09:01", "used")])
def test_it_drops_a_toggle_within_the_debounce_time(second, outcome):
    assert settle(day(("toggle", "09:00"), ("toggle", second))).outcomes[1] == outcome


def test_it_drops_a_toggle_that_follows_an_explicit_scan_of_either_direction():
    events = day(("in", "09:00"), ("out", "09:00:30"), ("toggle", "09:01"))
    assert settle(events).outcomes == ("used", "used", "duplicate_scan")


def test_it_measures_the_debounce_time_in_whole_seconds_of_corrected_time():
    events = [scan("e1", "toggle", "09:00"), scan("e2", "toggle", "09:01")]
    events[0] = scan("e1", "toggle", "09:00", device_ms=at("09:00") * 1000 + 900)
    assert settle(events).outcomes == ("used", "used")


def test_it_compares_a_scan_with_the_resolved_direction_of_a_toggle():
    events = day(("toggle", "09:00"), ("in", "09:00:10"), ("out", "09:00:20"))
    assert settle(events).outcomes == ("used", "duplicate_scan", "used")


def test_it_debounces_each_activity_by_itself():
    events = [scan("e1", "in", "09:00"), scan("e2", "in", "09:00:10", activity="B1")]
    assert settle(events, activity(), activity("B1")).outcomes == ("used", "used")


def test_it_orders_scans_of_one_millisecond_by_terminal_and_number():
    events = [
        scan("e1", "out", "09:00", terminal="T2"),
        scan("e2", "out", "08:00", terminal="T1", seq=1),
        scan("e3", "in", "09:00", terminal="T1", seq=2),
        scan("e0", "in", "08:00", terminal="T0", seq=9),
    ]
    expected = [
        (at("08:00"), at("08:00"), (Flag.BELOW_MIN_SESSION,)),
        (at("09:00"), at("09:00"), (Flag.BELOW_MIN_SESSION,)),
    ]
    assert seen(settle(events)) == expected


def test_it_orders_scans_of_one_second_by_their_milliseconds():
    events = [
        scan("e1", "out", "09:00", terminal="T1"),
        scan("e2", "in", "09:00", terminal="T2", device_ms=at("09:00") * 1000 - 1),
    ]
    assert only_session(settle(events)).in_s == at("08:59:59")


def test_it_leaves_the_first_of_two_check_ins_without_an_end():
    settlement = settle(day(("in", "09:00"), ("in", "10:00"), ("out", "11:00")))
    assert seen(settlement) == [
        (at("09:00"), None, (Flag.MISSING_OUT,)),
        (at("10:00"), at("11:00"), ()),
    ]


@pytest.mark.parametrize(
    ("left", "flags"), [("21:00", ((),)), ("21:00:01", ((Flag.MISSING_OUT,), (Flag.MISSING_IN,)))]
)
def test_it_pairs_nothing_across_more_than_the_longest_session(left, flags):
    settlement = settle(day(("in", "09:00"), ("out", left)), rules=RuleSet(daily_cap_s=None))
    assert tuple(session.flags for session in settlement.sessions) == flags


NIGHT = (at("19:00"), at("07:30", days=1))
DAY_AND_NIGHT = (at("08:00"), at("08:00", days=1))
NEXT_DAY_AND_NIGHT = (at("08:00", days=1), at("08:00", days=2))
NO_CAP = RuleSet(daily_cap_s=None)


def stay(came, left, *shifts, rules=NO_CAP):
    """Seconds and flags of each session that a check-in and a check-out make."""
    settlement = settle(
        [scan("e1", "in", came), scan("e2", "out", left)],
        activity(shifts=shifts),
        rules=rules,
        settle_at=at("20:00", days=3),
    )
    return [(session.t_s, session.flags) for session in settlement.sessions]


def is_paired(came, left, *shifts, rules=NO_CAP):
    return len(stay(came, left, *shifts, rules=rules)) == 1


def test_it_credits_a_night_that_is_longer_than_the_longest_session():
    assert stay(at("18:55"), at("07:32", days=1), NIGHT) == [(45_000, (Flag.EARLY_ARRIVAL, Flag.LATE_LEAVE))]


def test_it_credits_a_shift_of_a_whole_day():
    assert stay(at("08:00"), at("08:00", days=1), DAY_AND_NIGHT) == [(86_400, ())]


def test_it_credits_nothing_of_a_day_and_a_night_that_no_shift_asked_for():
    assert stay(at("08:00"), at("08:00", days=1)) == [(0, (Flag.MISSING_OUT,)), (0, (Flag.MISSING_IN,))]


@pytest.mark.parametrize(("left", "paired"), [("09:30", True), ("09:30:01", False)])
def test_it_pairs_until_two_hours_after_a_long_shift(left, paired):
    assert is_paired(at("19:00"), at(left, days=1), NIGHT) is paired


@pytest.mark.parametrize(("came", "paired"), [("07:00", True), ("06:59:59", False)])
def test_a_shift_that_begins_beyond_the_longest_session_is_not_that_of_the_stay(came, paired):
    assert is_paired(at(came), at("07:30", days=1), NIGHT) is paired


@pytest.mark.parametrize(("came", "paired"), [("06:00", True), ("05:59:59", False)])
def test_who_comes_early_to_take_over_comes_for_the_next_shift(came, paired):
    """The shift before still goes on; more than two hours before its end, it is theirs."""
    assert is_paired(at(came, days=1), at("08:00", days=2), DAY_AND_NIGHT, NEXT_DAY_AND_NIGHT) is paired


def test_who_comes_late_comes_for_the_shift_that_goes_on():
    """Ten hours before the next one: were it theirs, a forgotten check-out would become a day of service."""
    shifts = (DAY_AND_NIGHT, NEXT_DAY_AND_NIGHT)
    assert is_paired(at("22:00"), at("10:00", days=1), *shifts)
    assert not is_paired(at("22:00"), at("10:00:01", days=1), *shifts)


def test_who_comes_after_the_shift_may_stay_for_the_longest_session_only():
    assert not is_paired(at("08:00", days=1), at("20:00:01", days=1), DAY_AND_NIGHT)


def test_who_comes_between_two_shifts_comes_for_the_later_one():
    assert is_paired(at("15:00"), at("07:30", days=1), between("08:00", "14:00"), NIGHT)


@pytest.mark.parametrize(("longest", "paired"), [(86_400, True), (86_399, False)])
def test_a_shift_that_is_longer_than_any_duty_lengthens_nothing(longest, paired):
    rules = RuleSet(daily_cap_s=None, max_shift_s=longest)
    assert is_paired(at("08:00"), at("08:00", days=1), DAY_AND_NIGHT, rules=rules) is paired


def test_a_longer_session_of_the_rules_needs_no_shift():
    assert is_paired(at("08:00"), at("00:00", days=1), rules=RuleSet(max_session_s=57_600))
    assert not is_paired(at("08:00"), at("00:00:01", days=1), rules=RuleSet(max_session_s=57_600))


def test_it_opens_a_session_with_a_toggle_that_comes_too_late_to_close():
    settlement = settle(day(("toggle", "06:00"), ("toggle", "19:00"), ("toggle", "20:00")))
    assert seen(settlement) == [(at("06:00"), None, (Flag.MISSING_OUT,)), (at("19:00"), at("20:00"), ())]


def test_it_pairs_over_cards_and_terminals():
    events = [
        scan("e1", "in", "09:00", terminal="T1"),
        scan("e2", "out", "12:00", terminal="T9", method="sms"),
    ]
    assert only_session(settle(events)).t_s == 3 * 3600


def test_it_repairs_a_missing_end_with_a_manual_event():
    session = only_session(settle([scan("e1", "in", "09:00"), manual("e2", "out", "11:00")]))
    assert (session.t_s, session.flags) == (7200, (Flag.MANUAL,))


def open_at(moment, **changes):
    given = activity(**changes)
    (flag,) = only_session(settle([scan("e1", "in", "09:00")], given, settle_at=moment)).flags
    return flag


@pytest.mark.parametrize(("clock", "flag"), [("21:00", Flag.OPEN), ("21:00:01", Flag.MISSING_OUT)])
def test_it_keeps_a_session_open_up_to_the_longest_one(clock, flag):
    assert open_at(at(clock)) is flag


@pytest.mark.parametrize(("clock", "flag"), [("14:00", Flag.OPEN), ("14:00:01", Flag.MISSING_OUT)])
def test_it_keeps_a_session_open_for_two_hours_after_the_shift(clock, flag):
    assert open_at(at(clock), shifts=(between("09:00", "12:00"),)) is flag


@pytest.mark.parametrize(("clock", "flag"), [("11:00", Flag.OPEN), ("11:00:01", Flag.MISSING_OUT)])
def test_it_keeps_a_session_open_for_two_hours_after_a_shift_that_is_longer_than_the_longest_one(clock, flag):
    assert open_at(at(clock, days=1), shifts=((at("09:00"), at("09:00", days=1)),)) is flag


@pytest.mark.parametrize(("clock", "flag"), [("10:59:59", Flag.OPEN), ("11:00", Flag.MISSING_OUT)])
def test_it_keeps_a_session_open_while_the_activity_executes(clock, flag):
    assert open_at(at(clock), executing=(between("08:00", "11:00"),)) is flag


def test_it_never_leaves_open_what_another_check_in_replaced():
    settlement = settle(day(("in", "09:00"), ("in", "10:00")), settle_at=at("10:05"))
    assert [session.flags for session in settlement.sessions] == [(Flag.MISSING_OUT,), (Flag.OPEN,)]


SHIFT_END = RuleSet(missing_out_policy=MissingOutPolicy.SHIFT_END)


def test_it_credits_a_missing_check_out_provisionally_to_the_end_of_the_shift():
    place = activity(shifts=(between("09:00", "12:00"),))
    session = only_session(settle([scan("e1", "in", "10:00")], place, rules=SHIFT_END))
    assert (session.t_s, session.out_s, session.flags) == (7200, None, (Flag.LATE_ARRIVAL, Flag.MISSING_OUT))
    assert [(step.code, step.change_s) for step in session.trace] == [("CREDITED_TO_SHIFT_END", 7200)]
    assert session.raw_s == 0


def test_it_credits_a_missing_check_out_to_the_end_of_the_shift_that_was_not_over():
    place = activity(shifts=(between("09:00", "12:00"), between("13:00", "17:00")))
    session = only_session(settle([scan("e1", "in", "12:30")], place, rules=SHIFT_END))
    assert (session.t_s, session.flags) == (4 * 3600, (Flag.EARLY_ARRIVAL, Flag.MISSING_OUT))


@pytest.mark.parametrize(("clock", "flag"), [("19:00", Flag.OPEN), ("19:00:01", Flag.MISSING_OUT)])
def test_it_keeps_a_session_open_until_the_last_shift_that_it_can_reach(clock, flag):
    tomorrow = (at("08:00", days=1), at("12:00", days=1))
    shifts = (between("09:00", "12:00"), between("13:00", "17:00"), tomorrow)
    assert open_at(at(clock), shifts=shifts) is flag


def test_it_credits_nothing_provisionally_without_a_shift():
    session = only_session(settle([scan("e1", "in", "10:00")], rules=SHIFT_END))
    assert (session.t_s, session.flags) == (0, (Flag.MISSING_OUT,))


def test_it_credits_nothing_provisionally_after_the_shift():
    place = activity(shifts=(between("09:00", "12:00"),))
    session = only_session(settle([scan("e1", "in", "12:00")], place, rules=SHIFT_END))
    assert (session.t_s, session.flags) == (0, (Flag.MISSING_OUT, Flag.OUTSIDE_WINDOW))


def test_it_credits_nothing_while_a_session_is_open():
    place = activity(shifts=(between("09:00", "12:00"),))
    session = only_session(settle([scan("e1", "in", "09:00")], place, rules=SHIFT_END, settle_at=at("11:00")))
    assert (session.t_s, session.flags) == (0, (Flag.OPEN,))


def test_it_never_credits_a_missing_check_in():
    place = activity(shifts=(between("09:00", "12:00"),))
    session = only_session(settle([scan("e1", "out", "12:00")], place, rules=SHIFT_END))
    assert (session.t_s, session.flags) == (0, (Flag.MISSING_IN,))


def test_it_tests_a_provisional_credit_against_the_minimum():
    place = activity(shifts=(between("09:00", "12:00"),))
    session = only_session(settle([scan("e1", "in", "11:50:01")], place, rules=SHIFT_END))
    assert session.t_s == 0
    assert Flag.BELOW_MIN_SESSION in session.flags
