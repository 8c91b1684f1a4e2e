"""Ending what is kept of people when its time is over, kind by kind; each night's work is on record."""

from collections.abc import Callable, Iterator

import structlog
from django.contrib.sessions.models import Session as LogIn
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from settlement.accounts.api_tokens import forget_answers
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.evidence.walk_in_keys import delete_old_keys
from settlement.master_data.held_lists import drop_overdue
from settlement.merged_numbers import merged_numbers
from settlement.models import (
    AccessChange,
    Assignment,
    AuditValues,
    Certificate,
    Dispute,
    Event,
    Exchange,
    Invitation,
    IssuedCode,
    LedgerEntry,
    ManualRecord,
    Membership,
    Quarantine,
    Rating,
    RefusedEnrolment,
    Transfer,
    Volunteer,
)
from settlement.people_settings import RetentionSettings
from settlement.personal_data.erasure import is_undecided, take_away
from settlement.recognition.rating_links import forget_rating_links
from settlement.webhooks.deliveries import forget_deliveries

_AT_ONCE = 1_000
_DAY_MS = 86_400_000
_TRACES: tuple[tuple[type[Model], str], ...] = (
    (Event, "received_ms"),
    (ManualRecord, "entered_ms"),
    (LedgerEntry, "entered_ms"),
    (Membership, "joined_ms"),
    (Membership, "left_ms"),
    (Dispute, "raised_ms"),
    (Exchange, "applied_ms"),
    (Exchange, "fulfilled_ms"),
    (Certificate, "issued_ms"),
    (Transfer, "requested_ms"),
    (AccessChange, "at_ms"),
    (Rating, "at_ms"),
)

_logger = structlog.get_logger()


class Ended(Struct, frozen=True):
    """How many rows of a kind were over, by the key of the settings that says how long it is kept."""

    kind: str
    count: int
    days: int


def over(kept: RetentionSettings, now_ms: int) -> Iterator[Ended]:
    """What would be ended now; changes nothing."""
    for kind, days, rows in _kinds(kept, now_ms):
        yield Ended(kind, rows.count(), days)
    if kept.inactive_days:
        yield Ended("inactive_days", len(_inactive(kept.inactive_days, now_ms)), kept.inactive_days)


def end_what_is_over(kept: RetentionSettings, now_ms: int) -> Iterator[Ended]:
    """End it, a thousand rows at a time, and note how many of what; safe to repeat and to kill."""
    for kind, days, rows in _kinds(kept, now_ms):
        yield _noted(Ended(kind, sum(_in_portions(rows)), days), now_ms)
    if kept.inactive_days:
        inactive = _inactive(kept.inactive_days, now_ms)
        for volunteer in inactive:
            take_away(volunteer, Signed(None, now_ms))
        yield _noted(Ended("inactive_days", len(inactive), kept.inactive_days), now_ms)
    LogIn.objects.filter(expire_date__lt=timezone.now()).delete()
    drop_overdue(now_ms)
    forget_answers(now_ms)
    forget_deliveries(now_ms)
    forget_rating_links(now_ms)
    delete_old_keys(now_ms)


def _kinds(kept: RetentionSettings, now_ms: int) -> Iterator[tuple[str, int, QuerySet[Model]]]:
    rows: dict[str, Callable[[int], QuerySet[Model]]] = {
        "quarantine_days": lambda before: Quarantine.objects.filter(last_ms__lt=before),
        "refused_enrolments_days": lambda before: RefusedEnrolment.objects.filter(at_ms__lt=before),
        "codes_days": lambda before: IssuedCode.objects.filter(expires_ms__lt=before),
        "invitations_days": lambda before: Invitation.objects.filter(ends_ms__lt=before),
        "earlier_values_days": lambda before: AuditValues.objects.filter(
            volunteer__isnull=False, record__at_ms__lt=before
        ),
    }
    for kind, found in rows.items():
        days = getattr(kept, kind)
        if days:
            yield kind, days, found(now_ms - days * _DAY_MS)


def _in_portions(rows: QuerySet[Model]) -> Iterator[int]:
    while portion := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        yield rows.model._default_manager.filter(pk__in=portion).delete()[0]  # noqa: SLF001 - Django's own way


def _inactive(days: int, now_ms: int) -> list[Volunteer]:
    """Who left a trace once, none for so long, and for whom nothing waits.

    Somebody without any trace may have been entered yesterday, and stays; of merged numbers all are quiet.
    """
    before = now_ms - days * _DAY_MS
    rows = Volunteer.objects.filter(erased_ms=None)
    left, recent = Q(), Q()
    for model, column in _TRACES:
        traces = model._default_manager.filter(volunteer=OuterRef("pk"))  # noqa: SLF001 - Django's own way
        left |= Q(Exists(traces))
        recent |= Q(Exists(traces.filter(**{f"{column}__gte": before})))
    expected = Assignment.objects.filter(volunteer=OuterRef("pk"), activity__shifts__end_ms__gte=before)
    rows = rows.filter(left).exclude(recent | Q(Exists(expected)))
    quiet = {row.number: row for row in rows.order_by("number") if not is_undecided(row.number)}
    merged = merged_numbers()
    return [row for number, row in quiet.items() if all(one in quiet for one in merged.numbers_of(number))]


def _noted(ended: Ended, now_ms: int) -> Ended:
    if ended.count:
        after = {"count": ended.count, "days": ended.days}
        with transaction.atomic():
            note(Action.REMOVE, Kind.RETENTION, ended.kind, Signed(None, now_ms), after=after)
    _logger.info("retention", kind=ended.kind, ended=ended.count, days=ended.days)
    return ended
