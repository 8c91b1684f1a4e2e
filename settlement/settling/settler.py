"""The settler: whose evidence changed is settled anew; several settlers may run at once.

A volunteer is claimed by a conditional UPDATE, and the claim ends with the transaction that writes the
results, or by itself when the settler dies. Settled again, the same evidence gives the same rows.
"""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import Error, connection, transaction
from prometheus_client.core import Metric

from foundation.clock import Clock, open_clock
from foundation.figures import Tally, counters
from foundation.service_manager import ServiceManager
from settlement.conflicts import again_on_conflict
from settlement.database.away import is_away
from settlement.downlink.day_totals import DayTotals
from settlement.downlink.editions import renew_rosters
from settlement.evidence.attribution import attribute_again, mark_unsettled
from settlement.ledger.booking import Computed, book
from settlement.ledger.reopening import with_reopened_lines
from settlement.merged_numbers import merged_numbers
from settlement.models import Settled, Unsettled
from settlement.monitoring.serving import figures_served
from settlement.monitoring.stored_figures import settling_figures
from settlement.review.held import post_due
from settlement.rule_book import rules_by_date
from settlement.rules.ledger import AdjustmentReason
from settlement.settings import CentreSettings
from settlement.settling.claims import enter_claims
from settlement.settling.computation import compute, everybody_with_evidence
from settlement.settling.held_ways import WAYS
from settlement.settling.put_down_ends import put_down_ends
from settlement.settling.results import store_results
from settlement.webhooks.sender import webhooks_sent

CLAIM_MS = 15_000
MOST_AT_ONCE = 200
_LOOK_EVERY_S = 1.0
_ATTRIBUTE_EVERY_S = 60.0

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SettledCount:
    """How many volunteers were settled, and for how many of them the result is another than before."""

    volunteers: int = 0
    changed: int = 0

    def __add__(self, other: "SettledCount") -> "SettledCount":
        return SettledCount(self.volunteers + other.volunteers, self.changed + other.changed)


def run_settler(settings: CentreSettings, stop: threading.Event) -> None:
    """Settle whatever is new, every second, until `stop` is set; a database that is away is waited for.

    Webhooks are told meanwhile, by threads that settling does not wait for.
    """
    clock = open_clock(settings.clock_file)
    if settings.rules.version not in {rules.version for _, rules in rules_by_date().versions}:
        _logger.warning("rules_not_applied", version=settings.rules.version)
    settled = Tally()

    def own() -> list[Metric]:
        words = "Volunteers settled since the settler's start, by whether the result was another one."
        return [counters("muster_centre_settled", words, ("changed",), settled.counted())]

    manager = ServiceManager()
    with (
        figures_served(settings.metrics.settler, own, lambda: settling_figures(clock.wall_ms())),
        webhooks_sent(stop, plain=not settings.web.https),
    ):
        manager.ready()
        _settle_until(stop, settings, clock, manager, settled)
    manager.stopping()


def _settle_until(
    stop: threading.Event, settings: CentreSettings, clock: Clock, manager: ServiceManager, settled: Tally
) -> None:
    attributed_s = rosters_s = float("-inf")
    away, totals = False, DayTotals()
    while not stop.is_set():
        manager.alive("waits for the database" if away else "settles what is new")
        try:
            counted = settle_dirty(clock.wall_ms(), stop, manager.alive)
            post_due(clock.wall_ms(), WAYS)
            if time.monotonic() - attributed_s > _ATTRIBUTE_EVERY_S:
                attributed_s = time.monotonic()
                attribute_again(clock.wall_ms())
            if time.monotonic() - rosters_s > settings.rosters_every_s:
                rosters_s = time.monotonic()
                renew_rosters(settings, clock.wall_ms(), manager.alive, totals)
        except Exception as error:
            if is_away(error):
                if not away:
                    _logger.warning("database_away", error=str(error))
                away = True
                connection.close()
            else:
                # Settling goes on for everybody whom the error does not touch.
                _logger.exception("settler_failed")
        else:
            if away:
                _logger.info("database_back")
            away = False
            if counted.volunteers:
                _logger.info("settled", volunteers=counted.volunteers, changed=counted.changed)
                settled.add("yes", count=counted.changed)
                settled.add("no", count=counted.volunteers - counted.changed)
        stop.wait(_LOOK_EVERY_S)


def settle_everything(now_ms: int) -> SettledCount:
    """Settle everybody who has evidence, as after a change of rules or master data."""
    settled_before = Settled.objects.values_list("volunteer__number", flat=True)
    with transaction.atomic():
        mark_unsettled({*everybody_with_evidence(), *settled_before}, now_ms, master_data=True)
    return settle_dirty(now_ms)


