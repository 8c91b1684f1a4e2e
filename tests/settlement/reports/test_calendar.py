"""Years of the settlement zone, and months before a day."""

import datetime as dt

import pytest

from settlement.reports.calendar import months_before, today, year_bounds_ms


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-06-30", 12, "2025-06-30"),
        ("2026-05-31", 15, "2025-02-28"),
    ],
)
def test_a_month_before_is_the_same_day_or_the_last_one(day, months, before):
    assert months_before(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(before)


@pytest.mark.django_db
def test_a_year_begins_at_midnight_in_shanghai():
    low, high = year_bounds_ms(2026)
    assert low == 1_767_196_800_000
    assert high - low == 365 * 86_400_000
    assert today(low) == dt.date(2026, 1, 1)
    assert today(low - 1) == dt.date(2025, 12, 31)
