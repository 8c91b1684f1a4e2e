"""Times as the people of a site write and read them, and the moments that they are."""

import datetime as dt
from zoneinfo import ZoneInfo

from foundation.errors import RulesError


def local_ms(text: str, zone: str) -> int:
    """The moment (UTC milliseconds) of a local time such as 2026-03-07T17:55, or of one with its offset.

    `zone` is the IANA zone of the site. Raises RulesError INVALID_TIME, as `moment_ms` does.
    """
    try:
        written = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _invalid(text, "is no time", "Write it as 2026-03-07T17:55.") from error
    return moment_ms(written, zone)


def moment_ms(written: dt.datetime, zone: str) -> int:
    """The moment (UTC milliseconds) of a time that is local to the IANA zone unless it has an offset.

    Raises RulesError INVALID_TIME for a time that the clocks skip or show twice when they change: those need
    their offset.
    """
    if written.tzinfo is None:
        of_zone = ZoneInfo(zone)
        first, second = (written.replace(tzinfo=of_zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            remedy = "Write it with its offset, such as 2026-10-25T02:30+02:00."
            raise _invalid(str(written), f"does not exist once in {zone}, where the clocks change", remedy)
        written = first
    try:
        return int(written.timestamp()) * 1000
    except (OverflowError, ValueError) as error:
        raise _invalid(str(written), "is no time of this age", "Correct the year.") from error


def local_text(utc_ms: int, zone: str) -> str:
    """A moment as the people of a site read it."""
    return f"{dt.datetime.fromtimestamp(utc_ms // 1000, ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def _invalid(text: str, why: str, remedy: str) -> RulesError:
    return RulesError("INVALID_TIME", f"{text[:40]!r} {why}.", remedy=remedy)
