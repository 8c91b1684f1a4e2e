"""Evidence, corrections, decisions and objections in any order, against the obvious model of refusals."""

import datetime as dt

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from foundation.errors import RulesError
from settlement.evidence.attribution import mark_unsettled
from settlement.ingest.ingest import ingest
from settlement.ledger.entries import booked_sessions
from settlement.ledger.totals import approved_seconds
from settlement.models import (
    Activity,
    Event,
    LedgerEntry,
    Line,
    ManualRecord,
    PhaseChange,
    Reopening,
    Review,
    RuleVersion,
    Shift,
    Site,
    Volunteer,
)
from settlement.records.disputes import (
    Correction,
    DisputeOutcome,
    DisputeResolution,
    answer_dispute,
    raise_dispute,
)
from settlement.records.manual_records import ManualTime, confirm_manual_record, enter_manual_record
from settlement.review.decide import Reviewer, approve, approve_clean_lines, reject
from settlement.review.reopen import reopen
from settlement.rule_book import put_in_force
from settlement.rules.by_date import RulesByDate
from settlement.rules.evidence import Direction
from settlement.settling.computation import compute
from settlement.settling.full_check import check_everything
from settlement.settling.rule_changes import apply_rules
from settlement.settling.settler import settle_dirty
from tests.settlement.actors import actor
from tests.settlement.rules.refusals import Steps

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
UNIT_S = 1800
DAY, ONE = dt.date(2026, 3, 7), dt.timedelta(days=1)
CAPS = (UNIT_S, 2 * UNIT_S, 16 * UNIT_S)
WHO = st.sampled_from(["Ann", "Bo", "Cy"])
SLOT = st.integers(-3, 4)


