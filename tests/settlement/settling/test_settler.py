"""From stored evidence to sessions, lines and totals; again and again the same."""

import pytest

from settlement.evidence.attribution import attribute_again
from settlement.ingest.ingest import ingest
from settlement.models import (
    Assignment,
    Credential,
    Event,
    EventOutcome,
    Line,
    PhaseChange,
    Session,
    Settled,
    Unsettled,
    Volunteer,
)
from settlement.settling import computation, results, settler
from settlement.settling.settler import SettledCount, settle_dirty, settle_everything
from sync.contract.events import ClockAnchor, ClockState, ClockTrust, Manual

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]

HOUR = 3_600_000
UNSET = ClockTrust(ClockState.UNSET)


def test_it_turns_a_pair_of_scans_into_hours(terminal, deliver, mei, fair, noon_ms, evening_ms):
    terminal.check_in(wall_ms=noon_ms - 4 * HOUR)
    terminal.check_out(wall_ms=noon_ms)
    deliver()
    assert settle_dirty(evening_ms) == SettledCount(1, 1)
    session = Session.objects.get()
    assert (session.raw_s, session.t_s, session.flags) == (
        4 * 3600,
        3 * 3600,
        ["EARLY_ARRIVAL", "EARLY_LEAVE"],
    )
    assert session.in_event == f"north-gate/{terminal.epoch}/2"
    assert session.raw_s + sum(step["change_s"] for step in session.trace) == session.t_s
    line = Line.objects.get()
    assert (line.volunteer, line.activity, str(line.local_date), line.t_s) == (
        mei,
        fair,
        "2026-03-07",
        3 * 3600,
    )
    assert Settled.objects.get().total_s == 3 * 3600


def test_it_has_nothing_to_do_when_nothing_is_new(terminal, deliver, mei, fair, evening_ms):
    terminal.check_in()
    deliver()
    settle_dirty(evening_ms)
    assert not Unsettled.objects.exists()
    assert settle_dirty(evening_ms) == SettledCount()


def test_settling_everything_again_changes_nothing(terminal, deliver, mei, fair, noon_ms, evening_ms):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    deliver()
    settle_dirty(evening_ms)
    before = list(Session.objects.values()), list(Line.objects.values())
    assert settle_everything(evening_ms) == SettledCount(1, 0)
    assert (list(Session.objects.values()), list(Line.objects.values())) == before


def test_evidence_that_arrives_late_replaces_the_result(terminal, deliver, mei, fair, noon_ms, evening_ms):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    deliver(1, 2)
    settle_dirty(evening_ms)
    assert Session.objects.get().flags == ["LATE_ARRIVAL", "MISSING_OUT"]
    deliver(3, 3)
    assert settle_dirty(evening_ms) == SettledCount(1, 1)
    assert Session.objects.get().t_s == 3600


def test_whoever_is_in_a_shift_of_a_whole_day_is_open_until_two_hours_after_it(
    terminal, deliver, mei, fair, noon_ms
):
    fair.shifts.update(start_ms=noon_ms, end_ms=noon_ms + 24 * HOUR)
    terminal.check_in(wall_ms=noon_ms)
    deliver()
    settle_dirty(noon_ms + 10 * HOUR)
    reconsider_ms = Settled.objects.get().reconsider_ms
    assert reconsider_ms == noon_ms + 26 * HOUR + 1000
    assert settle_dirty(reconsider_ms - 1) == SettledCount()
    assert Session.objects.get().is_open
    assert settle_dirty(reconsider_ms) == SettledCount(1, 1)
    assert Session.objects.get().flags == ["MISSING_OUT"]


def test_whoever_is_still_there_is_open_until_time_closes_the_session(terminal, deliver, mei, fair, noon_ms):
    terminal.check_in(wall_ms=noon_ms)
    deliver(received_ms=noon_ms + 1000)
    settle_dirty(noon_ms + HOUR)
    assert Session.objects.get().is_open
    reconsider_ms = Settled.objects.get().reconsider_ms
    assert reconsider_ms == fair.shifts.get().end_ms + 2 * HOUR + 1000
    assert settle_dirty(reconsider_ms - 1) == SettledCount()
    assert settle_dirty(reconsider_ms) == SettledCount(1, 1)
    session = Session.objects.get()
    assert (session.is_open, session.flags) == (False, ["LATE_ARRIVAL", "MISSING_OUT"])
    assert Settled.objects.get().reconsider_ms is None


@pytest.fixture
def all_day(fair):
    """The fair without hours of service: all of a stay counts."""
    fair.shifts.all().delete()
    return fair


def test_without_hours_of_service_a_session_is_open_for_as_long_as_one_may_be(
    terminal, deliver, mei, all_day, rules, noon_ms
):
    terminal.check_in(wall_ms=noon_ms)
    deliver(received_ms=noon_ms + 1000)
    settle_dirty(noon_ms + HOUR)
    last_ms = noon_ms + rules.max_session_s * 1000
    assert settle_dirty(last_ms + 999) == SettledCount()
    assert settle_everything(last_ms) == SettledCount(1, 0)
    assert Session.objects.get().is_open
    assert settle_dirty(last_ms + 1000) == SettledCount(1, 1)
    assert not Session.objects.get().is_open


