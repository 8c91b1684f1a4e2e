"""What a reader asks a report for, from an address or a form."""

from django.http import HttpRequest

from settlement.accounts.actor import Actor
from settlement.reports.calendar import today
from settlement.reports.kinds import Asked

_YEARS = range(2000, 2201)
_MOST_MONTHS = 1200
_MOST_PLACES = 1000


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
