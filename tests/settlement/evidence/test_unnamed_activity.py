"""Events of a terminal that had no roster: which activity they were for, and how that is told."""

import datetime as dt

import pytest
from msgspec.structs import replace

from settlement.accounts.audit import Signed
from settlement.evidence.attribution import attribute_again
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.master_data.activities import ActivityValues, enter_activity
from settlement.master_data.people import assign, enter_volunteer, unassign
from settlement.models import Activity, Event, LedgerEntry, PhaseChange, Site, UnnamedActivity
from settlement.rule_book import put_in_force, store_version
from settlement.rules.evidence import Phase
from sync.contract.events import ClockAnchor, ClockState, ClockTrust, Manual

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
UNSET = ClockTrust(ClockState.UNSET)


@pytest.fixture
def came(terminal, deliver, settle, noon_ms):
    """Mei comes while the terminal has no roster, and leaves when it has one."""

    def _came():
        terminal.check_in(activity="?", wall_ms=noon_ms - 3 * HOUR)
        terminal.check_out(activity="fair", wall_ms=noon_ms + 5 * HOUR)
        deliver()
        settle()

    return _came


def states():
    return list(Event.objects.filter(seq__gt=1).order_by("seq").values_list("volunteer", "review_reason"))


def lines():
    rows = LedgerEntry.objects.filter(review__isnull=True).order_by("activity")
    return [(row.activity_id, row.delta_s, row.flags) for row in rows]


def found():
    return list(UnnamedActivity.objects.order_by("seq").values_list("activity", "way"))


@pytest.fixture
def told(settle):
    from foundation.words import Words

    def _told(activity="fair", language="en"):
        teller = Teller(Words(language), "Asia/Shanghai")
        (line,) = explain_lines(1001, activity, teller)
        return "\n".join(tell_line(line, teller))

    return _told


def test_it_is_the_only_activity_under_way_at_the_site(fair, mei, came, told):
    came()
    assert states() == [(1001, ""), (1001, "")]
    assert lines() == [("fair", 8 * 3600, [])]
    assert "this was the only one under way at its site" in told()


def test_of_several_it_is_the_one_that_expects_the_person(fair, market, mei, came, noon_ms, told):
    assign(fair, mei, Signed(None, noon_ms))
    came()
    assert lines() == [("fair", 8 * 3600, [])]
    assert "this is the one that expected the person" in told()


@pytest.mark.parametrize("language", ["en", "zh-Hans", "ar"])
def test_where_several_may_be_meant_it_waits_and_says_so(fair, market, mei, came, told, language):
    came()
    assert states() == [(1001, "several_activities"), (1001, "")]
    assert lines() == [("fair", 0, ["MISSING_IN"])]
    said = {"en": "several were under way", "zh-Hans": "有多项活动在进行", "ar": "عدة أنشطة جارية"}
    assert said[language] in told(language=language)


def test_where_none_was_under_way_it_waits(fair, mei, came):
    PhaseChange.objects.update(phase="staffing")
    came()
    assert states()[0] == (1001, "no_activity")
    assert found() == [(None, "none")]


def test_activities_of_other_sites_are_not_meant(fair, market, mei, came):
    south = Site.objects.create(code="south", name="South gate", zone="Asia/Shanghai")
    Activity.objects.filter(id="market").update(site=south)
    came()
    assert found() == [("fair", "only")]


def test_an_assignment_that_is_entered_late_decides(fair, market, mei, came, settle, noon_ms):
    came()
    assign(fair, mei, Signed(None, noon_ms))
    settle()
    assert states()[0] == (1001, "")
    assert lines() == [("fair", 8 * 3600, [])]
    unassign(fair, mei, Signed(None, noon_ms))
    settle()
    assert states()[0] == (1001, "several_activities")
    assert lines() == [("fair", 0, ["MISSING_IN"])]


def test_phases_that_are_corrected_late_decide(fair, mei, came, settle, noon_ms):
    """Found already, it is found anew: a second activity was under way, too."""
    came()
    values = ActivityValues(
        id="parade", site="north", title="Parade", phases=((Phase.EXECUTING, noon_ms - 4 * HOUR),)
    )
    enter_activity(values, Signed(None, noon_ms))
    settle()
    assert states()[0] == (1001, "several_activities")
    later = ActivityValues(id="parade", site="north", title="Parade", phases=((Phase.EXECUTING, noon_ms),))
    enter_activity(later, Signed(None, noon_ms))
    settle()
    assert lines() == [("fair", 8 * 3600, [])]


