import pytest

from sync.contract.receipt import SIGNS, WINDOW_MS, WINDOWS, Receipt, read_receipt, receipt_of
from tests.sync.samples import NINE_MS

KEY = bytes(range(32))
MADE = receipt_of(KEY, "gate-1", "a1" * 16, 41, b"\x07" * 32, NINE_MS)


def test_the_code_of_a_place_in_a_log_never_changes():
    assert MADE.code == "AXD23-C6ZQE"
    assert read_receipt(f" {MADE.code.lower().replace('-', ' ')} ") == MADE


@pytest.mark.parametrize(
    "other",
    [
        {"terminal": "gate-2"},
        {"epoch": "b2" * 16},
        {"seq": 42},
        {"digest": b"\x08" * 32},
        {"key": bytes(32)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_place_event_or_key_makes_another(other):
    given = {"key": KEY, "terminal": "gate-1", "epoch": "a1" * 16, "seq": 41, "digest": b"\x07" * 32}
    assert receipt_of(**{**given, **other}, wall_ms=NINE_MS) != MADE


def test_each_wrong_sign_and_each_swapped_pair_is_found():
    signs = MADE.code.replace("-", "")
    for place, right in enumerate(signs):
        for wrong in set(SIGNS) - {right}:
            assert read_receipt(signs[:place] + wrong + signs[place + 1 :]) is None
    for place in range(len(signs) - 1):
        swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
        assert swapped == signs or read_receipt(swapped) is None


@pytest.mark.parametrize("typed", ["", "7K2QM", "OOOOO-OOOOO", "7K2QM-XDA9C-7", "ﷺ" * 10])
def test_what_is_no_code_is_none(typed):
    assert read_receipt(typed) is None


def test_the_largest_one_has_room():
    largest = Receipt(WINDOWS - 1, (1 << 28) - 1)
    assert read_receipt(largest.code) == largest


def test_it_says_in_which_quarters_of_an_hour_the_event_can_have_been():
    began_ms = NINE_MS - NINE_MS % WINDOW_MS
    assert MADE.began_ms(NINE_MS, 2) == [began_ms, began_ms - WINDOWS * WINDOW_MS]
    assert MADE.began_ms(began_ms - 1, 1) == [began_ms - WINDOWS * WINDOW_MS]
    assert MADE.began_ms(0, 9) == []
