from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from settlement.rules.local_dates import local_dates

ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Riyadh",
    "Australia/Lord_Howe",
    "Asia/Beirut",
]


def utc(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize("zone", ZONES)
def test_it_agrees_with_the_time_zone_database_all_year(zone):
    calendar, told = local_dates(zone), ZoneInfo(zone)
    for second in range(utc("2026-01-01"), utc("2027-01-01"), 1799):
        assert calendar.date_of(second) == datetime.fromtimestamp(second, told).date()


@pytest.mark.parametrize("zone", ZONES)
def test_it_splits_where_the_date_changes(zone):
    calendar = local_dates(zone)
    start, end = utc("2026-10-01T05:00:01"), utc("2026-11-05T17:00:03")
    pieces = calendar.split(start, end)
    assert pieces[0][1] == start
    assert pieces[-1][2] == end
    assert all(before[2] == after[1] for before, after in pairwise(pieces))
    for day, low, high in pieces:
        assert calendar.date_of(low) == day == calendar.date_of(high - 1)
    assert [day for day, _, _ in pieces] == sorted({day for day, _, _ in pieces})


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Shanghai", date(2026, 10, 4), 24),
        ("Asia/Beirut", date(2026, 3, 29), 23),  # the clocks jump at midnight
    ],
)
def test_it_knows_how_long_a_day_is(zone, day, hours):
    pieces = local_dates(zone).split(utc("2026-01-01"), utc("2026-12-31"))
    (length,) = [high - low for local, low, high in pieces if local == day]
    assert length == hours * 3600


def test_it_splits_nothing_into_nothing():
    assert local_dates("Asia/Shanghai").split(1000, 1000) == []


def test_it_skips_a_date_that_a_zone_never_had():
    days = [day for day, _, _ in local_dates("Pacific/Apia").split(utc("2011-12-29"), utc("2012-01-01"))]
    assert date(2011, 12, 30) not in days
