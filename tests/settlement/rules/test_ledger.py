from datetime import date

import pytest

from settlement.rules.flags import Flag
from settlement.rules.ledger import (
    AdjustmentReason,
    EntryKind,
    EntryState,
    LineState,
    Revision,
    apply_revision,
    approved_totals,
    line_state,
    revise,
)
from settlement.rules.review import Decision, reopen_each, review_each
from settlement.rules.settle import Line, LineKey

KEY = LineKey("V1", "A1", date(2026, 3, 7))
LATE, MASTER = AdjustmentReason.LATE_EVENT, AdjustmentReason.MASTER_DATA


class Ledger:
    """Entries that computations and reviewers change in turn."""

    def __init__(self):
        self.entries = ()

    def computed(self, t_s, *, reason=LATE, flags=(), hands=frozenset()):
        """The line comes out at `t_s`; None: it does not come out at all."""
        lines = [] if t_s is None else [Line(KEY, t_s, flags, frozenset(hands))]
        self.entries = apply_revision(self.entries, revise(self.entries, lines, reason))
        return self

    def approved(self, by="admin1", note=""):
        self.entries = review_each(self.entries, Decision.APPROVE, by, note).entries
        return self

    def rejected(self, by="admin1"):
        self.entries = review_each(self.entries, Decision.REJECT, by).entries
        return self

    def reopened(self, by="admin2"):
        self.entries = reopen_each(self.entries, by).entries
        return self

    @property
    def rows(self):
        return [(entry.kind.value, entry.rev, entry.delta_s, entry.state.value) for entry in self.entries]


def test_it_enters_a_line_as_pending():
    assert Ledger().computed(7200).rows == [("original", 1, 7200, "pending")]


def test_it_changes_nothing_when_the_result_is_the_same():
    assert Ledger().computed(7200).computed(7200).rows == [("original", 1, 7200, "pending")]


def test_it_revises_a_pending_line():
    assert Ledger().computed(7200).computed(9000).rows == [
        ("original", 1, 7200, "superseded"),
        ("original", 2, 9000, "pending"),
    ]


def test_whoever_is_still_there_has_nothing_to_be_decided_yet():
    assert Ledger().computed(0, flags=(Flag.OPEN,)).entries == ()
    served = Ledger().computed(3600, flags=(Flag.OPEN,))
    assert [entry.delta_s for entry in served.entries] == [3600], "the morning's hour is there to be decided"
    ledger = Ledger().computed(0, flags=(Flag.MISSING_OUT,)).computed(0, flags=(Flag.OPEN,))
    assert [entry.state.value for entry in ledger.entries] == ["superseded"], "it goes on after all"


def test_it_revises_a_pending_line_whose_flags_changed():
    ledger = Ledger().computed(0, flags=(Flag.MISSING_IN,)).computed(0, flags=(Flag.MISSING_OUT,))
    assert [entry.state.value for entry in ledger.entries] == ["superseded", "pending"]


def test_it_adjusts_an_approved_line():
    ledger = Ledger().computed(7200).approved().computed(9000)
    assert ledger.rows == [("original", 1, 7200, "approved"), ("adjustment", 1, 1800, "pending")]
    assert [entry.reason for entry in ledger.entries] == [None, LATE]


def test_it_supersedes_a_pending_adjustment_by_a_newer_one():
    ledger = Ledger().computed(7200).approved().computed(9000).computed(3600, reason=MASTER)
    assert ledger.rows[1:] == [("adjustment", 1, 1800, "superseded"), ("adjustment", 2, -3600, "pending")]
    assert ledger.entries[-1].reason is MASTER


def test_it_adjusts_from_the_sum_of_what_was_approved():
    ledger = Ledger().computed(7200).approved().computed(9000).approved().computed(10_000)
    assert ledger.rows[2] == ("adjustment", 2, 1000, "pending")


def test_it_enters_no_adjustment_of_nothing():
    ledger = Ledger().computed(7200).approved().computed(9000).computed(7200)
    assert ledger.rows == [("original", 1, 7200, "approved"), ("adjustment", 1, 1800, "superseded")]


def test_it_takes_back_what_was_approved_when_the_line_vanishes():
    ledger = Ledger().computed(7200).approved().computed(None, reason=MASTER)
    assert ledger.rows[1] == ("adjustment", 1, -7200, "pending")
    assert ledger.approved().rows[1][3] == "approved"
    assert approved_totals(ledger.entries) == {"V1": 0}
    assert ledger.computed(None).rows == ledger.rows


def test_it_leaves_nothing_to_decide_when_a_pending_line_vanishes():
    ledger = Ledger().computed(7200).computed(None)
    assert ledger.rows == [("original", 1, 7200, "superseded")]
    assert line_state(ledger.entries) is LineState.WITHDRAWN


def test_it_does_not_ask_again_what_was_rejected():
    rows = [("original", 1, 7200, "rejected")]
    assert Ledger().computed(7200).rejected().computed(7200).rows == rows


