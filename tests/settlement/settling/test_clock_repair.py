"""From a clock that nobody trusts to hours: what is proven counts, the rest waits for people, flagged."""

import msgspec
import pytest

from settlement.ingest.ingest import ingest
from settlement.models import LedgerEntry, RuleVersion, Session
from settlement.review.decide import approve, approve_clean_lines
from settlement.rules.review import ReviewRefusal
from settlement.settling.settler import settle_everything
from sync.contract.events import ClockAnchor, ClockState, ClockTrust

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]

HOUR = 3_600_000
MINUTE = 60_000
UNSET = ClockTrust(ClockState.UNSET)


@pytest.fixture
def reboot(terminal):
    """The terminal starts again with a clock of 1970; its monotonic time then counts from that moment."""
    proper = terminal.common

    def _reboot(boot, at_ms, *, clock=UNSET):
        terminal.boot = boot * 32

        def common(wall_ms, given):
            told = {**proper(wall_ms, given), "mono_ms": wall_ms - at_ms, "clock": clock}
            return told if clock is not UNSET else {**told, "wall_ms": wall_ms - at_ms}

        terminal.common = common

    return _reboot


@pytest.fixture
def session(deliver, settle):
    def _session():
        deliver()
        settle()
        return Session.objects.get()

    return _session


def proven(session):
    """Seconds that were taken because they are not certain."""
    return [-step["change_s"] for step in session.trace if step["code"] == "CLOCK_PROVABLE_MINIMUM"]


def serve(terminal, noon_ms, hours=3):
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + hours * HOUR)


def test_a_clock_that_ran_on_alone_too_long_is_credited_what_is_certain(
    terminal, session, mei, fair, noon_ms
):
    holdover = ClockTrust(ClockState.HOLDOVER, 90_000, "ntp", 40 * HOUR)
    terminal.check_in(wall_ms=noon_ms, clock=holdover)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR, clock=holdover)
    found = session()
    assert (found.raw_s, found.t_s) == (3 * 3600, 3 * 3600 - 2 * 90)
    assert ("CLOCK_UNKNOWN" in found.flags, proven(found)) == (True, [180])


def test_a_bound_within_the_policy_costs_nothing(terminal, session, mei, fair, noon_ms):
    holdover = ClockTrust(ClockState.HOLDOVER, 60_000, "ntp", 40 * HOUR)
    terminal.check_in(wall_ms=noon_ms, clock=holdover)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR, clock=holdover)
    found = session()
    assert (found.t_s, "CLOCK_UNKNOWN" in found.flags) == (3 * 3600, False)


@pytest.fixture
def between(terminal, reboot, noon_ms):
    """Three hours from one o'clock on in a boot without any knowledge of the time, between two that have it.

    Fifteen minutes before that boot the terminal was last alive, ten minutes after it it began again.
    """

    def _between(anchor_ms=None):
        came_ms = noon_ms + HOUR
        terminal.check_in("badge:4711.1", wall_ms=came_ms - 20 * MINUTE)
        reboot("c", came_ms - 5 * MINUTE)
        serve(terminal, came_ms)
        if anchor_ms is not None:
            terminal.log(ClockAnchor, anchor_ms, true_ms=anchor_ms, error_ms=40, source="ack")
        reboot("d", came_ms + 3 * HOUR + 10 * MINUTE, clock=ClockTrust(ClockState.SYNCED, 5, "ntp", 0))
        terminal.check_in("badge:4711.1", wall_ms=came_ms + 3 * HOUR + 11 * MINUTE)

    return _between


def test_a_boot_without_anchors_is_bounded_by_the_boots_around_it(between, session, mei, fair):
    between()
    found = session()
    assert {"CLOCK_CORRECTED", "CLOCK_LARGE", "CLOCK_UNKNOWN"} <= set(found.flags)
    (lost_s,) = proven(found)
    assert 25 * 60 <= lost_s <= 25 * 60 + 4, "either end may be half of the 25 minutes off, and the drift"
    assert abs(found.raw_s - 3 * 3600) <= 1
    assert found.t_s == found.raw_s - lost_s


def test_nothing_that_bounds_it_leaves_the_raw_time_and_a_flag(
    paper_terminal, site, centre, settle, mei, fair, noon_ms, evening_ms
):
    lonely = paper_terminal()
    lonely.enrol(site)
    rtc = ClockTrust(ClockState.RTC)
    lonely.check_in(wall_ms=noon_ms, clock=rtc)
    lonely.check_out(wall_ms=noon_ms + HOUR, clock=rtc)
    ingest(lonely.batch_topic, lonely.batch(), evening_ms, centre=centre)
    settle()
    found = Session.objects.get()
    assert (found.in_s, found.t_s) == (noon_ms // 1000, 3600)
    assert {"CLOCK_UNKNOWN"} <= set(found.flags)


def test_a_line_of_unproven_time_is_not_approved_in_bulk(
    terminal, session, hear, mei, ended_fair, reviewer, noon_ms
):
    holdover = ClockTrust(ClockState.HOLDOVER, 90_000, "ntp", 40 * HOUR)
    terminal.check_in(wall_ms=noon_ms - 3 * HOUR, clock=holdover)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR, clock=holdover)
    session()
    hear()
    entry = LedgerEntry.objects.get()
    assert approve_clean_lines(ended_fair, reviewer()).refused == ((entry.pk, ReviewRefusal.BLOCKING_FLAG),)
    assert approve([entry.pk], reviewer()).decided == (entry.pk,)


@pytest.fixture
def anchored_in_the_evening(terminal, reboot, noon_ms):
    """A whole day without any knowledge of the time, then one anchor."""
    reboot("c", noon_ms - HOUR)
    serve(terminal, noon_ms)
    terminal.log(ClockAnchor, noon_ms + 9 * HOUR, true_ms=noon_ms + 9 * HOUR, error_ms=40, source="ack")


def test_the_drift_of_the_rule_set_decides_how_far_an_anchor_reaches(
    anchored_in_the_evening, session, mei, fair, noon_ms, evening_ms, settings
):
    found = session()
    assert (found.in_s, found.t_s, proven(found)) == (noon_ms // 1000, 3 * 3600, [])
    loose = msgspec.structs.replace(settings.CENTRE.rules, clock_drift_ppm=5000, version=2)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, rules=loose)
    RuleVersion.objects.create(version=2, content={}, first_used_ms=0)
    settle_everything(evening_ms)
    found = Session.objects.get()
    # 5000 millionths of nine and of six hours, and the anchor's own error, each rounded up.
    assert proven(found) == [(162 + 1) + (108 + 1)]
    assert found.t_s == 3 * 3600 - 272


def test_an_anchor_that_arrives_after_the_approval_gives_an_adjustment(
    between, terminal, deliver, settle, mei, ended_fair, reviewer, entries, noon_ms
):
    between(anchor_ms=noon_ms + 4 * HOUR)
    anchor = len(terminal.events) - 1
    deliver(1, anchor - 1)
    deliver(anchor + 1)
    settle()
    due = reviewer(now_ms=noon_ms + 60 * 24 * HOUR, override="one event is still missing")
    approve([LedgerEntry.objects.get().pk], due)
    ((_, _, _, certain_s, _, _),) = entries()
    assert certain_s < 3 * 3600 - 1000
    deliver(anchor, anchor)
    settle()
    original, adjustment = entries()
    assert original == (1001, "original", 1, certain_s, "approved", None)
    assert adjustment == (1001, "adjustment", 1, 3 * 3600 - certain_s, "pending", "LATE_EVENT")
