import pytest

from drivers.contactless.uid import UidOrder, is_random, uid_from
from foundation.errors import CredentialError


@pytest.mark.parametrize("uid", ["04A2B3C4", "04A2B3C4D5E680", "04A2B3C4D5E6F708191A"])
def test_it_reads_uids_of_each_length(uid):
    assert uid_from(bytes.fromhex(uid + "9000")).reveal() == uid


def test_it_turns_the_bytes_of_a_reader_that_prints_them_reversed():
    assert uid_from(bytes.fromhex("C4B3A2049000"), UidOrder.REVERSED).reveal() == "04A2B3C4"


@pytest.mark.parametrize(
    "response", ["", "90", "9000", "6A81", "6300", "04A2B39000", "04A2B3C4D59000", "04A2B3C46A81"]
)
def test_it_refuses_what_is_no_uid(response):
    with pytest.raises(CredentialError) as caught:
        uid_from(bytes.fromhex(response))
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    ("response", "order"), [("081234569000", UidOrder.AS_READ), ("563412089000", UidOrder.REVERSED)]
)
def test_it_knows_a_uid_that_is_another_each_time(response, order):
    assert is_random(uid_from(bytes.fromhex(response), order).reveal())


@pytest.mark.parametrize("uid", ["04A2B3C4", "08A2B3C4D5E680", "08A2B3C4D5E6F708191A", ""])
def test_it_takes_other_uids_for_lasting_ones(uid):
    assert not is_random(uid)