def test_it_revises_a_rejected_line_whose_result_is_new():
    assert Ledger().computed(7200).rejected().computed(9000).rows == [
        ("original", 1, 7200, "rejected"),
        ("original", 2, 9000, "pending"),
    ]


def test_what_comes_after_a_rejection_carries_its_reason():
    ledger = Ledger().computed(7200).rejected().computed(9000).computed(9600, reason=MASTER)
    assert [entry.reason for entry in ledger.entries] == [None, LATE, MASTER]


def test_a_revision_of_what_only_waited_carries_none():
    assert [entry.reason for entry in Ledger().computed(7200).computed(9000).entries] == [None, None]


def test_it_does_not_ask_again_what_was_rejected_before_another_result_was():
    ledger = Ledger().computed(7200).rejected().computed(9000).rejected("admin2").computed(7200)
    assert [entry.state.value for entry in ledger.entries] == ["rejected", "rejected"]


def test_a_rejection_that_is_reopened_is_asked_again_as_a_new_revision():
    ledger = Ledger().computed(7200).rejected().reopened().computed(7200)
    assert ledger.rows == [("original", 1, 7200, "rejected"), ("original", 2, 7200, "pending")]
    assert ledger.entries[-1].reason is AdjustmentReason.REOPENED
    assert ledger.computed(7200).rows == ledger.rows


def test_a_rejected_adjustment_is_reopened_likewise():
    ledger = Ledger().computed(7200).approved().computed(9000).rejected().reopened().computed(9000)
    assert ledger.rows[2] == ("adjustment", 2, 1800, "pending")
    assert ledger.entries[-1].reason is AdjustmentReason.REOPENED


def test_what_is_rejected_once_more_stays_rejected():
    ledger = Ledger().computed(7200).rejected().reopened().computed(7200).rejected("admin2").computed(7200)
    assert [entry.state.value for entry in ledger.entries] == ["rejected", "rejected"]


def test_it_returns_to_the_rejection_when_the_result_does():
    ledger = Ledger().computed(7200).rejected().computed(9000).computed(7200)
    assert ledger.rows == [("original", 1, 7200, "rejected"), ("original", 2, 9000, "superseded")]


def test_it_does_not_ask_again_for_a_rejected_adjustment():
    ledger = Ledger().computed(7200).approved().computed(9000).rejected().computed(9000)
    assert ledger.rows == [("original", 1, 7200, "approved"), ("adjustment", 1, 1800, "rejected")]


def test_it_asks_for_the_same_difference_again_once_the_base_has_changed():
    ledger = Ledger().computed(1000).approved().computed(2000).rejected().computed(3000)
    ledger.approved("admin2", "she was seen").computed(4000)
    assert ledger.rows[1:] == [
        ("adjustment", 1, 1000, "rejected"),
        ("adjustment", 2, 2000, "approved"),
        ("adjustment", 3, 1000, "pending"),
    ]


def test_it_never_alters_a_decided_entry():
    ledger = Ledger().computed(7200).approved()
    decided = ledger.entries[0]
    assert ledger.computed(9000).computed(100).computed(None).entries[0] == decided


def test_it_remembers_everybody_who_entered_a_time_of_the_line():
    ledger = Ledger().computed(7200, hands={"staff1"}).approved().computed(None)
    assert ledger.entries[-1].hands == {"staff1"}


def test_it_revises_a_pending_line_when_another_person_took_part():
    ledger = Ledger().computed(7200, hands={"staff1"}).computed(7200, hands={"staff1", "staff9"})
    assert [entry.state.value for entry in ledger.entries] == ["superseded", "pending"]


def test_it_lists_new_entries_by_key():
    lines = [Line(KEY._replace(activity=name), 60) for name in ("B1", "A2", "A1")]
    assert [entry.key.activity for entry in revise((), lines, LATE).added] == ["A1", "A2", "B1"]


def test_it_takes_entries_in_any_order():
    ledger = Ledger().computed(1000).approved().computed(2000).approved().computed(3000)
    assert revise(ledger.entries[::-1], [Line(KEY, 3000)], LATE) == Revision()


@pytest.mark.parametrize(
    ("ledger", "state"),
    [
        (Ledger().computed(1), LineState.PENDING),
        (Ledger().computed(1).approved(), LineState.APPROVED),
        (Ledger().computed(1).rejected(), LineState.REJECTED),
        (Ledger().computed(1).rejected().computed(2), LineState.PENDING),
        (Ledger().computed(1).approved().computed(2), LineState.APPROVED),
        (Ledger().computed(1).approved().computed(2).rejected(), LineState.APPROVED),
        (Ledger().computed(1).approved().computed(2).approved(), LineState.ADJUSTED),
        (Ledger().computed(1).computed(2), LineState.PENDING),
    ],
)
def test_it_derives_the_state_of_a_line(ledger, state):
    assert line_state(ledger.entries) is state


def test_it_counts_only_what_was_approved():
    ledger = Ledger().computed(7200).approved().computed(9000)
    assert approved_totals(ledger.entries) == {"V1": 7200}
    assert {entry.kind for entry in ledger.entries} == set(EntryKind)
    assert ledger.entries[1].state is EntryState.PENDING
