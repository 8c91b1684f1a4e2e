from datetime import date

from settlement.rules.flags import BLOCKING_FLAGS, Flag, flags_of
from settlement.rules.rule_set import RuleSet
from settlement.rules.settle import LineKey
from settlement.rules.trace import RULE_OF, TraceCode
from tests.settlement.rules.cast import activity, at, between, manual, only_session, scan, settle


def test_it_tells_every_step_from_presence_to_credit():
    events = [
        scan("e1", "in", "08:00"),
        scan("e2", "out", "13:00"),
        scan("e3", "in", "07:00", activity="B1"),
        scan("e4", "out", "09:30", activity="B1"),
    ]
    rules = RuleSet(daily_cap_s=4 * 3600)
    settlement = settle(events, activity(shifts=(between("09:00", "12:00"),)), activity("B1"), rules=rules)
    session = settlement.sessions[1]
    assert session.raw_s == 5 * 3600
    assert [(step.rule, step.code.value, step.change_s) for step in session.trace] == [
        ("S7", "CLIPPED_TO_SHIFT_START", -3600),
        ("S7", "CLIPPED_TO_SHIFT_END", -3600),
        ("S9", "OVERLAP_REMOVED", -1800),
        ("S11", "CUT_TO_DAILY_CAP", -3600),
    ]
    assert session.t_s == 5400


def test_it_tells_nothing_about_a_plain_session():
    session = only_session(settle([scan("e1", "in", "09:00"), scan("e2", "out", "12:00")]))
    assert (session.raw_s, session.trace, session.parts) == (10800, (), (between("09:00", "12:00"),))


def test_it_knows_the_rule_behind_every_code():
    assert set(RULE_OF) == set(TraceCode)


def test_it_names_the_events_behind_a_session():
    session = only_session(settle([scan("e1", "in", "09:00"), scan("e2", "out", "12:00")]))
    assert (session.in_event, session.out_event) == ("e1", "e2")


def test_it_adds_the_sessions_of_one_activity_and_date_to_one_line():
    events = [
        scan("e1", "in", "09:00"),
        scan("e2", "out", "10:00"),
        scan("e3", "in", "13:00"),
        manual("e4", "out", "15:00"),
    ]
    (line,) = settle(events).lines
    assert line.key == LineKey("V1", "A1", date(2026, 3, 7))
    assert (line.t_s, line.flags, line.hands) == (3 * 3600, (Flag.MANUAL,), {"staff1", "staff2"})


def test_who_took_an_event_away_took_part_in_the_line_that_it_was_taken_from():
    events = [
        scan("e1", "in", "09:00"),
        scan("e2", "out", "10:00"),
        scan("e3", "out", "15:00"),
        manual("e4", "in", at("09:00", days=1), instead_of=("e2",)),
    ]
    line, _ = settle(events).lines
    assert (line.t_s, line.flags, line.hands) == (6 * 3600, (Flag.MANUAL,), {"staff1", "staff2"})


def test_it_counts_a_session_over_midnight_on_the_date_of_the_check_in():
    session = only_session(settle([scan("e1", "in", "23:00"), scan("e2", "out", at("02:00", days=1))]))
    assert session.line_date == date(2026, 3, 7)
    assert session.by_date == ((date(2026, 3, 7), 3600), (date(2026, 3, 8), 7200))


def test_it_counts_a_missing_check_in_on_the_date_of_the_check_out():
    settlement = settle([scan("e1", "out", at("00:30", days=1))])
    assert settlement.lines[0].key.local_date == date(2026, 3, 8)


def test_it_takes_the_local_date_from_the_rule_sets_zone():
    events = [scan("e1", "in", "01:00"), scan("e2", "out", "02:00")]
    assert only_session(settle(events, rules=RuleSet(settlement_tz="Asia/Riyadh"))).line_date == date(
        2026, 3, 6
    )


def test_it_enters_a_line_for_a_session_that_counts_nothing():
    (line,) = settle([scan("e1", "in", "09:00")]).lines
    assert (line.t_s, line.flags) == (0, (Flag.MISSING_OUT,))


def test_it_lists_sessions_by_their_start_and_activity():
    events = [
        scan("e1", "in", "09:00", activity="B1"),
        scan("e2", "in", "09:00", activity="A1"),
        scan("e3", "out", "08:00", activity="B1"),
    ]
    settlement = settle(events, activity(), activity("B1"))
    assert [(session.start_s, session.activity) for session in settlement.sessions] == [
        (at("08:00"), "B1"),
        (at("09:00"), "A1"),
        (at("09:00"), "B1"),
    ]


def test_it_marks_who_is_not_on_the_roster_and_counts_them():
    events = [scan("e1", "in", "09:00"), scan("e2", "out", "12:00")]
    session = only_session(settle(events, activity(roster=frozenset({"V2"}))))
    assert (session.t_s, session.flags) == (10800, (Flag.NOT_ASSIGNED,))


def test_it_marks_nobody_where_the_roster_holds_them():
    events = [scan("e1", "in", "09:00"), scan("e2", "out", "12:00")]
    assert only_session(settle(events, activity(roster=frozenset({"V1"})))).flags == ()


def test_it_names_the_version_of_the_rules():
    assert settle([], rules=RuleSet(version=7)).rule_set_version == 7


def test_it_names_flags_in_alphabetical_order():
    assert flags_of(-1) == tuple(sorted(Flag))
    assert set(BLOCKING_FLAGS) < set(Flag)


def test_it_names_who_took_all_events_of_a_line_away():
    events = [
        scan("e1", "in", "09:00"),
        scan("e2", "out", "10:00"),
        manual("e3", "in", at("09:00", days=1), instead_of=("e1", "e2")),
    ]
    settlement = settle(events)
    assert [line.key.local_date for line in settlement.lines] == [date(2026, 3, 8)]
    (emptied,) = settlement.emptied
    assert emptied.key == LineKey("V1", "A1", date(2026, 3, 7))
    assert (emptied.t_s, emptied.flags, emptied.hands) == (0, (Flag.MANUAL,), {"staff1", "staff2"})
