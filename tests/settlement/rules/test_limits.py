from datetime import date

import pytest

from settlement.rules.evidence import ActivityKind
from settlement.rules.flags import Flag
from settlement.rules.rule_set import BreakMode, RuleSet
from tests.settlement.rules.cast import activity, at, between, only_session, scan, settle

AUTO = RuleSet(break_mode=BreakMode.AUTO)
SITES = {"A1": "S1", "B1": "S1", "C1": "S2"}


def stays(*given, rules=None, **changes):
    """Stays as (activity, came, left); keyword arguments change an activity."""
    events = [
        scan(f"{name}{came}{direction}", direction, clock, activity=name)
        for name, came, left in given
        for direction, clock in (("in", came), ("out", left))
    ]
    places = [activity(name, site=site, **changes.get(name, {})) for name, site in SITES.items()]
    return settle(events, *places, rules=rules)


def credited(settlement):
    return [(session.activity, session.t_s, session.flags) for session in settlement.sessions]


def test_it_gives_shared_seconds_to_the_session_that_began_first():
    settlement = stays(("A1", "09:00", "11:00"), ("B1", "10:00", "12:00"))
    assert credited(settlement) == [("A1", 7200, (Flag.OVERLAP,)), ("B1", 3600, (Flag.OVERLAP,))]
    (step,) = settlement.sessions[1].trace
    assert (step.rule, step.code, step.change_s, step.activity) == ("S9", "OVERLAP_REMOVED", -3600, "A1")


def test_it_marks_two_sites_at_once():
    both = (Flag.OVERLAP, Flag.SITE_CONFLICT)
    settlement = stays(("A1", "09:00", "11:00"), ("C1", "10:00", "12:00"))
    assert credited(settlement) == [("A1", 7200, both), ("C1", 3600, both)]


def test_it_marks_a_session_in_the_midst_of_another():
    settlement = stays(("A1", "09:00", "12:00"), ("B1", "10:00", "11:00"))
    assert credited(settlement) == [
        ("A1", 3 * 3600, (Flag.OVERLAP,)),
        ("B1", 0, (Flag.BELOW_MIN_SESSION, Flag.OVERLAP)),
    ]


def test_it_marks_only_the_sessions_that_share_seconds():
    settlement = stays(("A1", "09:00", "12:00"), ("B1", "10:00", "11:00"), ("C1", "11:30", "13:00"))
    assert [session.flags for session in settlement.sessions] == [
        (Flag.OVERLAP, Flag.SITE_CONFLICT),
        (Flag.BELOW_MIN_SESSION, Flag.OVERLAP),
        (Flag.OVERLAP, Flag.SITE_CONFLICT),
    ]


def test_it_finds_an_overlap_behind_a_session_that_was_clipped_to_later():
    settlement = stays(
        ("A1", "08:00", "10:00"),
        ("B1", "08:30", "13:00"),
        ("C1", "09:00", "11:00"),
        B1={"shifts": (between("12:00", "13:00"),)},
    )
    assert [(session.activity, session.t_s) for session in settlement.sessions] == [
        ("A1", 7200),
        ("B1", 3600),
        ("C1", 3600),
    ]


def test_it_remembers_a_long_stay_behind_a_short_one_in_its_break():
    settlement = stays(
        ("A1", "09:00", "15:00"),
        ("B1", "12:00", "12:30"),
        ("C1", "14:00", "16:00"),
        rules=RuleSet(break_mode=BreakMode.SCHEDULED),
        A1={"breaks": (between("12:00", "13:00"),)},
    )
    assert [session.t_s for session in settlement.sessions] == [5 * 3600, 1800, 3600]
    assert Flag.SITE_CONFLICT in settlement.sessions[2].flags


def test_it_shares_nothing_with_a_session_that_was_credited_nothing():
    settlement = stays(
        ("A1", "09:00", "11:00"), ("B1", "10:00", "12:00"), A1={"shifts": (between("06:00", "07:00"),)}
    )
    assert settlement.sessions[1].flags == ()


def test_a_stay_that_turns_out_too_short_takes_nothing_from_the_later_one():
    settlement = stays(("A1", "09:00", "09:09"), ("B1", "09:05", "10:00"))
    assert [session.t_s for session in settlement.sessions] == [0, 3600 - 5 * 60]
    assert all(Flag.OVERLAP in session.flags for session in settlement.sessions), "somebody must look"
    assert [step.code for step in settlement.sessions[1].trace] == []


def test_what_an_automatic_break_takes_counts_in_the_later_stay_that_has_it():
    settlement = stays(("A1", "09:00", "16:00"), ("B1", "15:00", "17:00"), rules=AUTO)
    assert [session.t_s for session in settlement.sessions] == [6 * 3600 + 1800, 5400]
    assert settlement.totals == {"V1": 8 * 3600}, "of eight hours no second is lost"


