"""How listeners share the buckets: each its part, and together all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.ingest.buckets import BUCKETS, next_change, share_of


@pytest.mark.parametrize(("alive", "share"), [(0, 64), (1, 64), (2, 32), (3, 22), (64, 1), (65, 1)])
def test_each_holds_its_part_rounded_up(alive, share):
    assert share_of(alive) == share


def test_one_that_holds_too_many_gives_the_last_back_and_takes_none():
    change = next_change(held={1, 2, *range(30, 63)}, free=[5], alive=2)
    assert (change.give, change.take) == ((60, 61, 62), ())


@given(st.lists(st.integers(min_value=0, max_value=3), min_size=64, max_size=64), st.integers(1, 4))
def test_whoever_holds_what_all_are_held_in_the_end_by_nobody_too_many(whose, alive):
    """`whose` is 0 for a free bucket, and for those of a listener that is not there any more."""
    held = {name: {b for b in BUCKETS if whose[b] == name} for name in range(1, alive + 1)}
    for _ in range(2):
        for name, own in held.items():
            free = [b for b in BUCKETS if not any(b in others for others in held.values())]
            change = next_change(own, free, alive)
            held[name] = own - set(change.give) | set(change.take)
    assert sorted(b for own in held.values() for b in own) == list(BUCKETS)
    assert all(len(own) <= share_of(alive) for own in held.values())
