"""How closely a time is known, and who measured it: told wherever a clock was repaired or is uncertain."""

import msgspec
import pytest

from foundation.languages import LANGUAGES
from foundation.words import Words
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.ingest.ingest import ingest
from settlement.models import LedgerEntry, Session
from settlement.review.decide import approve
from sync.contract.events import ClockAnchor, ClockState, ClockTrust

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
MINUTE = 60_000
UNSET = ClockTrust(ClockState.UNSET)
HOLDOVER = ClockTrust(ClockState.HOLDOVER, 90_000, "ntp", 40 * HOUR)
REPAIRED = (
    "Check-in at 2026-03-07 12:00:00",
    "own clock said 2026-03-07 11:00:00",
    "corrected from its evidence to 2026-03-07 12:00:00, give or take 2 s.",
    "Measured last before it: 2026-03-07 11:00:00, give or take 30 s, by network time (NTP).",
    "Measured next after it: 2026-03-07 21:00:00, give or take 1 s, by the centre's answer to the terminal.",
)


@pytest.fixture
def line(mei):
    def _line(language="en"):
        (found,) = explain_lines(mei.number, "fair", Teller(Words(language), "Asia/Shanghai"))
        return found

    return _line


@pytest.fixture
def told(line):
    def _told(language="en"):
        return tell_line(line(language), Teller(Words(language), "Asia/Shanghai"))

    return _told


@pytest.fixture
def clock_of(terminal):
    """The terminal starts again; its clock then says what it says, and is trusted like that."""
    proper = terminal.common

    def _clock_of(boot, wrong_ms=0, clock=UNSET):
        terminal.boot = boot * 32

        def common(wall_ms, _given):
            true = proper(wall_ms, clock)
            return {**true, "wall_ms": wall_ms + wrong_ms, "boot": terminal.boot}

        terminal.common = common

    return _clock_of


@pytest.fixture
def repaired(mei, ended_fair, terminal, clock_of, deliver, settle, noon_ms):
    """An hour slow all day; network time said so loosely at eleven, the centre closely at nine."""
    clock_of("c", -HOUR)
    anchor(terminal, noon_ms - HOUR, 30_000, "ntp")
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 5 * HOUR)
    anchor(terminal, noon_ms + 9 * HOUR, 40, "ack")
    deliver()
    settle()


def anchor(terminal, true_ms, error_ms, source):
    terminal.log(ClockAnchor, true_ms, true_ms=true_ms, error_ms=error_ms, source=source)


def time_of(end):
    time = msgspec.to_builtins(end)["time"]
    return {name: time[name] for name in ("basis", "corrected_ms", "error_ms", "after", "before")}


def test_a_repaired_time_tells_its_bound_and_what_it_lies_between(repaired, told):
    sentences = "\n".join(told())
    assert [part for part in REPAIRED if part not in sentences] == []


def test_programs_read_the_same_in_milliseconds(repaired, line, noon_ms):
    (stay,) = line().sessions
    ntp = {"source": "ntp", "at_ms": noon_ms - HOUR, "error_ms": 30_000}
    ack = {"source": "ack", "at_ms": noon_ms + 9 * HOUR, "error_ms": 40}
    # 50 millionths of nine and of four hours, and what the centre's answer itself may be off.
    came = {"basis": "repaired", "corrected_ms": noon_ms, "error_ms": 1660, "after": ntp, "before": ack}
    assert time_of(stay.came) == came
    assert time_of(stay.left) == {**came, "corrected_ms": noon_ms + 5 * HOUR, "error_ms": 760}
    assert (stay.came.wall_ms, stay.came.time.wall_ms) == (noon_ms - HOUR, noon_ms - HOUR)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_it(repaired, told, language):
    sentences = told(language)
    place = next(at for at, text in enumerate(sentences) if "12:00:00" in text)
    clock, after, before = sentences[place + 1 : place + 4]
    assert "11:00:00" in clock
    assert "12:00:00" in clock
    assert "2" in clock.rpartition("12:00:00")[2]
    assert "11:00:00" in after
    assert "30" in after
    assert "NTP" in after
    assert "21:00:00" in before
    assert not {text for text in (clock, after, before) if "{" in text}
    assert language == "en" or not {clock, after, before} & set(told("en"))


def test_a_clock_that_ran_on_alone_says_how_far_it_may_be_off(
    ended_fair, terminal, clock_of, deliver, settle, told, line, noon_ms
):
    clock_of("c", clock=HOLDOVER)
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR)
    deliver()
    settle()
    sentences = "\n".join(told())
    assert "own clock said 2026-03-07 12:00:00, right to within 1 min 30 s by its own account." in sentences
    assert "That clock was set by network time (NTP), at most 40 h before." in sentences
    assert line().sessions[0].came.time.error_ms == 90_000