def test_a_third_stay_meets_only_what_the_first_two_keep():
    settlement = stays(("A1", "09:00", "09:09"), ("B1", "09:05", "09:30"), ("A1", "09:40", "10:00"))
    assert [session.t_s for session in settlement.sessions] == [0, 1500, 1200]


@pytest.mark.parametrize("kind", [ActivityKind.TRAINING, ActivityKind.TRAVEL])
def test_it_counts_no_training_and_no_travel(kind):
    settlement = stays(("A1", "09:00", "11:00"), ("B1", "10:00", "12:00"), A1={"kind": kind})
    assert credited(settlement) == [("A1", 0, ()), ("B1", 7200, ())]
    assert [line.key.activity for line in settlement.lines] == ["B1"]
    assert [(step.code, step.change_s) for step in settlement.sessions[0].trace] == [("NOT_SERVICE", -7200)]


@pytest.mark.parametrize(
    ("left", "t_s", "flags"),
    [
        ("15:00", 21600, ()),
        ("15:00:01", 21600, (Flag.BREAK_DEDUCTED,)),
        ("15:30", 21600, (Flag.BREAK_DEDUCTED,)),
        ("15:30:01", 21601, (Flag.BREAK_DEDUCTED,)),
        ("16:30", 25200, (Flag.BREAK_DEDUCTED,)),
    ],
)
def test_it_takes_an_automatic_break_without_a_cliff(left, t_s, flags):
    assert credited(stays(("A1", "09:00", left), rules=AUTO)) == [("A1", t_s, flags)]


def test_it_takes_the_automatic_break_from_what_an_overlap_left():
    settlement = stays(("A1", "08:00", "09:30"), ("B1", "09:00", "15:30"), rules=AUTO)
    assert settlement.sessions[1].t_s == 6 * 3600
    assert Flag.BREAK_DEDUCTED not in settlement.sessions[1].flags


def test_it_takes_the_automatic_break_from_the_end():
    settlement = stays(("A1", "17:30", "23:59"), rules=AUTO)
    assert settlement.sessions[0].parts == (between("17:30", "23:30"),)


@pytest.mark.parametrize(("left", "t_s"), [("09:10", 600), ("09:09:59", 0)])
def test_it_drops_what_is_shorter_than_the_minimum(left, t_s):
    assert stays(("A1", "09:00", left)).sessions[0].t_s == t_s


def test_it_cuts_the_later_seconds_of_a_day():
    settlement = stays(("A1", "08:00", "13:00"), ("B1", "14:00", "19:00"))
    assert credited(settlement) == [("A1", 5 * 3600, ()), ("B1", 3 * 3600, (Flag.DAILY_CAP,))]
    assert settlement.totals == {"V1": 8 * 3600}
    assert settlement.sessions[1].parts == (between("14:00", "17:00"),)


def test_it_leaves_a_day_of_exactly_the_cap_alone():
    assert credited(stays(("A1", "09:00", "17:00"))) == [("A1", 8 * 3600, ())]


def test_it_does_not_test_what_the_cap_left_against_the_minimum():
    settlement = stays(("A1", "08:00", "15:55"), ("B1", "16:00", "18:00"))
    assert credited(settlement)[1] == ("B1", 300, (Flag.DAILY_CAP,))


def test_it_cuts_later_seconds_even_of_the_session_that_began_first():
    rules = RuleSet(break_mode=BreakMode.SCHEDULED, daily_cap_s=5 * 3600)
    settlement = stays(
        ("A1", "09:00", "15:00"),
        ("B1", "12:00", "13:00"),
        rules=rules,
        A1={"breaks": (between("12:00", "13:00"),)},
    )
    assert credited(settlement) == [
        ("A1", 4 * 3600, (Flag.BREAK_DEDUCTED, Flag.DAILY_CAP)),
        ("B1", 3600, ()),
    ]


def test_it_caps_each_local_date_by_itself():
    events = [scan("e1", "in", "18:00"), scan("e2", "out", at("03:00", days=1))]
    session = only_session(settle(events, rules=RuleSet(daily_cap_s=4 * 3600)))
    assert session.by_date == ((date(2026, 3, 7), 4 * 3600), (date(2026, 3, 8), 3 * 3600))
    assert session.parts == (between("18:00", "22:00"), (at("00:00", days=1), at("03:00", days=1)))
    assert session.flags == (Flag.DAILY_CAP,)


def test_it_spends_no_cap_on_sessions_that_count_nothing():
    settlement = stays(("A1", "08:00", "08:09"), ("B1", "09:00", "17:00"))
    assert settlement.sessions[1].t_s == 8 * 3600


def test_it_limits_each_volunteer_by_themselves():
    events = [
        scan(f"{card}{direction}", direction, clock, credential=card)
        for card in ("K1", "K2")
        for direction, clock in (("in", "09:00"), ("out", "15:00"))
    ]
    settlement = settle(events)
    assert settlement.totals == {"V1": 6 * 3600, "V2": 6 * 3600}
    assert [session.volunteer for session in settlement.sessions] == ["V1", "V2"]
