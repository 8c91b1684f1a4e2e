from datetime import date

import pytest

from foundation.errors import RulesError
from settlement.rules.flags import ALWAYS_BLOCKING, BLOCKING_FLAGS, Flag
from settlement.rules.ledger import Entry, EntryKind, EntryState
from settlement.rules.review import Decision, ReviewRefusal, approve_clean, review, review_each
from settlement.rules.settle import LineKey


def entry(volunteer="V1", **changes):
    key = LineKey(volunteer, "A1", date(2026, 3, 7))
    return Entry(**{"key": key, "kind": EntryKind.ORIGINAL, "rev": 1, "delta_s": 7200} | changes)


def test_it_approves_and_rejects():
    assert review(entry(), Decision.APPROVE, "admin1").state is EntryState.APPROVED
    assert review(entry(), Decision.REJECT, "admin1").state is EntryState.REJECTED


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize(
    ("given", "by", "code"),
    [
        (entry(), "V1", "SELF_REVIEW"),
        (entry(hands=frozenset({"staff1", "staff2"})), "staff2", "FOUR_EYES"),
        (entry(hands=frozenset({"V1"})), "V1", "SELF_REVIEW"),
        (entry(state=EntryState.APPROVED), "admin1", "NOT_PENDING"),
        (entry(state=EntryState.SUPERSEDED), "admin1", "NOT_PENDING"),
        (entry(state=EntryState.REJECTED), "V1", "NOT_PENDING"),
    ],
)
def test_it_refuses_who_must_not_decide(given, by, code, decision):
    with pytest.raises(RulesError) as refused:
        review(given, decision, by)
    assert refused.value.code == code
    assert refused.value.remedy


def test_it_decides_on_each_entry_by_itself():
    own, other, decided = entry("admin1"), entry("V2"), entry("V3", state=EntryState.REJECTED)
    reviewed = review_each([own, other, decided], Decision.APPROVE, "admin1")
    assert [one.state.value for one in reviewed.entries] == ["pending", "approved", "rejected"]
    assert reviewed.refused == ((own, ReviewRefusal.SELF_REVIEW),)


@pytest.mark.parametrize("flag", Flag)
def test_it_approves_in_bulk_only_what_carries_no_blocking_flag(flag):
    given = entry(flags=(flag,))
    reviewed = approve_clean([given], "admin1")
    blocked = flag in ALWAYS_BLOCKING.union(BLOCKING_FLAGS)
    assert reviewed.entries[0].state is (EntryState.PENDING if blocked else EntryState.APPROVED)
    assert reviewed.refused == (((given, ReviewRefusal.BLOCKING_FLAG),) if blocked else ())


def test_it_lets_the_policy_say_which_flags_block():
    reviewed = approve_clean([entry(flags=(Flag.MANUAL,))], "admin1", blocking=())
    assert reviewed.entries[0].state is EntryState.APPROVED


def test_no_policy_lets_a_credential_pass_that_was_used_twice():
    given = entry(flags=(Flag.CREDENTIAL_USED_TWICE,))
    assert approve_clean([given], "admin1", blocking=()).refused == ((given, ReviewRefusal.BLOCKING_FLAG),)


def test_it_lets_a_person_decide_on_a_blocking_flag():
    assert review(entry(flags=(Flag.MANUAL,)), Decision.APPROVE, "admin1").state is EntryState.APPROVED
