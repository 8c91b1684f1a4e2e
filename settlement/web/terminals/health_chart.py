"""The last days of a terminal as a drawing without a script: connected or not, temperature, backlog. Pure."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from settlement.review.terminal_history import Stretch
from sync.contract.wire import LinkState

WIDTH = 700
DAYS = 7
_DAY_MS = 86_400_000
_TALL = 40
"""Units of height of a line's largest value."""


class Band(Struct, frozen=True):
    """A stretch in which the terminal was connected, or not."""

    x: int
    width: int
    is_online: bool


class Line(Struct, frozen=True):
    """What one number did: points of lines that are broken where nobody knows it; `most` is the largest."""

    parts: list[str]
    most: int


class HealthChart(Struct, frozen=True):
    """`days` are where midnights by the clock of UTC lie; a line without a value is None."""

    bands: list[Band]
    temperature: Line | None
    backlog: Line | None
    offline_ms: int


def chart_from_ms(now_ms: int) -> int:
    """Where the chart that ends now begins."""
    return now_ms - DAYS * _DAY_MS


def health_chart(rows: Sequence[Stretch], now_ms: int) -> HealthChart | None:
    """The drawing of these stretches, whichever come first; None where there is nothing to draw."""
    since_ms = chart_from_ms(now_ms)
    shown = [
        (max(row.from_ms, since_ms), min(row.until_ms or now_ms, now_ms), row)
        for row in sorted(rows, key=lambda row: row.place)
    ]
    shown = [(begin, end, row) for begin, end, row in shown if end > begin]
    if not shown:
        return None

    def x(at_ms: int) -> int:
        return (at_ms - since_ms) * WIDTH // (now_ms - since_ms)

    bands = [
        Band(x(begin), max(1, x(end) - x(begin)), row.told.link == LinkState.ONLINE)
        for begin, end, row in shown
        if row.told.link
    ]
    offline = sum(end - begin for begin, end, row in shown if row.told.link == LinkState.OFFLINE)
    spans = [(x(begin), x(end), row) for begin, end, row in shown]
    return HealthChart(
        bands,
        _line(spans, lambda row: row.told.temperature_c if row.told.link == LinkState.ONLINE else None),
        _line(spans, lambda row: row.told.unsent),
        offline,
    )


def _line(spans: Sequence[tuple[int, int, Stretch]], value: Callable[[Stretch], int | None]) -> Line | None:
    told = [(begin, end, value(row)) for begin, end, row in spans]
    known = [number for _, _, number in told if number is not None]
    most = max(known, default=0)
    if most <= 0:
        return None
    parts: list[list[str]] = [[]]
    for begin, end, number in told:
        if number is None:
            parts.append([])
            continue
        y = _TALL - max(0, number) * _TALL // most
        parts[-1] += [f"{begin},{y}", f"{end},{y}"]
    return Line([" ".join(part) for part in parts if part], most)
