"""What stands against an entry because people rejected earlier results of its line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.ledger import AdjustmentReason, EntryState, apply_revision, approved_totals, revise
from settlement.rules.rejection import refused_in
from settlement.rules.review import Decision, ReviewRefusal, approve_clean, reopen_each, review_each
from settlement.rules.settle import Line, LineKey
from tests.settlement.rules.refusals import Steps
from tests.settlement.rules.scenarios import on_days

KEY = LineKey("V1", "A1", date(2026, 3, 7))


class Ledger:
    """Entries of one line that computations and people change in turn."""

    def __init__(self, *computed):
        self.entries = ()
        for t_s in computed:
            self.computed(t_s)

    def computed(self, t_s, hands=()):
        lines = [Line(KEY, t_s, (), frozenset(hands))]
        revision = revise(self.entries, lines, AdjustmentReason.LATE_EVENT)
        self.entries = apply_revision(self.entries, revision)
        return self

    def approved(self, by="other", note="she was seen"):
        return self._decided(review_each(self.entries, Decision.APPROVE, by, note))

    def rejected(self, by="strict"):
        return self._decided(review_each(self.entries, Decision.REJECT, by))

    def reopened(self, by="other"):
        return self._decided(reopen_each(self.entries, by))

    def _decided(self, reviewed):
        assert not reviewed.refused, reviewed.refused
        self.entries = reviewed.entries
        return self

    @property
    def against(self):
        return refused_in(self.entries)[KEY]

    def refusal(self, by="other", note=""):
        """Why this person may not approve what waits, or None."""
        refused = review_each(self.entries, Decision.APPROVE, by, note).refused
        return refused[0][1] if refused else None

    def bulk(self, by="other"):
        return [why for _, why in approve_clean(self.entries, by).refused]


def rejected_and_computed(rejected=7200, then=9000):
    return Ledger(rejected).rejected().computed(then)


def test_nothing_stands_against_a_line_of_which_nothing_was_rejected():
    assert refused_in(Ledger(7200, 9000).entries) == {}
    assert Ledger(7200).bulk() == []


def test_a_new_revision_says_what_was_refused_by_whom_and_what_is_new_since():
    against = rejected_and_computed().against
    assert [one.entry.rev for one in against.rejections] == [1]
    assert (against.again_s, against.by, against.new_s) == (7200, {"strict"}, 1800)


def test_it_is_not_approved_in_bulk():
    assert rejected_and_computed().bulk() == [ReviewRefusal.REJECTED_BEFORE]


def test_who_refused_the_time_does_not_approve_it():
    assert rejected_and_computed().refusal("strict", "after all") is ReviewRefusal.OWN_REJECTION


def test_another_person_approves_it_with_a_reason():
    ledger = rejected_and_computed()
    assert ledger.refusal("other", "  ") is ReviewRefusal.REJECTED_BEFORE
    assert ledger.refusal("other", "seen by two") is None
    assert approved_totals(ledger.approved().entries) == {"V1": 9000}


def test_anybody_may_reject_it_again():
    ledger = rejected_and_computed().rejected("strict")
    assert [entry.state for entry in ledger.entries] == [EntryState.REJECTED] * 2


def test_an_adjustment_brings_back_what_was_refused_of_the_last_one():
    ledger = Ledger(3600).approved().computed(7200).rejected().computed(9000)
    assert (ledger.against.again_s, ledger.against.new_s) == (3600, 1800)
    assert ledger.bulk() == [ReviewRefusal.REJECTED_BEFORE]


def test_it_comes_back_as_well_after_time_was_taken_off_in_between():
    """4 h approved, a fifth refused, one taken off, two added: the fifth is among them."""
    ledger = (
        Ledger(14_400).approved().computed(18_000).rejected().computed(10_800).approved().computed(18_000)
    )
    assert (ledger.against.again_s, ledger.against.by) == (3600, {"strict"})
    assert ledger.bulk() == [ReviewRefusal.REJECTED_BEFORE]


def test_time_up_to_what_was_approved_before_is_nobodys_refusal():
    ledger = (
        Ledger(14_400).approved().computed(18_000).rejected().computed(10_800).approved().computed(14_400)
    )
    assert ledger.against.again_s == 0
    assert ledger.refusal("strict") is None


def test_an_approval_that_goes_past_a_refusal_ends_it():
    ledger = Ledger(3600).approved().computed(7200).rejected().computed(9000).approved().computed(9600)
    assert refused_in(ledger.entries) == {}


def test_one_that_goes_half_way_leaves_the_rest_refused():
    ledger = Ledger(3600).approved().computed(7200).rejected().computed(5400).approved().computed(7200)
    assert ledger.against.again_s == 1800


def test_taking_time_back_is_refused_in_the_same_way():
    ledger = Ledger(7200).approved().computed(3600).rejected().computed(1800)
    assert (ledger.against.again_s, ledger.against.new_s) == (3600, -1800)
    assert ledger.refusal("strict", "after all") is ReviewRefusal.OWN_REJECTION


def test_a_refusal_to_take_time_back_outlasts_an_approval_of_more():
    ledger = Ledger(7200).approved().computed(3600).rejected().computed(9000).approved().computed(1800)
    assert (ledger.against.again_s, ledger.against.by) == (3600, {"strict"})


def test_one_that_takes_half_of_it_back_leaves_the_rest_refused():
    ledger = Ledger(7200).approved().computed(3600).rejected().computed(5400).approved().computed(3600)
    assert (ledger.against.again_s, ledger.against.by) == (1800, {"strict"})


def test_adding_time_brings_no_refusal_to_take_some_back():
    ledger = Ledger(7200).approved().computed(3600).rejected().computed(9000)
    assert ledger.against.again_s == 0
    assert ledger.bulk() == [ReviewRefusal.REJECTED_BEFORE]
    assert ledger.refusal("strict") is None


def test_nothing_is_brought_back_of_a_line_of_no_seconds():
    ledger = rejected_and_computed(0, 7200)
    assert ledger.bulk() == [ReviewRefusal.REJECTED_BEFORE]
    assert ledger.refusal("strict") is None


def test_each_who_refused_a_part_is_kept_from_approving_it():
    ledger = Ledger(7200).rejected("one").computed(9000).rejected("two").computed(9600)
    assert ledger.against.by == {"one", "two"}
    assert (ledger.against.again_s, ledger.against.new_s) == (9000, 600)


def test_a_reopened_result_waits_for_a_decision_of_its_own_by_anybody():
    ledger = Ledger(7200).rejected().reopened().computed(7200)
    assert ledger.against.again_s == 0
    assert ledger.bulk() == [ReviewRefusal.REJECTED_BEFORE]
    assert ledger.refusal("strict") is None


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("strict", ReviewRefusal.OWN_REJECTION),
        ("V1", ReviewRefusal.SELF_REVIEW),
        ("hand", ReviewRefusal.FOUR_EYES),
    ],
)
def test_who_rejected_it_is_it_or_made_it_reopens_nothing(by, why):
    ledger = Ledger().computed(7200, ["hand"]).rejected()
    reviewed = reopen_each(ledger.entries, by)
    assert [found for _, found in reviewed.refused] == [why]
    assert reviewed.entries == ledger.entries


def test_only_what_stands_is_reopened():
    ledger = Ledger(3600).approved().computed(7200).rejected().computed(9000).approved().reopened()
    assert not any(entry.reopened for entry in ledger.entries)


PEOPLE = st.sampled_from(["A", "B", "C"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("computed"), st.integers(0, 4), st.just("")),
        st.tuples(st.just("approve"), PEOPLE, st.sampled_from(["", "seen"])),
        st.tuples(st.just("bulk"), PEOPLE, st.just("")),
        st.tuples(st.just("reject"), PEOPLE, st.just("")),
        st.tuples(st.just("reopen"), PEOPLE, st.just("")),
    ),
    max_size=16,
)


@on_days(1500)
@given(STEPS)
def test_no_hour_is_approved_that_somebody_refused_and_nobody_else_let_count(steps):
    ledger, model, t_s = Ledger(), Steps(), None
    for step, by, note in steps:
        if step == "computed":
            t_s = by * 3600
        if t_s is None:
            continue
        waits = next((entry for entry in ledger.entries if entry.state is EntryState.PENDING), None)
        to = model.approved + (waits.delta_s // 3600 if waits else 0)
        if step == "approve":
            ledger.entries = review_each(ledger.entries, Decision.APPROVE, by, note).entries
            if waits and model.may_approve(to, by, note):
                model.approve(to)
        elif step == "bulk":
            ledger.entries = approve_clean(ledger.entries, by).entries
            after = approved_totals(ledger.entries).get("V1", 0) // 3600
            if after != model.approved:
                assert not set().union(*model.refusers(after))
                model.approve(after)
        elif step == "reject" and waits:
            ledger.entries = review_each(ledger.entries, Decision.REJECT, by).entries
            model.reject(to, by)
        elif step == "reopen":
            reviewed = reopen_each(ledger.entries, by)
            ledger.entries = reviewed.entries
            if model.may_reopen(by) and not reviewed.refused:
                model.up, model.down = {}, {}
        ledger.computed(t_s)
        assert approved_totals(ledger.entries).get("V1", 0) == model.approved * 3600