def test_a_session_is_closed_when_its_activity_ends(terminal, deliver, mei, all_day, noon_ms):
    PhaseChange.objects.create(activity=all_day, phase="ended", from_ms=noon_ms + 2 * HOUR)
    terminal.check_in(wall_ms=noon_ms)
    deliver(received_ms=noon_ms + 1000)
    settle_dirty(noon_ms + HOUR)
    assert Session.objects.get().is_open
    assert settle_dirty(noon_ms + 2 * HOUR - 1) == SettledCount()
    assert settle_dirty(noon_ms + 2 * HOUR) == SettledCount(1, 1)
    assert not Session.objects.get().is_open


def test_it_says_why_a_scan_entered_no_session(terminal, deliver, mei, fair, noon_ms, evening_ms):
    Credential.objects.create(
        ref="badge:1001.1", volunteer=mei, method="badge", assurance="medium", revoked_ms=noon_ms
    )
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_in("badge:1001.2", wall_ms=noon_ms + HOUR)
    terminal.check_in("badge:1001.2", wall_ms=noon_ms + HOUR + 5000)
    terminal.check_in("badge:1001.2", wall_ms=noon_ms + HOUR, activity="gone")
    deliver()
    settle_dirty(evening_ms)
    found = EventOutcome.objects.order_by("seq").values_list("seq", "outcome")
    assert list(found) == [
        (2, "held:CREDENTIAL_REVOKED"),
        (4, "duplicate_scan"),
        (5, "held:UNKNOWN_ACTIVITY"),
    ]


def test_it_counts_who_was_not_assigned_and_says_so(terminal, deliver, mei, fair, noon_ms, evening_ms):
    fair.assigned_only = True
    fair.save()
    wei = Volunteer.objects.create(number=1002, display_name="Wei")
    Assignment.objects.create(activity=fair, volunteer=wei)
    for ref in ("badge:1001.1", "badge:1002.1"):
        terminal.check_in(ref, wall_ms=noon_ms - 3 * HOUR)
        terminal.check_out(ref, wall_ms=noon_ms + 5 * HOUR)
    deliver()
    settle_dirty(evening_ms)
    assert Session.objects.get(volunteer=mei).flags == ["NOT_ASSIGNED"]
    assert Session.objects.get(volunteer=wei).flags == []


def test_it_counts_manual_entries_at_the_time_that_people_wrote_down(
    terminal, deliver, mei, fair, noon_ms, evening_ms
):
    entry = {"volunteer": "1001", "activity": "fair", "reason": "card forgotten",
             "entered_by": "s1", "confirmed_by": "s2"}  # fmt: skip
    terminal.log(Manual, noon_ms + 9 * HOUR, direction="in", at_ms=noon_ms, **entry)
    terminal.log(Manual, noon_ms + 9 * HOUR, direction="out", at_ms=noon_ms + HOUR, **entry)
    deliver()
    settle_dirty(evening_ms)
    session = Session.objects.get()
    assert (session.t_s, session.flags) == (3600, ["EARLY_LEAVE", "LATE_ARRIVAL", "MANUAL"])


def test_it_finds_whose_card_it_was_once_the_card_is_entered(
    terminal, deliver, mei, fair, noon_ms, evening_ms
):
    card = "keyed:" + "a" * 32
    terminal.check_in(card, wall_ms=noon_ms)
    terminal.check_out(card, wall_ms=noon_ms + HOUR)
    deliver()
    assert settle_dirty(evening_ms) == SettledCount()
    assert attribute_again(evening_ms) == 0
    Credential.objects.create(ref=card, volunteer=mei, method="card", assurance="medium")
    assert attribute_again(evening_ms) == 2
    settle_dirty(evening_ms)
    assert Session.objects.get().t_s == 3600
    assert set(Event.objects.values_list("status", flat=True)) == {"stored"}


# Time.


@pytest.fixture
def unset(terminal, paper_terminal, noon_ms):
    """Another boot of the terminal, whose wall clock started in 1970 and was never set."""

    class Unset(paper_terminal):
        def common(self, wall_ms, clock):
            return {**super().common(wall_ms, clock), "wall_ms": wall_ms - noon_ms + HOUR, "clock": UNSET}

    paper = Unset(epoch="d" * 32)
    paper.key, paper.boot = terminal.key, "c" * 32
    return paper