def test_a_bound_that_costs_nothing_is_told_all_the_same(
    ended_fair, terminal, clock_of, deliver, settle, told, noon_ms
):
    clock_of("c", clock=ClockTrust(ClockState.HOLDOVER, 7_300, "ack", 20 * HOUR))
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR)
    deliver()
    settle()
    assert sum("right to within 8 s by its own account" in sentence for sentence in told()) == 2
    assert not any("CLOCK_UNKNOWN" in row.flags for row in Session.objects.all())


def test_a_clock_that_is_right_to_the_second_needs_no_word(mei, ended_fair, serve, told, line):
    serve()
    assert not any("clock" in sentence for sentence in told())
    assert line().sessions[0].came.time.error_ms == 5


def test_a_doubtful_clock_that_its_evidence_bears_out_is_told_with_its_bound(
    ended_fair, terminal, clock_of, deliver, settle, told, noon_ms
):
    clock_of("c", clock=ClockTrust(ClockState.RTC))
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR)
    anchor(terminal, noon_ms + 4 * HOUR, 40, "ack")
    deliver()
    settle()
    sentences = "\n".join(told())
    assert "own clock said 2026-03-07 12:00:00; nothing vouched for it" in sentences
    assert "its evidence bears it out, give or take 1 s." in sentences
    assert "Measured next after it: 2026-03-07 16:00:00" in sentences
    assert "Measured last before it" not in sentences


def test_between_two_boots_their_last_and_first_measurement_are_told(
    ended_fair, terminal, clock_of, deliver, settle, told, line, noon_ms
):
    clock_of("c", clock=ClockTrust(ClockState.SYNCED, 5, "ntp", 0))
    terminal.check_in("badge:4711.1", wall_ms=noon_ms - 20 * MINUTE)
    clock_of("d", -30 * 24 * HOUR)
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + 3 * HOUR)
    clock_of("e", clock=ClockTrust(ClockState.SYNCED, 5, "ntp", 0))
    terminal.check_in("badge:4711.1", wall_ms=noon_ms + 3 * HOUR + 10 * MINUTE)
    deliver()
    settle()
    sentences = "\n".join(told())
    assert (
        "Measured last before it: 2026-03-07 11:40:00, give or take 1 s, by network time (NTP)." in sentences
    )
    assert (
        "Measured next after it: 2026-03-07 15:10:00, give or take 1 s, by network time (NTP)." in sentences
    )
    (stay,) = line().sessions
    assert stay.came.time.corrected_ms // 1000 == stay.in_s
    assert abs(stay.came.time.corrected_ms - noon_ms) <= stay.came.time.error_ms


def test_what_only_its_arrival_bounds_says_so(
    ended_fair, terminal, clock_of, deliver, settle, told, line, noon_ms
):
    clock_of("d", -30 * 24 * HOUR)
    terminal.check_in(wall_ms=noon_ms + HOUR)
    terminal.check_out(wall_ms=noon_ms + 4 * HOUR)
    deliver(received_ms=noon_ms + 5 * HOUR)
    settle()
    arrived = "Measured next after it: 2026-03-07 17:00:00, give or take 0 s, by the centre"
    assert sum(arrived in sentence for sentence in told()) == 2
    time = line().sessions[0].came.time
    assert (time.after.source, time.before.source) == ("ntp", "receipt")


def test_what_nothing_bounds_says_so(paper_terminal, site, centre, ended_fair, settle, told, noon_ms):
    lonely = paper_terminal()
    lonely.enrol(site)
    rtc = ClockTrust(ClockState.RTC)
    lonely.check_in(wall_ms=noon_ms, clock=rtc)
    lonely.check_out(wall_ms=noon_ms + HOUR, clock=rtc)
    ingest(lonely.batch_topic, lonely.batch(), noon_ms + 10 * HOUR, centre=centre)
    settle()
    said = "own clock said 2026-03-07 12:00:00; nothing that was measured says how far"
    assert any(said in sentence for sentence in told())


def test_a_scan_that_did_not_count_tells_it_too(
    ended_fair, terminal, clock_of, deliver, settle, told, noon_ms
):
    clock_of("c", clock=HOLDOVER)
    terminal.check_in(wall_ms=noon_ms + 7 * HOUR)
    deliver()
    settle()
    held, clock, _ = told()[2:5]
    assert "19:00:00" in held
    assert "right to within 1 min 30 s" in clock


def test_what_was_approved_stays_as_it_was_booked(
    ended_fair, repaired, terminal, deliver, settle, reviewer, line, noon_ms
):
    """A better anchor comes afterwards: the entry keeps its stay, and only today's is told anew."""
    entry = LedgerEntry.objects.get()
    approve([entry.pk], reviewer(now_ms=noon_ms + 60 * 24 * HOUR, override="the terminal is broken"))
    kept = (entry.sessions, entry.delta_s, entry.flags)
    anchor(terminal, noon_ms + 5 * HOUR, 10, "ntp")
    deliver(len(terminal.events))
    settle()
    entry.refresh_from_db()
    assert (entry.sessions, entry.delta_s, entry.flags) == kept
    assert line().sessions[0].left.time.error_ms == 10