def settle_dirty(
    now_ms: int, stop: threading.Event | None = None, beat: Callable[[], None] = lambda: None
) -> SettledCount:
    """Settle all volunteers with new evidence, and those whose open session time has closed by now.

    `now_ms` is the time of settlement (UTC); it decides only what is still open (S6). `stop` ends it between
    two portions: while evidence keeps arriving it would not end by itself. `beat` is called after each.
    """
    due = Settled.objects.filter(reconsider_ms__lte=now_ms).values_list("volunteer__number", flat=True)
    if numbers := set(due):
        with transaction.atomic():
            mark_unsettled(numbers, now_ms)
    total = SettledCount()
    while not (stop and stop.is_set()) and (claimed := _claim()):
        _mark_kept(claimed, now_ms)
        total += _settle(claimed, now_ms)
        beat()
    return total


@dataclass(frozen=True, slots=True)
class _Claim:
    """Volunteers that nobody else settles for now, with the mark that each had when they were claimed."""

    token: str
    marks: dict[int, str]
    corrected: frozenset[int]
    """Those whose master data were corrected since they were settled."""


def _claim() -> _Claim | None:
    """Claim some volunteers, those who wait longest first; None when nobody waits."""
    # Real time, not the evidence clock: a demo's clock may stand still.
    now_ms = time.time_ns() // 1_000_000
    token = secrets.token_hex(8)
    free = Unsettled.objects.filter(claimed_until_ms__lt=now_ms).order_by("since_ms", "pk")
    with transaction.atomic():
        # Who is writing of volunteers locks marks in another order: waiting for them could be a deadlock.
        unlocked = free.select_for_update(no_key=True, skip_locked=True)
        longest = list(unlocked.values_list("pk", flat=True)[:MOST_AT_ONCE])
        Unsettled.objects.filter(pk__in=longest).update(claim=token, claimed_until_ms=now_ms + CLAIM_MS)
    if not longest:
        return None
    ours = list(Unsettled.objects.filter(claim=token).values_list("volunteer__number", "mark", "master_data"))
    corrected = frozenset(number for number, _, master_data in ours if master_data)
    return _Claim(token, {number: mark for number, mark, _ in ours}, corrected)


def _mark_kept(claim: _Claim, now_ms: int) -> None:
    """What came for a number that is gone counts for the one that was kept: that is settled as well.

    Here and not where evidence is stored: whoever stores may not see a merge that is made meanwhile.
    """
    merged = merged_numbers()
    for master_data in (False, True):
        marked = {number for number in claim.marks if (number in claim.corrected) is master_data}
        if kept := {merged.kept(number) for number in marked}.difference(claim.marks):
            with transaction.atomic():
                mark_unsettled(kept, now_ms, master_data=master_data)


def _settle(claim: _Claim, now_ms: int) -> SettledCount:
    """Settle the claimed volunteers; if one of them can't be settled, the others are, one by one."""
    numbers = sorted(claim.marks)
    try:
        return again_on_conflict(lambda: _settle_together(claim, numbers, now_ms))
    except Exception as error:
        if is_away(error):
            _release(claim)
            raise
        if len(numbers) <= 1:
            # The claim stays until it ends by itself: tried again then, and meanwhile in nobody's way.
            _logger.exception("not_settled", volunteers=numbers)
            return SettledCount()
    total = SettledCount()
    for number in numbers:
        total += _settle(_Claim(claim.token, {number: claim.marks[number]}, claim.corrected), now_ms)
    return total


def _release(claim: _Claim) -> None:
    """Give back at once what a failed transaction left claimed; else the claims end by themselves."""
    connection.close_if_unusable_or_obsolete()
    with contextlib.suppress(Error), transaction.atomic():
        ours = Unsettled.objects.filter(claim=claim.token).select_for_update(no_key=True, skip_locked=True)
        held = list(ours.values_list("pk", flat=True))
        Unsettled.objects.filter(pk__in=held).update(claim="", claimed_until_ms=0)


def _settle_together(claim: _Claim, numbers: Sequence[int], now_ms: int) -> SettledCount:
    rules = rules_by_date()
    computed = compute(numbers, rules, now_ms)
    with transaction.atomic():
        ours = Unsettled.objects.select_for_update(no_key=True).filter(
            volunteer__in=numbers, claim=claim.token
        )
        waiting = list(ours.order_by("pk").values_list("volunteer__number", "mark", "master_data"))
        marks = {number: mark for number, mark, _ in waiting}
        if len(marks) < len(numbers):
            # A claim ran out and somebody else took over: what we computed may be older than theirs.
            return SettledCount()
        enter_claims(computed.claims, now_ms)
        put_down_ends(computed, now_ms)
        # Whoever corrected something since the claim was computed with it, and it is in `waiting` as well.
        corrected = claim.corrected.union(number for number, _, master_data in waiting if master_data)
        changed = store_results(computed, rules, now_ms)
        booked = {
            number: Computed(
                computed.results[number].lines,
                computed.results[number].sessions,
                AdjustmentReason.MASTER_DATA if number in corrected else AdjustmentReason.LATE_EVENT,
                computed.results[number].emptied,
            )
            for number in sorted({*changed, *with_reopened_lines(numbers)})
        }
        book(booked, rules, now_ms)
        done = [number for number, mark in marks.items() if mark == claim.marks[number]]
        ours.filter(volunteer__in=done).delete()
        ours.update(claim="", claimed_until_ms=0)
    return SettledCount(len(numbers), len(changed))
