"""The reports that are pages, what each is asked for, and which service makes it."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
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

_YEARS = range(2000, 2201)
_MOST_MONTHS = 1200
_MOST_PLACES = 1000


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


def asked_for(request: HttpRequest, now_ms: int, by: Actor | None = None) -> Asked:
    """What the address asks for; what it can't mean is as if it were not there."""
    given = request.GET if request.method != "POST" else request.POST
    return Asked(
        now_ms,
        _number(given.get("year", ""), _YEARS, today(now_ms).year),
        given.get("organisation", ""),
        _number(given.get("places", ""), range(1, _MOST_PLACES + 1), 5),
        _number(given.get("months", ""), range(1, _MOST_MONTHS + 1), 12),
        by,
    )


def _number(text: str, among: range, otherwise: int) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return int(text) if is_number and int(text) in among else otherwise


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