def test_a_clock_that_was_never_set_is_repaired_when_an_anchor_arrives(
    unset, centre, mei, fair, noon_ms, evening_ms
):
    unset.check_in(wall_ms=noon_ms)
    unset.check_out(wall_ms=noon_ms + HOUR)
    ingest(unset.batch_topic, unset.batch(), evening_ms, centre=centre)
    settle_dirty(evening_ms)
    assert not Session.objects.exists(), "1970 is outside every activity"
    assert EventOutcome.objects.first().outcome == "held:PHASE_CLOSED"
    unset.log(ClockAnchor, noon_ms + 2 * HOUR, true_ms=noon_ms + 2 * HOUR, error_ms=40, source="ack")
    ingest(unset.batch_topic, unset.batch(3), evening_ms, centre=centre)
    settle_dirty(evening_ms)
    session = Session.objects.get()
    assert (session.in_s, session.out_s) == (noon_ms // 1000, noon_ms // 1000 + 3600)
    assert {"CLOCK_CORRECTED", "CLOCK_LARGE"} <= set(session.flags)


def test_what_was_logged_after_the_clock_was_set_dates_what_came_before(
    unset, paper_terminal, centre, mei, fair, noon_ms, evening_ms
):
    unset.check_in(wall_ms=noon_ms)
    place = paper_terminal.common(unset, noon_ms + HOUR)
    unset.common = lambda wall_ms, clock: {**place, "seq": 2}
    unset.check_out(wall_ms=noon_ms + HOUR)
    ingest(unset.batch_topic, unset.batch(), evening_ms, centre=centre)
    settle_dirty(evening_ms)
    session = Session.objects.get()
    assert abs(session.t_s - 3600) <= 1, "the quartz may drift 180 ms in an hour"


# Several settlers, and faults.


def test_a_volunteer_whom_another_settler_has_is_left_to_it(terminal, deliver, mei, fair, evening_ms):
    terminal.check_in()
    deliver()
    Unsettled.objects.update(claim="another", claimed_until_ms=2**50)
    assert settle_dirty(evening_ms) == SettledCount()
    Unsettled.objects.update(claimed_until_ms=1)
    assert settle_dirty(evening_ms) == SettledCount(1, 1)


def test_evidence_that_arrives_while_its_volunteer_is_settled_is_not_forgotten(
    terminal, deliver, mei, fair, noon_ms, evening_ms, monkeypatch
):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    deliver(1, 2)
    load = computation.load_inputs

    def load_and_receive(*asked):
        inputs = load(*asked)
        deliver(3, 3)
        return inputs

    with monkeypatch.context() as patched:
        patched.setattr(computation, "load_inputs", load_and_receive)
        settler._settle(settler._claim(), evening_ms)
    assert Unsettled.objects.count() == 1
    settle_dirty(evening_ms)
    assert Session.objects.get().t_s == 3600


def test_a_settler_that_lost_its_claim_writes_nothing(terminal, deliver, mei, fair, evening_ms):
    terminal.check_in()
    deliver()
    claim = settler._claim()
    Unsettled.objects.update(claim="another")
    assert settler._settle(claim, evening_ms) == SettledCount()
    assert not Session.objects.exists()


def test_one_volunteer_who_cannot_be_settled_does_not_stop_the_others(
    terminal, deliver, mei, fair, evening_ms, monkeypatch
):
    Volunteer.objects.create(number=1002, display_name="Wei")
    terminal.check_in("badge:1001.1")
    terminal.check_in("badge:1002.1")
    deliver()
    load = computation.load_inputs

    def fail_for_mei(numbers, *more):
        if mei.number in numbers:
            raise ZeroDivisionError
        return load(numbers, *more)

    monkeypatch.setattr(computation, "load_inputs", fail_for_mei)
    assert settle_dirty(evening_ms) == SettledCount(1, 1)
    assert Unsettled.objects.get().volunteer == mei


def test_results_are_written_all_or_not_at_all(
    terminal, deliver, mei, fair, noon_ms, evening_ms, monkeypatch
):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    deliver(1, 2)
    settle_dirty(evening_ms)
    before = list(Session.objects.values())
    deliver(3, 3)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(results, "_line", fail)
    assert settle_dirty(evening_ms) == SettledCount()
    assert list(Session.objects.values()) == before


def test_an_activity_that_was_never_given_a_phase_is_closed_and_stops_nobody(
    terminal, deliver, mei, site, noon_ms, evening_ms
):
    from settlement.models import Activity

    Activity.objects.create(id="draft", site=site, title="Not planned yet")
    terminal.check_in(wall_ms=noon_ms, activity="draft")
    deliver()
    assert settle_dirty(evening_ms) == SettledCount(1, 1)
    assert EventOutcome.objects.get().outcome == "held:PHASE_CLOSED"


def test_a_check_in_that_was_settled_before_its_activity_began_is_open_once_it_has(
    terminal, deliver, mei, fair, noon_ms
):
    """A terminal's clock is a little ahead, or the settler's moment a little old: nobody has left."""
    PhaseChange.objects.update(from_ms=noon_ms)
    terminal.check_in(wall_ms=noon_ms + 1000)
    deliver(received_ms=noon_ms + 1000)
    settle_dirty(noon_ms - 500)
    assert not Session.objects.get().is_open
    assert settle_dirty(noon_ms - 1) == SettledCount()
    assert settle_dirty(noon_ms) == SettledCount(1, 1)
    assert Session.objects.get().is_open
