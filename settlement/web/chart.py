"""Bars of a chart that is drawn without a script: the last months that have any hours."""

from collections.abc import Mapping

from msgspec import Struct

from settlement.rules.hours import display_hours

_MONTHS = 12
_TALLEST = 60
"""Units of height of the bar of the month with the most hours."""
_APART = 40


class Bar(Struct, frozen=True):
    """One month of the chart: its approved hours, and where its bar stands."""

    month: str
    hours: str
    x: int
    y: int
    height: int


def month_bars(seconds: Mapping[str, int]) -> list[Bar]:
    """The last months (as 2026-03) with more than nothing, the newest last; pure."""
    served = {month: t_s for month, t_s in seconds.items() if t_s > 0}
    months = sorted(served)[-_MONTHS:]
    most = max((served[month] for month in months), default=1)
    heights = [max(1, served[month] * _TALLEST // most) for month in months]
    return [
        Bar(month, display_hours(served[month]), _APART * place, _TALLEST - height, height)
        for place, (month, height) in enumerate(zip(months, heights, strict=True))
    ]
