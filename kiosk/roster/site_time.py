"""Moments as a clock at the site shows them. Pure."""

import datetime as dt
import zoneinfo
from functools import cache


@cache
def zone_named(name: str) -> dt.tzinfo:
    """The IANA time zone of this name; UTC for a name that is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC  # the engine refuses such a setting; a screen must stand all the same


def time_in(zone: str, wall_ms: int, *, beside_ms: int) -> str:
    """A moment (UTC, milliseconds) as people there say it: `09:05`, with the date on another day.

    On another day than that of `beside_ms`.
    """
    try:
        moment = dt.datetime.fromtimestamp(wall_ms // 1000, zone_named(zone))
        day = dt.datetime.fromtimestamp(beside_ms // 1000, zone_named(zone)).date()
    except (OverflowError, ValueError, OSError):
        return "–"  # a clock beyond the calendar
    return moment.strftime("%H:%M" if moment.date() == day else "%Y-%m-%d %H:%M")