class Decisions(RuleBasedStateMachine):
    """One line of one volunteer; each example has a person, an activity and a terminal of its own."""

    world = None
    examples = 0
    caps_said = ()

    @initialize()
    def begin(self):
        type(self).examples += 1
        number, noon_ms = type(self).examples, self.world["noon_ms"]
        self.steps, self.scanned, self.now_ms = Steps(), set(), self.world["evening_ms"]
        self.mei = Volunteer.objects.create(number=1000 + number, display_name="Mei")
        site = Site.objects.create(code=f"site{number}", name="Gate", zone="Asia/Shanghai")
        self.fair = Activity.objects.create(id=f"fair{number}", site=site, title="Lantern fair")
        PhaseChange.objects.create(activity=self.fair, phase="executing", from_ms=noon_ms - 12 * HOUR)
        PhaseChange.objects.create(activity=self.fair, phase="ended", from_ms=noon_ms + 6 * HOUR)
        Shift.objects.create(activity=self.fair, start_ms=noon_ms - 3 * HOUR, end_ms=noon_ms + 5 * HOUR)
        self.terminal = self.world["paper_terminal"](f"gate-{number}")
        self.terminal.enrol(site)
        self.terminal.start()
        self.scan(0)

    # What becomes known.

    @rule(slot=SLOT)
    def scan(self, slot):
        """Half an hour of service that a terminal measured."""
        if slot in self.scanned:
            return
        self.scanned.add(slot)
        came_ms, badge = self.world["noon_ms"] + slot * HOUR, f"badge:{self.mei.number}.1"
        self.terminal.check_in(badge, activity=self.fair.id, wall_ms=came_ms)
        self.terminal.check_out(badge, activity=self.fair.id, wall_ms=came_ms + HOUR // 2)
        topics = self.terminal
        ingest(topics.batch_topic, topics.batch(), self.now_ms, centre=self.world["centre"])
        ingest(topics.hello_topic, topics.hello(), self.now_ms, centre=self.world["centre"])
        self.settle()

    @rule(slot=SLOT)
    def correct(self, slot):
        """Two people write down that she left half an hour later than the terminal says."""
        name = self.check_out_of(slot)
        if name is None:
            return
        at_ms = self.world["noon_ms"] + slot * HOUR + HOUR
        time = ManualTime(self.mei.number, self.fair.id, Direction.OUT, at_ms, "seen", (name,))
        try:
            record = enter_manual_record(time, actor("Dan"), self.tick())
        except RulesError:  # it is replaced already
            return
        confirm_manual_record(record.pk, actor("Eve"), self.tick())
        self.settle()

    @rule(end=st.integers(-2, 5))
    def move_the_shift(self, end):
        Shift.objects.filter(activity=self.fair).update(end_ms=self.world["noon_ms"] + end * HOUR)
        mark_unsettled([self.mei.number], self.tick(), master_data=True)
        self.settle()

    @rule(since=st.sampled_from([DAY - ONE, DAY, DAY + ONE]), cap=st.sampled_from(CAPS))
    def put_other_rules_in_force(self, since, cap):
        """What was said last of a date holds on it: for everybody of the examples before as well."""
        said, line, entries = type(self).caps_said, self.line_s(), list(self.entries().values_list("pk"))
        said.append((since, cap))
        rules = replace(self.world["rules"], version=1 + len(said), daily_cap_s=cap)
        apply_rules(rules, since, actor("Gus"), "the board decided", self.tick())
        self.settle()
        if since > DAY:
            assert self.line_s() == line
        if self.line_s() == line:
            assert list(self.entries().values_list("pk")) == entries
        assert self.line_s() == min(self.uncapped_s(), self.cap_s())

    # What people decide.

    @precondition(lambda self: self.waiting())
    @rule(who=WHO, note=st.sampled_from(["", "seen"]))
    def approve(self, who, note):
        waits = self.waiting()
        to = self.after(waits)
        done = approve([waits.pk], Reviewer(actor(who), self.tick(), note))
        assert bool(done.decided) == self.steps.may_approve(to, who, note)
        if done.decided:
            self.steps.approve(to)

    @precondition(lambda self: self.waiting())
    @rule(who=WHO)
    def approve_in_bulk(self, who):
        waits = self.waiting()
        done = approve_clean_lines(self.fair, Reviewer(actor(who), self.tick()))
        if done.decided:
            to = self.after(waits)
            assert not set().union(*self.steps.refusers(to))
            self.steps.approve(to)

    @precondition(lambda self: self.waiting())
    @rule(who=WHO)
    def reject(self, who):
        waits = self.waiting()
        assert reject([waits.pk], Reviewer(actor(who), self.tick(), "no")).decided
        self.steps.reject(self.after(waits), who)

    @precondition(lambda self: self.entries().filter(review__state="rejected").exists())
    @rule(who=WHO)
    def reopen(self, who):
        for entry in self.entries().filter(review__state="rejected").order_by("-pk"):
            try:
                reopen(entry.pk, by=actor(who), reason="seen", now_ms=self.tick())
            except RulesError:
                continue
            assert self.steps.may_reopen(who)
            self.steps.up, self.steps.down = {}, {}
        self.settle()

    @rule(who=WHO, is_upheld=st.booleans(), corrects=st.booleans())
    def object(self, who, is_upheld, corrects):
        says = {"by": actor(str(self.mei.number)), "now_ms": self.tick()}
        dispute = raise_dispute(self.mei, self.fair, DAY, "I stayed longer", **says)
        at_ms = self.world["noon_ms"] + 4 * HOUR
        outcome = DisputeOutcome.UPHELD if is_upheld else DisputeOutcome.REJECTED
        times = (Correction(Direction.OUT, at_ms),) if is_upheld and corrects else ()
        answer = DisputeResolution(outcome, "we looked", times)
        refused = DisputeResolution(DisputeOutcome.REJECTED, "no")
        try:
            done = answer_dispute(dispute.pk, answer, by=actor(who), now_ms=self.tick())
        except RulesError:
            answer_dispute(dispute.pk, refused, by=actor("Fay"), now_ms=self.tick())
            return
        if done.reopened:
            assert is_upheld
            assert self.steps.may_reopen(who)
            self.steps.up, self.steps.down = {}, {}
        self.settle()

    # What holds whatever happens.

    @invariant()
    def only_what_the_model_approved_counts(self):
        assert approved_seconds(self.mei.number) == self.steps.approved * UNIT_S

    @invariant()
    def every_approved_second_has_an_actor_and_evidence(self):
        for entry in self.entries().filter(review__state="approved").select_related("review"):
            assert entry.review.by
            held = booked_sessions(entry)
            assert entry.delta_s <= 0 or held
            for name in {one.in_event or one.out_event for one in held}:
                *_, number = name.split("/")
                kept = ManualRecord.objects if name.startswith("manual/") else Event.objects
                field = {"pk": number} if name.startswith("manual/") else {"seq": number}
                assert kept.filter(**field).exists()
        assert not Reopening.objects.filter(by="").exists()

    @invariant()
    def no_day_is_longer_than_the_rules_of_its_date_let_it_be(self):
        assert self.line_s() <= self.cap_s()

    # Helpers.

    def tick(self):
        self.now_ms += 1000
        return self.now_ms

    def settle(self):
        settle_dirty(self.tick())

    def entries(self):
        return LedgerEntry.objects.filter(volunteer=self.mei)

    def waiting(self):
        return self.entries().filter(review=None).first()

    def after(self, entry):
        """The units that the line has once the entry is approved."""
        return self.steps.approved + entry.delta_s // UNIT_S

    def line_s(self):
        return Line.objects.filter(volunteer=self.mei).aggregate(t_s=Sum("t_s"))["t_s"] or 0

    def cap_s(self):
        """What was said last of a date up to the day's own."""
        own = [cap for since, cap in type(self).caps_said if since <= DAY]
        return own[-1] if own else self.world["rules"].daily_cap_s

    def uncapped_s(self):
        uncapped = RulesByDate(replace(self.world["rules"], daily_cap_s=None))
        result = compute([self.mei.number], uncapped, self.now_ms).results[self.mei.number]
        return sum(line.t_s for line in result.lines)

    def check_out_of(self, slot):
        at_ms = self.world["noon_ms"] + slot * HOUR + HOUR // 2
        mine = Event.objects.filter(volunteer=self.mei, kind="check_out", wall_ms=at_ms)
        found = mine.select_related("chain").first()
        return None if found is None else f"{found.chain}/{found.seq}"


@pytest.mark.timeout(600)
def test_no_second_counts_that_somebody_refused_and_nobody_let_count(
    paper_terminal, rules, centre, noon_ms, evening_ms
):
    Decisions.world = {
        "paper_terminal": paper_terminal, "centre": centre, "noon_ms": noon_ms, "evening_ms": evening_ms,
        "rules": rules,
    }  # fmt: skip
    Decisions.examples, Decisions.caps_said = 0, []
    put_in_force(RuleVersion.objects.get(), None, "", "", 0)
    fine = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Decisions,
        settings=settings(
            max_examples=40,
            phases=[Phase.generate],  # to shrink takes minutes, and twenty steps can be read
            stateful_step_count=24,
            deadline=None,
            derandomize=True,
            suppress_health_check=fine,
        ),
    )
    told = []
    assert "no difference" in str(check_everything(evening_ms + HOUR, told.append)), told
    assert Review.objects.filter(state="approved", note="seen").exists()
    assert Reopening.objects.exists()
