"""The reports that are pages and files: what each is asked for, and which function makes it."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.reach import Reach
from settlement.reports import (
    aggregate,
    economic_value,
    indicators,
    lapsed,
    notice,
    ranking,
    service_records,
    settled_lines,
)
from settlement.reports.calendar import today
from settlement.reports.table import LongTable, Table


class Asked(Struct, frozen=True):
    """What a reader asked for; `branch` is an organisation's path, "" for all that is reached.

    `by` is who asks: of many people not everybody is told the names.
    """

    now_ms: int
    year: int
    branch: str
    places: int
    months: int
    by: Actor | None = None


class Kind(Struct, frozen=True):
    """`fields` are what of `Asked` it takes; one that `names` people is noted whenever it is read."""

    code: str
    fields: tuple[str, ...]
    make: Callable[[Reach, Asked, Words], Table | LongTable]
    names: bool = False


KINDS: Final = (
    Kind(
        "indicators",
        ("year", "organisation"),
        lambda reach, asked, words: indicators.report(reach, asked.year, words, asked.branch),
    ),
    Kind(
        "value",
        ("year", "organisation"),
        lambda reach, asked, words: economic_value.report(reach, asked.year, words, asked.branch),
    ),
    Kind(
        "aggregate",
        ("year", "organisation"),
        lambda reach, asked, words: aggregate.report(reach, asked.year, words, asked.branch),
    ),
    Kind(
        "ranking",
        ("year", "organisation", "places"),
        lambda reach, asked, words: ranking.report(
            reach, asked.year, words, asked.branch, places=asked.places
        ),
        names=True,
    ),
    Kind(
        "lapsed",
        ("months",),
        lambda reach, asked, words: lapsed.long_report(reach, today(asked.now_ms), asked.months, words),
        names=True,
    ),
    Kind(
        "notice",
        ("year", "organisation"),
        lambda reach, asked, words: notice.long_report(reach, asked.year, words, asked.branch),
    ),
    Kind(
        "lines",
        ("year", "organisation"),
        lambda reach, asked, words: settled_lines.long_report(
            reach, asked.year, words, asked.by, asked.branch
        ),
        names=True,
    ),
    Kind(
        "records",
        ("organisation",),
        lambda reach, asked, words: service_records.long_report(reach, words, asked.by, asked.branch),
        names=True,
    ),
)


def kind_called(code: str) -> Kind:
    """The kind of that code; raises KeyError."""
    return {kind.code: kind for kind in KINDS}[code]
