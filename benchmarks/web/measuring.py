"""Measuring pages as their process answers them, each against a read of one row by its key."""

import time
from collections.abc import Callable
from http import HTTPStatus
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from msgspec import Struct

MOST_QUERIES = 12
MOST_AT_MEDIAN = 60
MOST_AT_P99 = 200
_READS = 5
"""Of one row, after each request."""
_LONGEST_S = 15


class Page(Struct, frozen=True):
    """A page, who reads it, and where; one without `bound` is told for comparison."""

    name: str
    login: str
    url: str
    bound: bool = True


class Measured(Struct, frozen=True):
    """What a page costs; times are multiples of the read of one row."""

    page: Page
    queries: int
    median: float
    p99: float
    size: int
    unit_s: float
    """The read of one row."""

    @property
    def holds(self) -> bool:
        """Whether it keeps within what was promised."""
        return self.queries <= MOST_QUERIES and self.median <= MOST_AT_MEDIAN and self.p99 <= MOST_AT_P99

    def told(self) -> str:
        """A row of the table."""
        sign = "ok" if self.holds else ("OVER" if self.page.bound else "")
        name = f"{self.page.name} ({self.page.login.removeprefix('bench-')})"
        return (
            f"{name:48} {self.queries:4} queries {self.median:8.1f} x {self.p99:8.1f} x"
            f" {self.size / 1000:8.1f} kB  {sign}"
        )


def seconds(run: Callable[[], object]) -> float:
    """How long that takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def browser(login: str) -> Client:
    """Somebody who has logged in."""
    from settlement.models import Account  # noqa: PLC0415 - exists once the settings are read

    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(login=login))
    return client


def measure(page: Page, client: Client, read: Callable[[], object], rounds: int) -> Measured:
    """Ask for a page again and again, with reads of one row between: whatever else runs here slows both down.

    What the first times cost, before caches are warm, is left out.
    """
    answered: Any = client.get(page.url)
    if answered.status_code != HTTPStatus.OK:
        raise SystemExit(f"{page.url} answers {answered.status_code} to {page.login}")
    with CaptureQueriesContext(connection) as queries:
        first_s = seconds(lambda: client.get(page.url))
        asked = len(queries)
    pages, reads = [], []
    for _ in range(rounds_of(rounds, first_s)):
        pages.append(seconds(lambda: client.get(page.url)))
        reads += [seconds(read) for _ in range(_READS)]
    unit_s, worst = median(reads), sorted(pages)[min(len(pages) - 1, len(pages) * 99 // 100)]
    return Measured(page, asked, median(pages) / unit_s, worst / unit_s, len(answered.content), unit_s)


def rounds_of(rounds: int, first_s: float) -> int:
    """As many as fit into some seconds, so that a page that is far over does not hold up the others."""
    return max(1, min(rounds, int(_LONGEST_S / max(first_s, 0.001))))
