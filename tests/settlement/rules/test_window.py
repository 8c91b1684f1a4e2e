import pytest

from settlement.rules.flags import Flag
from settlement.rules.rule_set import BreakMode, MissingOutPolicy, RuleSet
from settlement.rules.window import without
from tests.settlement.rules.cast import activity, at, between, only_session, scan, settle

SHIFT = between("09:00", "12:00")


def stay(came, left, rules=None, **changes):
    events = [scan("e1", "in", came), scan("e2", "out", left)]
    return only_session(settle(events, activity(**{"shifts": (SHIFT,)} | changes), rules=rules))


def test_it_credits_only_the_shift():
    session = stay("08:00", "13:00")
    assert (session.t_s, session.flags) == (3 * 3600, (Flag.EARLY_ARRIVAL, Flag.LATE_LEAVE))
    assert [(step.rule, step.code, step.change_s, step.at_s) for step in session.trace] == [
        ("S7", "CLIPPED_TO_SHIFT_START", -3600, SHIFT[0]),
        ("S7", "CLIPPED_TO_SHIFT_END", -3600, SHIFT[1]),
    ]


def test_it_credits_what_the_policy_allows_beyond_the_shift_and_still_says_so():
    session = stay("08:00", "13:00", rules=RuleSet(early_credit_s=900, late_credit_s=600))
    assert (session.t_s, session.flags) == (3 * 3600 + 1500, (Flag.EARLY_ARRIVAL, Flag.LATE_LEAVE))


@pytest.mark.parametrize(
    ("came", "left", "flags"),
    [
        ("09:00", "12:00", ()),
        ("08:59:59", "12:00", (Flag.EARLY_ARRIVAL,)),
        ("09:05", "12:00", ()),
        ("09:05:01", "12:00", (Flag.LATE_ARRIVAL,)),
        ("09:00", "12:00:01", (Flag.LATE_LEAVE,)),
        ("09:00", "11:55", ()),
        ("09:00", "11:54:59", (Flag.EARLY_LEAVE,)),
    ],
)
def test_it_marks_coming_and_leaving_strictly_beyond_the_grace(came, left, flags):
    assert stay(came, left).flags == flags


@pytest.mark.parametrize(("came", "left"), [("07:00", "09:00"), ("12:00", "13:00"), ("13:00", "14:00")])
def test_it_marks_a_stay_outside_the_shift_and_nothing_else_about_its_ends(came, left):
    session = stay(came, left)
    assert (session.t_s, session.flags) == (0, (Flag.BELOW_MIN_SESSION, Flag.OUTSIDE_WINDOW))
    assert [step.code for step in session.trace] == ["OUTSIDE_SHIFT"]


def test_it_marks_coming_but_not_leaving_when_the_check_out_is_missing():
    session = only_session(settle([scan("e1", "in", "08:00")], activity(shifts=(SHIFT,))))
    assert session.flags == (Flag.EARLY_ARRIVAL, Flag.MISSING_OUT)


def test_it_marks_leaving_but_not_coming_when_the_check_in_is_missing():
    session = only_session(settle([scan("e1", "out", "11:00")], activity(shifts=(SHIFT,))))
    assert session.flags == (Flag.EARLY_LEAVE, Flag.MISSING_IN)


def test_it_clips_nothing_without_a_shift():
    session = stay("06:00", "13:00", shifts=())
    assert (session.t_s, session.flags) == (7 * 3600, ())


TWO_SHIFTS = (SHIFT, between("13:00", "17:00"))


def test_it_credits_all_shifts_of_a_stay_and_not_the_time_between_them():
    session = stay("08:30", "17:30", shifts=TWO_SHIFTS)
    assert session.parts == TWO_SHIFTS
    assert session.flags == (Flag.EARLY_ARRIVAL, Flag.LATE_LEAVE)
    assert [(step.code, step.change_s) for step in session.trace] == [
        ("CLIPPED_TO_SHIFT_START", -1800),
        ("BETWEEN_SHIFTS", -3600),
        ("CLIPPED_TO_SHIFT_END", -1800),
    ]


@pytest.mark.parametrize(
    ("came", "left", "flags"),
    [
        ("12:50", "17:00", (Flag.EARLY_ARRIVAL,)),
        ("13:10", "17:00", (Flag.LATE_ARRIVAL,)),
        ("09:00", "12:30", (Flag.LATE_LEAVE,)),
        ("09:00", "11:00", (Flag.EARLY_LEAVE,)),
        ("09:00", "13:30", (Flag.EARLY_LEAVE,)),
        ("12:10", "12:50", (Flag.BELOW_MIN_SESSION, Flag.OUTSIDE_WINDOW)),
    ],
)
def test_it_measures_each_end_by_the_shift_that_it_belongs_to(came, left, flags):
    assert stay(came, left, shifts=TWO_SHIFTS).flags == flags


def test_it_credits_no_second_twice_where_the_windows_of_two_shifts_overlap():
    rules = RuleSet(early_credit_s=7200, late_credit_s=7200)
    session = stay("08:00", "18:00", rules, shifts=TWO_SHIFTS)
    assert session.t_s == 28_800, "ten hours, and the daily cap"
    assert stay("08:00", "15:00", rules, shifts=TWO_SHIFTS).t_s == 7 * 3600


