"""Giving one-time codes to the terminals of their site: at once, and after each hello while they live."""

from collections.abc import Iterable

from django.db.models import QuerySet

from settlement.centre import Centre
from settlement.merged_numbers import merged_numbers
from settlement.messages.acknowledgement import Publication, give_order
from settlement.models import IssuedCode, Terminal
from sync.contract.downlink import MAX_CODES, Codes
from sync.contract.one_time_code import OneTimeCode

TAKEN_WITHIN_MS = 60_000
"""A message that took longer is not obeyed: the terminal that comes back greets, and is given it anew."""


def new_codes(centre: Centre, now_ms: int) -> list[Publication]:
    """The codes that no terminal was given yet, for every terminal of their sites; marks them as given."""
    rows = list(_living(now_ms).filter(given_ms=None))
    IssuedCode.objects.filter(pk__in=[row.pk for row in rows]).update(given_ms=now_ms)
    by_site: dict[str, list[IssuedCode]] = {}
    for row in rows:
        by_site.setdefault(row.site_id, []).append(row)
    terminals = Terminal.objects.filter(site__in=by_site, revoked_ms=None).order_by("id")
    return [
        publication
        for terminal in terminals
        for publication in _orders(centre, terminal.id, by_site[terminal.site_id], now_ms)
    ]


def living_codes(centre: Centre, terminal_id: str, now_ms: int) -> list[Publication]:
    """Every code that somebody could type at this terminal now: it may have missed some, or all."""
    terminal = Terminal.objects.filter(id=terminal_id, revoked_ms=None).first()
    rows = _living(now_ms).filter(site=terminal.site_id) if terminal else ()
    return list(_orders(centre, terminal_id, list(rows), now_ms))


def _living(now_ms: int) -> QuerySet[IssuedCode]:
    return IssuedCode.objects.filter(expires_ms__gt=now_ms).order_by("issued_ms", "ref")


def _orders(centre: Centre, terminal: str, rows: list[IssuedCode], now_ms: int) -> Iterable[Publication]:
    merged = merged_numbers()
    for start in range(0, len(rows), MAX_CODES):
        codes = [
            OneTimeCode(row.ref, row.lookup, str(merged.kept(row.volunteer_id)), row.expires_ms)
            for row in rows[start : start + MAX_CODES]
        ]
        yield give_order(centre, terminal, Codes(now_ms, codes), now_ms, TAKEN_WITHIN_MS)
