"""Why a line counts what it counts: read from what is stored, and told in words."""

import functools
import json

import pytest

from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.rules_document import rules_document, tell_rules
from settlement.explain.sentences import Teller
from settlement.models import LedgerEntry, PhaseChange, Shift, Unsettled
from settlement.recognition.ratings import RaterRole, rate
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.review.decide import approve, approve_clean_lines, reject
from settlement.review.reopen import reopen
from settlement.rules.evidence import Direction
from tests.settlement.actors import actor
from tests.settlement.own_centre import ACCOUNT, ONE_HOUR

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


@pytest.fixture
def explain():
    def _explain(volunteer=1001, activity="fair", day=None, language="en"):
        teller = Teller(Words(language), "Asia/Shanghai")
        return explain_lines(volunteer, activity, teller, day)

    return _explain


@pytest.fixture
def told(explain):
    """The only line, in words."""

    def _told(language="en"):
        (line,) = explain(language=language)
        return tell_line(line, Teller(Words(language), "Asia/Shanghai"))

    return _told


@pytest.fixture
def adjusted(mei, ended_fair, serve, reviewer):
    """A morning that was approved, and an afternoon that arrived afterwards and waits."""
    serve(-4, 1)
    approve_clean_lines(ended_fair, reviewer())
    serve(2, 5)


def test_it_shows_evidence_sessions_rules_ledger_and_what_it_earns(adjusted, explain, terminal):
    (line,) = explain()
    assert (line.t_s, line.hours, line.approved_s, line.waiting_s) == (7 * 3600, "7.00", 4 * 3600, 3 * 3600)
    first, second = line.sessions
    assert first.came.source == f"north-gate/{terminal.epoch}/2"
    assert (first.came.method, first.raw_s, first.t_s) == ("badge", 5 * 3600, 4 * 3600)
    assert [(step.rule, step.seconds) for step in first.steps] == [("", 18000), ("S7", -3600), ("", 14400)]
    assert second.t_s == 3 * 3600
    original, adjustment = line.entries
    assert (original.delta_s, original.state, original.review.by) == (4 * 3600, "approved", "staff1")
    assert (adjustment.delta_s, adjustment.reason, adjustment.review) == (3 * 3600, "LATE_EVENT", None)
    assert (line.effect.points, line.effect.value.v_s) == (2, 4 * 3600)


def test_it_says_the_rule_that_cut_and_by_how_much(adjusted, told):
    sentences = "\n".join(told())
    assert "Mei (1001), Lantern fair, 2026-03-07" in sentences
    assert "Check-in at 2026-03-07 08:00:00: badge" in sentences
    assert "S7 Time before 09:00:00 is before the shift: −1 h" in sentences
    assert "Came before the shift began" in sentences
    assert "comes to 7 h, shown as 7.00 hours" in sentences
    assert "Decided by staff1 at 2026-03-07 23:00:00." in sentences
    assert "A record arrived after the decision." in sentences
    assert "Approved so far: 4 h; waiting for a reviewer: 3 h." in sentences
    assert "Points of this line: 2; 2 once everything is approved." in sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_every_language_without_a_gap(language, adjusted, told):
    sentences = told(language)
    assert not [text for text in sentences if "{" in text or "???" in text]
    english = set(told("en"))
    assert language == "en" or not english & set(sentences)


def test_it_names_who_entered_and_confirmed_a_time_by_hand(mei, ended_fair, serve, settle, noon_ms, told):
    serve(-3, None)
    left = ManualTime(1001, "fair", Direction.OUT, noon_ms + HOUR, "reader broken")
    record = enter_manual_record(left, actor("staff1"), noon_ms + 2 * HOUR)
    confirm_manual_record(record.pk, actor("staff2"), noon_ms + 3 * HOUR)
    settle()
    assert f"entered by hand by staff1, confirmed by staff2: reader broken (manual/{record.pk})" in "\n".join(
        told()
    )


def test_it_lists_scans_that_did_not_count(mei, ended_fair, serve, terminal, noon_ms, told):
    serve()
    serve(7, None)
    assert any("Held: the activity was not running at that time." in sentence for sentence in told())


def test_it_explains_a_day_on_which_nothing_counted(mei, ended_fair, serve, explain, told):
    serve(7, 8)
    (line,) = explain()
    assert (line.sessions, line.entries, line.state) == ([], [], None)
    assert len(line.uncounted) == 2
    assert any("was not running" in sentence for sentence in told())


