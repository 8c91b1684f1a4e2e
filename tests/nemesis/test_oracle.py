"""The judge of the faults: each thing that may go wrong is found, and nothing else is."""

import msgspec
import pytest

from tests.nemesis.kinds import Played
from tests.nemesis.observer import Claim
from tests.nemesis.observer import Row as Stored
from tests.nemesis.oracle import Shown, Verdict, judge, read_shown, unnamed_gaps
from tests.nemesis.table import Row, table_of

GATE, EPOCH = "gate-1", "e" * 32
SHOWN = [Shown((GATE, EPOCH, seq), f"digest {seq}", 1_000 * seq) for seq in (2, 3, 4)]
ROWS = [
    Stored(GATE, EPOCH, seq, f"digest {seq}", f"{GATE} badge:{seq} boot {seq}", True) for seq in (2, 3, 4)
]


def verdict(shown=SHOWN, rows=ROWS, logged=()):
    return judge(shown, rows, set(logged))


def test_what_agrees_is_clean():
    assert verdict() == Verdict()
    assert verdict().is_clean


def test_what_was_shown_and_is_not_there_is_missing():
    assert verdict(rows=ROWS[:2]).missing == ("gate-1/eeeeeeee/4",)


def test_one_presentation_at_two_places_is_a_duplicate():
    again = msgspec.structs.replace(ROWS[0], seq=9)
    assert verdict(rows=[*ROWS, again], logged=[((GATE, EPOCH, 9), "digest 2")]).duplicate == (
        "gate-1 badge:2 boot 2 × 2",
    )


def test_one_place_that_was_shown_twice_is_a_duplicate():
    assert verdict(shown=[*SHOWN, SHOWN[-1]]).duplicate == ("gate-1/eeeeeeee/4",)


def test_other_bytes_are_altered():
    other = msgspec.structs.replace(ROWS[0], digest="other")
    assert "gate-1/eeeeeeee/2" in verdict(rows=[other, *ROWS[1:]]).altered


def test_a_row_that_no_log_ever_held_is_altered_and_one_that_was_logged_unseen_is_not():
    unseen = Stored(GATE, EPOCH, 5, "digest 5", "", True)
    assert verdict(rows=[*ROWS, unseen]).altered == ("gate-1/eeeeeeee/5",)
    assert verdict(rows=[*ROWS, unseen], logged=[((GATE, EPOCH, 5), "digest 5")]).is_clean


@pytest.mark.parametrize(
    "found",
    [
        verdict(shown=[SHOWN[1], SHOWN[0], SHOWN[2]]),
        verdict(rows=[*ROWS[:2], msgspec.structs.replace(ROWS[2], chain_holds=False)]),
    ],
)
def test_an_order_that_is_another_is_found(found):
    assert found.misordered


@pytest.mark.parametrize(("until_ms", "found"), [(3_999, 0), (4_000, 1), (None, 0)])
def test_what_is_called_complete_must_be(until_ms, found):
    named = unnamed_gaps(SHOWN, ROWS[:2], [Claim(GATE, 0, until_ms, [])])
    assert len(named.unnamed) == found


def test_a_kind_that_was_played_again_takes_its_rows_place_and_the_sums_follow():
    broken = Row("card", failed=[7])
    whole = Row("card", [Played(12, Verdict(), 3.0)])
    before = table_of([Row("engine", [Played(5, Verdict(), 1.5)]), broken])
    assert "1 FAILED" in before
    assert table_of([whole], before).splitlines()[2:] == [
        "| engine | 1 | 5 | 0 | 0 | 0 | 0 | 0 | 1.5 s |",
        "| card | 1 | 12 | 0 | 0 | 0 | 0 | 0 | 3.0 s |",
        "| **all** | 2 | 17 | 0 | 0 | 0 | 0 | 0 | 3.0 s |",
    ]


def test_a_line_that_a_kill_cut_short_was_shown_to_nobody():
    text = f"{GATE} {EPOCH} 2 aa 17\n{GATE} {EPOCH} 3 bb"
    assert read_shown(text) == [Shown((GATE, EPOCH, 2), "aa", 17)]
