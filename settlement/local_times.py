"""Times as the people of a site write and read them, and the moments that they are."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from foundation.errors import RulesError
from settlement.lists.written_forms import plain
from settlement.troubles import DecisionTrouble

_DAY_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})[:.]?(?P<minute>[0-9]{2})(?P<offset>[+-][0-9]{2}:[0-9]{2})?")


def local_ms(text: str, zone: str) -> int:
    """The moment (UTC milliseconds) of a local time such as 2026-03-07T17:55, or of one with its offset.

    `zone` is the IANA zone of the site. Raises RulesError INVALID_TIME, for a day without a time too, and as
    `moment_ms` does.
    """
    given = text.strip()
    if not _DAY_AND_TIME.match(given):
        raise RulesError(DecisionTrouble.INVALID_TIME, text=text[:40])
    try:
        written = dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise RulesError(DecisionTrouble.INVALID_TIME, text=text[:40]) from error
    return moment_ms(written, zone)


def moment_ms(written: dt.datetime, zone: str) -> int:
    """The moment (UTC milliseconds) of a time that is local to the IANA zone unless it has an offset.

    Raises RulesError TIME_NOT_ONCE for a time that the clocks skip or show twice when they change (those need
    their offset), TIME_OF_ANOTHER_AGE for one in the first or last year that there is.
    """
    if written.tzinfo is None:
        of_zone = ZoneInfo(zone)
        first, second = (written.replace(tzinfo=of_zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            raise RulesError(DecisionTrouble.TIME_NOT_ONCE, time=written, zone=zone)
        written = first
    if not dt.MINYEAR < written.year < dt.MAXYEAR:  # another zone's clocks may have no such year
        raise RulesError(DecisionTrouble.TIME_OF_ANOTHER_AGE, time=written)
    return int(written.timestamp()) * 1000


def local_text(utc_ms: int, zone: str) -> str:
    """A moment as the people of a site read it; with its offset where their clocks show that time twice."""
    at = dt.datetime.fromtimestamp(utc_ms // 1000, ZoneInfo(zone))
    return f"{at:%Y-%m-%d %H:%M:%S}{offset_where_twice(at)}"


def clock_text(utc_ms: int, zone: str) -> str:
    """Its time of day to the minute, with the offset where clocks show it twice."""
    at = dt.datetime.fromtimestamp(utc_ms // 1000, ZoneInfo(zone))
    return f"{at:%H:%M}{offset_where_twice(at)}"


def offset_where_twice(at: dt.datetime) -> str:
    """The offset that belongs behind a time which the clocks of its zone show twice; "" behind any other."""
    is_twice = at.utcoffset() != at.replace(fold=not at.fold).utcoffset()
    return f"{at.isoformat()[-6:]}" if is_twice else ""


def clock_ms(day: dt.date, text: str, zone: str, *, next_day: bool = False) -> int:
    """The moment (UTC milliseconds) of a time of day such as 16:20 or 1620, on that day or on the next.

    Digits of every script are read. An offset may follow (01:30+08:00). Raises RulesError INVALID_CLOCK, and
    as `moment_ms` does.
    """
    read = _CLOCK.fullmatch(plain(text).replace(" ", ""))
    if read is None:
        raise RulesError(DecisionTrouble.INVALID_CLOCK, text=text[:20])
    try:
        at = dt.time(int(read["hour"]), int(read["minute"]))
        offset = dt.datetime.strptime(read["offset"], "%z").tzinfo if read["offset"] else None
        written = dt.datetime.combine(day + dt.timedelta(days=next_day), at, offset)
    except (OverflowError, ValueError) as error:
        raise RulesError(DecisionTrouble.INVALID_CLOCK, text=text[:20]) from error
    return moment_ms(written, zone)