def test_a_scan_from_beyond_any_calendar_is_told_at_its_end(
    mei, ended_fair, terminal, deliver, settle, explain
):
    terminal.check_in(wall_ms=2**53)
    deliver()
    settle()
    (line,) = explain()
    assert (str(line.local_date), line.uncounted[0].outcome) == ("9999-12-30", "held:FUTURE_TIME")
    assert "9007199254740" in "".join(tell_line(line, Teller(Words("ar"), "Asia/Shanghai")))


def test_it_tells_of_the_clock_that_was_corrected(mei, ended_fair, terminal, deliver, settle, noon_ms, told):
    from sync.contract.events import ClockAnchor, ClockState, ClockTrust

    slow = terminal.common
    terminal.common = lambda wall_ms, clock: {
        **slow(wall_ms, clock), "wall_ms": wall_ms - HOUR, "clock": ClockTrust(ClockState.UNSET)
    }  # fmt: skip
    terminal.boot = "c" * 32
    terminal.check_in(wall_ms=noon_ms)
    terminal.check_out(wall_ms=noon_ms + HOUR)
    terminal.log(ClockAnchor, noon_ms + HOUR, true_ms=noon_ms + HOUR, error_ms=40, source="ack")
    deliver()
    settle()
    assert any("own clock said 2026-03-07 11:00:00" in sentence for sentence in told())


def test_a_rejection_and_its_note_are_told(mei, ended_fair, serve, reviewer, told):
    serve()
    reject([LedgerEntry.objects.get().pk], reviewer(note="nobody saw her"))
    sentences = "\n".join(told())
    assert "this line is rejected" in sentences
    assert "Note: nobody saw her" in sentences


def test_a_reason_to_decide_without_all_evidence_is_told(
    mei, ended_fair, serve, terminal, hear, reviewer, noon_ms, evening_ms, told
):
    serve()
    terminal.check_in("badge:1002.1", wall_ms=noon_ms)
    hear()
    late = reviewer(now_ms=evening_ms + 30 * 24 * HOUR, override="the card burnt")
    approve([LedgerEntry.objects.get().pk], late)
    assert any("before all evidence had arrived: the card burnt" in sentence for sentence in told())


def test_it_weighs_the_approved_time(mei, ended_fair, serve, reviewer, noon_ms, told, wei):
    serve()
    approve_clean_lines(ended_fair, reviewer())
    rate(mei, ended_fair, RaterRole.LEADER, 1200, by=actor("staff1"), now_ms=noon_ms)
    assert any("9.60 hours, from 8 h weighed by duty 1.000 and effect 1.200" in text for text in told())


def test_it_tells_the_star_that_a_line_brings(mei, ended_fair, serve, credit, explain, noon_ms):
    serve()
    credit(mei, 30 * 3600 - 8 * 3600, "2026-03-01")
    line = explain()[-1]
    assert (line.effect.stars_without, line.effect.stars, line.effect.stars_after) == (0, 0, 1)


def test_it_says_that_new_records_wait(adjusted, told):
    Unsettled.objects.create(volunteer_id=1001, mark="m", since_ms=0)
    assert any("wait to be computed" in sentence for sentence in told())


def test_a_line_that_vanished_keeps_its_history(adjusted, explain, settle, rules, evening_ms):
    from settlement.settling.settler import settle_everything

    PhaseChange.objects.filter(phase="executing").update(phase="recruiting")
    Shift.objects.all().delete()
    settle_everything(evening_ms)
    (line,) = explain()
    assert (line.t_s, line.sessions, line.approved_s, line.waiting_s) == (0, [], 4 * 3600, -4 * 3600)
    assert [entry.state for entry in line.entries] == ["approved", "superseded", "pending"]


def test_it_explains_one_day_of_several(mei, ended_fair, serve, credit, explain):
    serve()
    credit(mei, 3600, "2026-03-01")
    assert [str(line.local_date) for line in explain()] == ["2026-03-01", "2026-03-07"]
    (only,) = explain(day=explain()[0].local_date)
    assert str(only.local_date) == "2026-03-01"


