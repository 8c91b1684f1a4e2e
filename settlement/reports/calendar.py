"""Years and months of the settlement zone, in which lines have their dates."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from settlement.rule_book import rules_at, rules_now
from settlement.rules.local_dates import local_dates


def year_bounds_ms(year: int) -> tuple[int, int]:
    """The first moment of a year and of the next one, UTC milliseconds."""
    zone = ZoneInfo(rules_now().settlement_tz)
    first, following = (int(dt.datetime(each, 1, 1, tzinfo=zone).timestamp()) for each in (year, year + 1))
    return first * 1000, following * 1000


def today(now_ms: int) -> dt.date:
    """The local date of a moment."""
    return local_dates(rules_at(now_ms).settlement_tz).date_of(now_ms // 1000)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of an earlier month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
