"""Which local date an instant belongs to, fast: one look-up per day of UTC, then integer comparisons.

Days of 23, 24.5 or 25 hours come out right because the time zone database is asked, never the wall clock.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY_S = 86400
_EPOCH = date(1970, 1, 1)

Segment = tuple[int, date]
"""From that second on (since 1970) the local date is this one."""


class LocalDates:
    """The local dates of one zone; remembers each day of UTC that it was asked about."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._segments_of_day: dict[int, tuple[Segment, ...]] = {}

    def date_of(self, instant_s: int) -> date:
        """The local date of the second `instant_s` (UTC, since 1970)."""
        utc_day = instant_s // _DAY_S
        segments = self._segments_of_day.get(utc_day) or self._segments(utc_day)
        found = segments[0][1]
        for start_s, local in segments[1:]:
            if instant_s < start_s:
                break
            found = local
        return found

    def end_of(self, day: date) -> int:
        """The first second of the next local date that there is (UTC, since 1970)."""
        utc_day = (day - _EPOCH).days - 1
        while True:
            for start_s, local in self._segments(utc_day):
                if local > day:
                    return start_s
            utc_day += 1

    def split(self, start_s: int, end_s: int) -> list[tuple[date, int, int]]:
        """Cut [start_s, end_s) at local midnights into (date, start, end), in order."""
        pieces: list[tuple[date, int, int]] = []
        for utc_day in range(start_s // _DAY_S, (end_s - 1) // _DAY_S + 1):
            segments = self._segments(utc_day)
            ends = [segment[0] for segment in segments[1:]] + [(utc_day + 1) * _DAY_S]
            for (segment_start, local), segment_end in zip(segments, ends, strict=True):
                low, high = max(start_s, segment_start), min(end_s, segment_end)
                if low >= high:
                    continue
                if pieces and pieces[-1][0] == local:
                    pieces[-1] = (local, pieces[-1][1], high)
                else:
                    pieces.append((local, low, high))
        return pieces

    def _segments(self, utc_day: int) -> tuple[Segment, ...]:
        known = self._segments_of_day.get(utc_day)
        if known is None:
            known = self._segments_of_day[utc_day] = self._find_segments(utc_day * _DAY_S)
        return known

    def _find_segments(self, day_start_s: int) -> tuple[Segment, ...]:
        day_end_s = day_start_s + _DAY_S
        segments: list[Segment] = []
        for low, high in self._constant_offsets(day_start_s, day_end_s):
            offset_s = self._offset_s(low)
            second = low
            while second < high:
                local_day = (second + offset_s) // _DAY_S
                local = _EPOCH + timedelta(days=local_day)
                if not segments or segments[-1][1] != local:
                    segments.append((second, local))
                second = (local_day + 1) * _DAY_S - offset_s
        return tuple(segments)

    def _constant_offsets(self, low: int, high: int) -> list[tuple[int, int]]:
        """Cut [low, high), a day of UTC, where the zone's offset changes; no zone does so twice in a day."""
        before = self._offset_s(low)
        if self._offset_s(high - 1) == before:
            return [(low, high)]
        still, changed = low, high - 1
        while changed - still > 1:
            middle = (still + changed) // 2
            if self._offset_s(middle) == before:
                still = middle
            else:
                changed = middle
        return [(low, changed), (changed, high)]

    def _offset_s(self, instant_s: int) -> int:
        moment = datetime.fromtimestamp(instant_s, UTC).astimezone(self._zone)
        offset = moment.utcoffset() or timedelta()
        return offset.days * _DAY_S + offset.seconds


@lru_cache(maxsize=64)
def local_dates(zone_name: str) -> LocalDates:
    """The local dates of an IANA zone; the rule set has checked that the zone exists."""
    return LocalDates(ZoneInfo(zone_name))
