"""Everybody's approved time as it was when the day began, and the stars for it: what rosters tell of it.

Rosters would have to be sent anew with every approval if they told the newest. What was approved before a day
never changes, so whoever sums it, whenever in the day, tells the same.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, Sum

from settlement.ledger.entries import approved
from settlement.models import StarReview
from settlement.rule_book import rules_at
from settlement.rules.stars import stars


class Total(NamedTuple):
    """Approved seconds, and stars."""

    approved_s: int
    stars: int


class DayTotals:
    """Summed once a day by whoever keeps it: the ledger holds every line of every year."""

    def __init__(self) -> None:
        self._before_ms = -1
        self._seconds: Mapping[int, int] = {}
        self._kept: Mapping[int, int] = {}
        self._thresholds_h: Sequence[int] = ()

    def renew(self, now_ms: int) -> None:
        """Sum them if a new day began in the centre's own zone."""
        rules = rules_at(now_ms)
        self._thresholds_h = rules.star_thresholds_h
        before_ms = _midnight_ms(now_ms, rules.settlement_tz)
        if before_ms == self._before_ms:
            return
        rows = approved().filter(review__at_ms__lt=before_ms).order_by().values("volunteer__number")
        self._seconds = dict(rows.annotate(t_s=Sum("delta_s")).values_list("volunteer__number", "t_s"))
        withdrawn = Q(withdrawn=True, decided_ms__lt=before_ms)
        kept = StarReview.objects.filter(raised_ms__lt=before_ms).exclude(withdrawn).order_by()
        highest = kept.values("volunteer__number").annotate(highest=Max("stars_before"))
        self._kept = dict(highest.values_list("volunteer__number", "highest"))
        self._before_ms = before_ms

    def of(self, numbers: Sequence[int]) -> Total | None:
        """That of a person who goes under these numbers; None where nothing was approved."""
        if not any(number in self._seconds for number in numbers):
            return None
        approved_s = sum(self._seconds.get(number, 0) for number in numbers)
        kept = max(self._kept.get(number, 0) for number in numbers)
        return Total(approved_s, max(stars(approved_s, self._thresholds_h), kept))


def _midnight_ms(now_ms: int, zone: str) -> int:
    """When the day of that moment began; a clock beyond the calendar has no day."""
    try:
        day = dt.datetime.fromtimestamp(now_ms // 1000, ZoneInfo(zone)).date()
        return int(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp()) * 1000
    except (OverflowError, ValueError, OSError):
        return 0
