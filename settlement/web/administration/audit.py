"""Searching the audit: by account, kind, action, thing and day, or all that one click did."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from msgspec import Struct

from foundation.words import Words
from settlement.accounts.audit import Action, Kind, Sought, search_audit
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.models import AuditRecord
from settlement.rule_book import rules_at
from settlement.web.frame import answer, current_ms, frame, here, words_for
from settlement.web.readers import Reader, for_staff, note_look

_LONGEST = 120


class Row(Struct, frozen=True):
    """One row of the audit; `changes` are what was another, with its value before and after."""

    at: str
    name: str
    login: str
    action: str
    kind: str
    subject: str
    reason: str
    request: str
    changes: list[tuple[str, str, str]]


@require_safe
@for_staff
def audit(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who changed what and who looked at personal data, the latest first, page by page."""
    by = reader.who_may(Deed.READ_AUDIT)
    words = words_for(request)
    zone = rules_at(current_ms()).settlement_tz
    day = _day(request.GET.get("day", ""))
    sought = _sought(request, day, zone)
    rows, more = search_audit(by, sought)
    note_look(request, reader, Kind.RECORD, "audit")
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "rows": [_row(row, words, teller) for row in rows],
        "sought": sought,
        "day": day,
        "kinds": [(one.value, words.code("kept_value", one)) for one in Kind],
        "actions": [(one.value, words.code("kept_value", one)) for one in Action],
        "zone": zone,
        "next": here(request, before=str(rows[-1].pk)) if more else "",
        "first": here(request, before="") if sought.before else "",
    }
    return answer(request, "settlement/administration/audit.html", context)


def _sought(request: HttpRequest, day: dt.date | None, zone: str) -> Sought:
    """The search of the address; what it can't mean leaves everything in."""
    kind, action = request.GET.get("kind", ""), request.GET.get("action", "")
    starts, ends = (None, None) if day is None else _bounds(day, zone)
    return Sought(
        kind=Kind(kind) if kind in {*Kind} else None,
        action=Action(action) if action in {*Action} else None,
        subject=request.GET.get("subject", "").strip()[:_LONGEST],
        login=request.GET.get("login", "").strip()[:_LONGEST],
        from_ms=starts,
        until_ms=ends,
        request=request.GET.get("request", "").strip()[:_LONGEST],
        before=row_number(request.GET.get("before", "")),
    )


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _bounds(day: dt.date, zone: str) -> tuple[int, int]:
    """When a local day begins and ends, in UTC milliseconds."""
    starts, ends = (
        dt.datetime.combine(one, dt.time(), ZoneInfo(zone)) for one in (day, day + dt.timedelta(days=1))
    )
    return int(starts.timestamp()) * 1000, int(ends.timestamp()) * 1000


def _row(row: AuditRecord, words: Words, teller: Teller) -> Row:
    values = getattr(row, "values", None)
    before, after = (dict(values.before or {}), dict(values.after or {})) if values else ({}, {})
    return Row(
        at=teller.when(row.at_ms),
        name=row.name,
        login=row.account.login if row.account else "",
        action=words.code("kept_value", row.action),
        kind=words.code("kept_value", row.kind),
        subject=row.subject,
        reason=row.reason,
        request=row.request,
        changes=[(name, _said(before, name), _said(after, name)) for name in row.fields],
    )


def _said(values: dict[str, object], name: str) -> str:
    """A value as it is kept: text as it stands, other values as JSON; "" for none."""
    value = values.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
