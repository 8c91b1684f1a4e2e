"""The audit: a row for each change of master data, access, settings, staff and accounts, and for each look
at personal data in clear. Rows are never changed or deleted; the database refuses it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed, check_may
from settlement.accounts.click import current_click
from settlement.look_up import storable
from settlement.models import AuditRecord, AuditValues
from settlement.organisations.tree import subtree
from settlement.troubles import DecisionTrouble

LONGEST_SUBJECT = 120
LONGEST_REASON = 300
MOST_AT_ONCE = 50
"""Rows of one page."""


class Action(StrEnum):
    """What was done."""

    ENTER = "enter"
    CORRECT = "correct"
    REMOVE = "remove"
    LOOK = "look"  # at personal data in clear
    EXPORT = "export"
    ERASE = "erase"


class Kind(StrEnum):
    """What it was done to."""

    ACCOUNT = "account"
    ORGANISATION = "organisation"
    SITE = "site"
    ACTIVITY = "activity"
    VOLUNTEER = "volunteer"
    MEMBERSHIP = "membership"
    ASSIGNMENT = "assignment"
    CREDENTIAL = "credential"
    STAFF = "staff"
    TERMINAL = "terminal"
    SETTINGS = "settings"
    RECORD = "record"
    TRANSFER = "transfer"
    RETENTION = "retention"
    WEBHOOK = "webhook"
    RATING = "rating"


Values = Mapping[str, Any] | None


class Signed(Struct, frozen=True):
    """Who changes something, when (UTC milliseconds), and why. Without an actor the centre does it itself."""

    by: Actor | None
    now_ms: int
    reason: str = ""


def note(
    action: Action,
    kind: Kind,
    subject: object,
    signed: Signed,
    *,
    before: Values = None,
    after: Values = None,
    volunteer: int | None = None,
) -> None:
    """Write one row; none where `before` and `after` say the same. In the transaction of the change.

    `volunteer` is whose personal data the values are: they go when that person is erased. Raises RulesError
    NOTE_TOO_LONG for a reason that can't be kept.
    """
    if len(signed.reason) > LONGEST_REASON or "\0" in signed.reason:
        raise RulesError(DecisionTrouble.NOTE_TOO_LONG, length=len(signed.reason), most=LONGEST_REASON)
    if before is not None and before == after:
        return
    old, new = dict(before or {}), dict(after or {})
    values = {"before": _plain(before), "after": _plain(after)}
    row = AuditRecord.objects.create(
        account_id=signed.by.account if signed.by else None,
        name=signed.by.name if signed.by else "",
        action=action,
        kind=kind,
        subject=str(subject)[:LONGEST_SUBJECT],
        fields=[name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)],
        digest=digest_of(values) if old or new else "",
        reason=signed.reason,
        request=current_click(),
        at_ms=signed.now_ms,
    )
    if old or new:
        AuditValues.objects.create(record=row, volunteer=volunteer, **values)


def digest_of(values: Mapping[str, Any]) -> str:
    """What a record keeps of its values for ever."""
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()


def records_of(kind: Kind, subject: object) -> QuerySet[AuditRecord]:
    """What is on record of one thing, the latest first."""
    return AuditRecord.objects.filter(kind=kind, subject=str(subject)[:LONGEST_SUBJECT]).order_by("-pk")


def records_of_activity(activity: str | OuterRef, numbers: Iterable[int]) -> QuerySet[AuditRecord]:
    """What is on record of an activity, and of the place on its roster of who has these numbers, in order.

    The activity may be the column of a query around this one.
    """
    places = [
        f"{activity}/{number}" if isinstance(activity, str) else Concat(activity, Value(f"/{number}"))
        for number in numbers
    ]
    about = Q(kind=Kind.ACTIVITY, subject=activity) | Q(kind=Kind.ASSIGNMENT, subject__in=places)
    return AuditRecord.objects.filter(about).order_by("at_ms", "pk")


def _plain(values: Values) -> Any:  # noqa: ANN401 - whatever JSON can hold
    return None if values is None else msgspec.to_builtins(dict(values))


def audit_rows(by: Actor, *, kind: str | None = None, subject: str | None = None) -> QuerySet[AuditRecord]:
    """The audit, the latest first; below the top what accounts of the own organisation and those below did.

    Raises RulesError NOT_ALLOWED.
    """
    check_may(by, Deed.READ_AUDIT)
    rows = AuditRecord.objects.order_by("-pk")
    if by.node:
        rows = rows.filter(subtree(by.node, "account__organisation__path"))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(subject=subject) if subject else rows


class Sought(Struct, frozen=True):
    """What is looked for in the audit; what is empty leaves everything in.

    `login` is whose account did it, `from_ms` and `until_ms` when, `request` is the id of one click, `before`
    the row behind the page.
    """

    kind: Kind | None = None
    action: Action | None = None
    subject: str = ""
    login: str = ""
    from_ms: int | None = None
    until_ms: int | None = None
    request: str = ""
    before: int = 0


def search_audit(by: Actor, sought: Sought) -> tuple[list[AuditRecord], bool]:
    """A page of what `audit_rows` lets somebody read, and whether older rows follow; raises RulesError."""
    rows = audit_rows(by, kind=sought.kind, subject=storable(sought.subject))
    if sought.action is not None:
        rows = rows.filter(action=sought.action)
    if sought.login:
        rows = rows.filter(account__login=storable(sought.login))
    if sought.from_ms is not None:
        rows = rows.filter(at_ms__gte=sought.from_ms)
    if sought.until_ms is not None:
        rows = rows.filter(at_ms__lt=sought.until_ms)
    if sought.request:
        rows = rows.filter(request=storable(sought.request))
    if sought.before:
        rows = rows.filter(pk__lt=sought.before)
    found = list(rows.select_related("account", "values")[: MOST_AT_ONCE + 1])
    return found[:MOST_AT_ONCE], len(found) > MOST_AT_ONCE