SCHEDULED = RuleSet(break_mode=BreakMode.SCHEDULED)


def test_it_takes_a_break_only_as_far_as_the_stay_covers_it():
    session = stay("09:00", "10:30", SCHEDULED, breaks=(between("10:00", "11:00"),))
    assert (session.t_s, session.flags) == (3600, (Flag.BREAK_DEDUCTED, Flag.EARLY_LEAVE))


def test_it_takes_breaks_that_overlap_only_once():
    breaks = (between("10:00", "10:30"), between("10:15", "10:45"))
    assert stay("09:00", "12:00", SCHEDULED, breaks=breaks).t_s == 3 * 3600 - 45 * 60


def test_it_takes_no_break_outside_the_credited_window():
    session = stay("08:00", "12:00", SCHEDULED, breaks=(between("08:00", "09:00"),))
    assert (session.t_s, session.flags) == (3 * 3600, (Flag.EARLY_ARRIVAL,))


def test_it_takes_no_scheduled_break_when_the_policy_has_none():
    assert stay("09:00", "12:00", breaks=(between("10:00", "11:00"),)).t_s == 3 * 3600


def test_it_splits_the_credit_at_a_break():
    session = stay("09:00", "12:00", SCHEDULED, breaks=(between("10:00", "11:00"),))
    assert session.parts == (between("09:00", "10:00"), between("11:00", "12:00"))


@pytest.mark.parametrize(
    ("hole", "left"),
    [
        ((0, 5), ((10, 20), (30, 40))),
        ((20, 30), ((10, 20), (30, 40))),
        ((12, 15), ((10, 12), (15, 20), (30, 40))),
        ((15, 35), ((10, 15), (35, 40))),
        ((10, 40), ()),
        ((15, 15), ((10, 20), (30, 40))),
    ],
)
def test_it_cuts_a_hole_out_of_intervals(hole, left):
    assert without(((10, 20), (30, 40)), hole) == left


def test_it_keeps_the_ends_as_they_were_scanned():
    session = stay("08:00", "13:00")
    assert (session.in_s, session.out_s) == (at("08:00"), at("13:00"))


def test_it_credits_a_missing_end_to_the_shift_in_which_the_certain_time_begins():
    """Two minutes are not certain: the volunteer may have come when the first shift was over."""
    rules = RuleSet(missing_out_policy=MissingOutPolicy.SHIFT_END)
    came = scan("e1", "in", "11:59", error_ms=120_000)
    session = only_session(settle([came], activity(shifts=TWO_SHIFTS), rules=rules))
    assert session.parts == (between("13:00", "17:00"),)
    credited, *_ = session.trace
    assert (credited.code, credited.change_s) == ("CREDITED_TO_SHIFT_END", at("17:00") - at("12:01"))
    assert Flag.BELOW_MIN_SESSION not in session.flags


CLAIM = RuleSet(missing_out_policy=MissingOutPolicy.CLAIM)


def claimed(events, settle_at=None, **changes):
    """What is claimed of each session that nobody checked out of."""
    settlement = settle(events, activity(**{"shifts": (SHIFT,)} | changes), rules=CLAIM, settle_at=settle_at)
    return [
        next((step.at_s for step in session.trace if step.code == "CLAIMED_TO_SHIFT_END"), None)
        for session in settlement.sessions
        if Flag.MISSING_OUT in session.flags
    ]


def test_a_forgotten_check_out_may_be_claimed_to_the_end_of_the_shift_and_credits_nothing():
    assert claimed([scan("e1", "in", "09:30")]) == [SHIFT[1]]
    assert settle([scan("e1", "in", "09:30")], activity(shifts=(SHIFT,)), rules=CLAIM).totals == {"V1": 0}


def test_nothing_is_claimed_of_whom_came_again_before_the_shift_was_over():
    assert claimed([scan("e1", "in", "09:30"), scan("e2", "in", "11:00")]) == [None, SHIFT[1]]
    again_later = [scan("e1", "in", "09:30"), scan("e2", "in", "12:00")]
    assert claimed(again_later) == [None, None], "who comes at noon had left before"
    assert claimed([scan("e1", "in", "09:30"), scan("e2", "in", SHIFT[1] + 1)])[0] == SHIFT[1]


def test_nothing_is_claimed_that_lies_ahead():
    ended = ((0, at("10:00")),)
    assert claimed([scan("e1", "in", "09:30")], at("10:30"), executing=ended) == [None]


def test_where_the_activity_ends_with_its_shift_its_last_second_is_claimed():
    assert claimed([scan("e1", "in", "09:30")], executing=((0, SHIFT[1]),)) == [SHIFT[1] - 1]
    assert claimed([scan("e1", "in", "09:30")], executing=((0, SHIFT[1] - 1),)) == [None]


def test_nothing_is_claimed_without_a_shift():
    assert claimed([scan("e1", "in", "09:30")], shifts=()) == [None]
