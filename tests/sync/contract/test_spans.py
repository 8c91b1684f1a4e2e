import pytest

from sync.contract.spans import uncovered


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], [(1, 9)]),
        ([(1, 9)], []),
        ([(3, 4)], [(1, 2), (5, 9)]),
        ([(7, 8), (1, 2)], [(3, 6), (9, 9)]),
        ([(2, 5), (4, 6)], [(1, 1), (7, 9)]),
        ([(2, 8), (3, 4)], [(1, 1), (9, 9)]),
        ([(9, 20), (30, 40)], [(1, 8)]),
        ([(0, 0), (10, 10)], [(1, 9)]),
    ],
)
def test_what_is_left_is_what_no_span_covers(covered, left):
    assert list(uncovered(1, 9, covered)) == left


def test_an_empty_stretch_leaves_nothing():
    assert list(uncovered(5, 4, [])) == []
