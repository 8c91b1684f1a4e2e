"""How long a stay may last: the function that both ends ask."""

import pytest

from foundation.attendance import AttendancePolicy, is_too_long, stay_until

HOUR = 3600
POLICY = AttendancePolicy(max_session_s=12 * HOUR, close_after_s=2 * HOUR, max_shift_s=25 * HOUR)


@pytest.mark.parametrize(
    ("shifts", "until_h"),
    [
        ([], 12),
        ([(0, 8)], 12),
        ([(0, 12.5)], 14.5),
        ([(-20, 4)], 12),
        ([(-12, 0), (11, 20)], 22),
        ([(-12, 1), (1, 25)], 27),
        ([(1, 25), (-12, 1)], 27),
        ([(-1, 12), (3, 27)], 14),
        ([(12, 20)], 22),
        ([(12.1, 20)], 12),
        ([(0, 25)], 27),
        ([(0, 25.1)], 12),
    ],
    ids=[
        "no shift",
        "a short one",
        "a long one",
        "one that ends soon",
        "one that is over, and the next",
        "the next one, to take over",
        "in whatever order",
        "the one that goes on, as the next is far",
        "the next one, within the longest session",
        "none that begins beyond it",
        "the longest that is a shift",
        "a calendar",
    ],
)
@pytest.mark.parametrize("per_second", [1, 1000])
def test_a_stay_that_begins_now_may_last_until(shifts, until_h, per_second):
    hour = HOUR * per_second
    told = [(int(start * hour), int(end * hour)) for start, end in shifts]
    until = int(until_h * hour)
    assert stay_until(0, told, POLICY, per_second=per_second) == until
    assert not is_too_long(0, until, told, POLICY, per_second=per_second)
    assert is_too_long(0, until + 1, told, POLICY, per_second=per_second)
