import pytest

from foundation.errors import RulesError
from settlement.rules.transfer import (
    REQUIRED_DOCUMENTS,
    RecordedTime,
    TransferState,
    advance_transfer,
    may_certify,
    missing_documents,
    personal_record,
)


def test_it_moves_one_step_at_a_time():
    state = advance_transfer(TransferState.REQUESTED, REQUIRED_DOCUMENTS)
    assert state is TransferState.RELEASED
    assert advance_transfer(state, REQUIRED_DOCUMENTS) is TransferState.ACCEPTED


@pytest.mark.parametrize("state", [TransferState.REQUESTED, TransferState.RELEASED])
@pytest.mark.parametrize("documents", [[], ["introduction_letter"], ["service_record"]])
def test_it_waits_for_both_documents(documents, state):
    with pytest.raises(RulesError) as refused:
        advance_transfer(state, documents)
    assert refused.value.code == "TRANSFER_INCOMPLETE"


def test_it_ends_with_the_acceptance():
    with pytest.raises(RulesError) as refused:
        advance_transfer(TransferState.ACCEPTED, REQUIRED_DOCUMENTS)
    assert refused.value.code == "TRANSFER_DONE"


def test_it_names_what_is_missing():
    assert missing_documents(["photo"]) == ("introduction_letter", "service_record")


def test_it_leaves_hours_with_their_recorder_and_counts_them_in_the_personal_total():
    record = personal_record([RecordedTime("X", 3600), RecordedTime("Y", 60), RecordedTime("X", -600)])
    assert (record.total_s, record.by_recorder) == (3060, {"X": 3000, "Y": 60})


def test_it_lets_only_the_recorder_certify():
    assert may_certify("X", "X")
    assert not may_certify("Y", "X")