def test_a_volunteer_who_is_entered_late_is_found_an_activity(fair, came, settle, evening_ms):
    came()
    assert states()[0] == (None, "unknown_volunteer")
    enter_volunteer(1001, "Mei", Signed(None, 0))
    attribute_again(evening_ms)
    settle()
    assert lines() == [("fair", 8 * 3600, [])]


def test_the_corrected_time_counts_and_not_the_terminals(
    fair, market, mei, terminal, deliver, settle, noon_ms, evening_ms
):
    """Its clock stood in 1970. What proves that it was before noon, when the market began, arrives last."""
    PhaseChange.objects.filter(activity=market).update(from_ms=noon_ms)
    proper = terminal.common
    terminal.boot = "c" * 32
    terminal.common = lambda wall_ms, clock: {
        **proper(wall_ms, clock), "wall_ms": wall_ms - noon_ms, "clock": UNSET
    }  # fmt: skip
    terminal.check_in(activity="?", wall_ms=noon_ms - 2 * HOUR)
    deliver()
    assert states() == [(1001, "several_activities")]
    terminal.log(ClockAnchor, noon_ms, true_ms=noon_ms, error_ms=40, source="ack")
    deliver(first=3)
    assert attribute_again(evening_ms) == 1
    assert found() == [("fair", "only")]
    settle()
    assert [row[0] for row in lines()] == ["fair"]


def test_evidence_in_the_same_batch_counts_at_once(fair, mei, terminal, deliver, noon_ms):
    proper = terminal.common
    terminal.boot = "c" * 32
    terminal.common = lambda wall_ms, clock: {
        **proper(wall_ms, clock), "wall_ms": wall_ms - noon_ms, "clock": UNSET
    }  # fmt: skip
    terminal.check_in(activity="?", wall_ms=noon_ms - 2 * HOUR)
    terminal.log(ClockAnchor, noon_ms, true_ms=noon_ms, error_ms=40, source="ack")
    deliver()
    assert found() == [("fair", "only")]


def test_a_time_that_staff_wrote_down_is_placed_by_that_time(
    fair, market, mei, terminal, deliver, settle, noon_ms
):
    PhaseChange.objects.filter(activity=market).update(from_ms=noon_ms)
    terminal.log(
        Manual, noon_ms + HOUR, volunteer="1001", activity="?", direction="in", at_ms=noon_ms - HOUR,
        reason="no reader", entered_by="staff-1", confirmed_by="staff-2",
    )  # fmt: skip
    deliver()
    assert found() == [("fair", "only")]


def test_an_archived_activity_stays_what_was_found(fair, mei, came, market, evening_ms):
    Activity.objects.filter(id="market").update(site=Site.objects.create(code="s", name="S", zone="UTC"))
    came()
    PhaseChange.objects.create(activity=fair, phase="archived", from_ms=evening_ms - 1)
    Activity.objects.filter(id="market").update(site="north")
    attribute_again(evening_ms)
    assert found() == [("fair", "only")]


def test_delivered_twice_it_is_found_once(fair, mei, came, deliver):
    came()
    deliver()
    assert found() == [("fair", "only")]


def test_looking_again_settles_nobody_anew_when_nothing_changed(fair, market, mei, came, evening_ms):
    from settlement.models import Unsettled

    came()
    assert attribute_again(evening_ms) == 0
    assert not Unsettled.objects.exists()


def test_it_is_dated_as_everywhere_by_the_rules_of_its_arrival(
    fair, market, mei, terminal, deliver, rules, noon_ms, evening_ms
):
    """Later rules let a quartz be so far off that they would leave the slow clock its own time."""
    PhaseChange.objects.filter(activity=fair).update(from_ms=noon_ms)
    PhaseChange.objects.create(activity=market, phase="ended", from_ms=noon_ms)
    put_in_force(store_version(replace(rules, version=1001), 0)[0], None, "", "", 0)
    loose = replace(rules, version=1002, clock_drift_ppm=5000)
    put_in_force(store_version(loose, 0)[0], dt.date(2026, 3, 8), "", "", 0)
    proper = terminal.common
    terminal.boot = "c" * 32
    terminal.common = lambda wall_ms, clock: {
        **proper(wall_ms, clock), "wall_ms": wall_ms - 2 * HOUR // 60, "clock": UNSET
    }  # fmt: skip
    terminal.check_in(activity="?", wall_ms=noon_ms + HOUR // 60)
    terminal.log(ClockAnchor, evening_ms, true_ms=evening_ms, error_ms=40, source="ack")
    deliver()
    assert found() == [("fair", "only")]