@pytest.mark.parametrize(
    ("question", "code"),
    [({"volunteer": 7}, "UNKNOWN_VOLUNTEER"), ({"activity": "gone"}, "UNKNOWN_ACTIVITY"), ({}, "NO_LINE")],
)
def test_it_says_what_it_does_not_know(question, code, mei, fair, explain):
    with pytest.raises(RulesError) as refused:
        explain(**question)
    assert refused.value.code == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_ends_with_where_the_rules_stand_that_it_names(adjusted, explain, language):
    lines = explain(language=language)
    said = tell_rules(lines, Teller(Words(language), "Asia/Shanghai"))
    assert str(rules_document()) in said
    assert "/rules#s7" in said
    assert "/rules#s8" not in said


def test_rules_are_named_in_the_order_of_their_numbers(mei, ended_fair, serve, explain):
    serve(-4, -4 + 5 / 60)
    said = tell_rules(explain(), Teller(Words("en"), "Asia/Shanghai"))
    assert said.endswith("/rules#s7, /rules#s10")


def test_where_no_rule_did_anything_the_whole_document_is_named(mei, ended_fair, serve, explain):
    serve()
    assert tell_rules(explain(), Teller(Words("en"), "Asia/Shanghai")).endswith("at /rules")


def test_the_command_prints_words_or_json(own_centre):
    own_centre.run(ONE_HOUR)
    own_centre.run(ACCOUNT)
    command = functools.partial(own_centre.command, "rules", "explain")
    ours = ("--volunteer", "1001", "--activity", "fair")
    said = command(*ours, "--language", "zh-Hans")
    assert said.returncode == 0, said.stderr
    assert "签到 2026-03-07 12:00:00" in said.stdout
    *_, last = said.stdout.splitlines()
    assert str(rules_document()) in last
    assert last.endswith("/rules")
    (line,) = json.loads(command(*ours, "--json").stdout)
    assert (line["t_s"], line["sessions"][0]["steps"][-1]["text"]) == (3600, "Counts: 1 h")
    strange = command("--volunteer", "1001", "--activity", "gone")
    assert strange.returncode == 1
    assert "There is no activity 'gone'." in strange.stderr


@pytest.fixture
def rejected(mei, ended_fair, serve, reviewer):
    """Four hours that staff1 rejected, and an hour of another stay that came afterwards."""
    serve(-3, 1)
    reject([LedgerEntry.objects.get().pk], reviewer("staff1", note="was not there"))
    serve(2, 3)


def test_it_says_of_what_comes_after_a_rejection_who_rejected_why_and_what_is_new(rejected, told, explain):
    sentences = "\n".join(told())
    assert "An earlier result of this line was rejected by staff1: was not there" in sentences
    assert "Of what was refused then it brings back 4 h." in sentences
    assert "New since that rejection: 1 h." in sentences
    assert "A stay that was not there then: 14:00:00 to 15:00:00." in sentences
    assert "A record arrived after the decision." in sentences
    first, second = explain()[0].entries
    assert (first.rejected, second.rejected.by, second.rejected.note) == (None, "staff1", "was not there")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_so_in_every_language(language, rejected, told):
    sentences = [text for text in told(language) if "staff1" in text]
    assert len(sentences) == 2
    assert not [text for text in sentences if "{" in text]


def test_it_says_who_took_a_rejection_back(rejected, told, settle, evening_ms):
    reopen(
        LedgerEntry.objects.earliest("pk").pk,
        by=actor("staff2"),
        reason="seen at the gate",
        now_ms=evening_ms,
    )
    settle()
    sentences = "\n".join(told())
    assert "Its rejection was taken back by staff2 at 2026-03-07 23:00:00: seen at the gate" in sentences
    assert "Of what was refused then it brings back" not in sentences


def test_it_says_what_a_credential_that_was_used_twice_means(mei, ended_fair, serve, told):
    from settlement.models import Session

    serve()
    Session.objects.update(flags=["CREDENTIAL_USED_TWICE"])
    assert any("was used for another record as well" in sentence for sentence in told())


def test_it_says_what_a_time_counts_instead_of(mei, ended_fair, serve, settle, noon_ms, terminal, told):
    serve(-3, 1)
    event = f"{terminal.name}/{terminal.epoch}/3"
    left = ManualTime(1001, "fair", Direction.OUT, noon_ms + 2 * HOUR, "scanned for her friend", (event,))
    record = enter_manual_record(left, actor("staff1"), noon_ms + 2 * HOUR)
    confirm_manual_record(record.pk, actor("staff2"), noon_ms + 3 * HOUR)
    settle()
    sentences = "\n".join(told())
    assert f"It counts instead of {event}." in sentences
    assert f"{event} · A manual record that a second person confirmed counts instead of it." in sentences
