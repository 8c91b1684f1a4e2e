"""The pages of organisations: the tree in reach, and one with what hangs on it and what was changed."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Kind, audit_rows
from settlement.accounts.authority import Deed, may
from settlement.explain.sentences import Teller
from settlement.master_data.organisation_overview import contents_of, directly_below, list_organisations
from settlement.models import AuditRecord
from settlement.reach import Reach
from settlement.rule_book import rules_at
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.reached import organisation_among
from settlement.web.readers import Reader, for_staff

_MOST_OFFERED = 300
_HISTORY = 10


@require_safe
@for_staff
def organisations(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The organisations in reach in the order of their tree, a page at a time."""
    words = words_for(request)
    text, after = (request.GET.get(name, "")[:80] for name in ("text", "after"))
    found, more = list_organisations(reader.reach, text=text, after=after)
    kept = {"text": text} if text else {}
    context = frame(request, words) | {
        "rows": found,
        "text": text,
        "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': found[-1].path})}" if more else "",
        "may_enter": reader.may_do(Deed.ENTER_ACTIVITIES),
        "is_whole": reader.reach.is_whole,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/organisations/organisations.html", context)


@require_safe
@for_staff
def organisation(request: HttpRequest, reader: Reader, path: str) -> HttpResponse:
    """One organisation: what hangs on it, what is directly below, its forms and its history."""
    words = words_for(request)
    found = organisation_among(reader.reach.organisations(), path)
    may_enter = reader.may_do(Deed.ENTER_ACTIVITIES)
    context = frame(request, words) | {
        "one": found,
        "holds": holds_said(contents_of(found), words),
        "below": directly_below(reader.reach, found),
        "may_enter": may_enter,
        "is_whole": reader.reach.is_whole,
        "offered": offered_of(reader.reach, "") if may_enter else [],
        "history": [*history_of(reader.actor, Kind.ORGANISATION, found.path, words)],
        "told": told_before(request, words),
    }
    return answer(request, "settlement/organisations/organisation.html", context)


def offered_of(reach: Reach, chosen: str) -> list[tuple[str, str]]:
    """The organisations that a form offers, and surely the one that is chosen already."""
    rows = reach.organisations().order_by("path").values_list("path", "name")
    first = [*rows[:_MOST_OFFERED]]
    if chosen and len(first) == _MOST_OFFERED and chosen not in dict(first):
        first += rows.filter(path=chosen)
    return first


def holds_said(contents: dict[str, int], words: Words) -> list[str]:
    """How much of each kind hangs on something, in words."""
    return [words.say(f"holds-{name}", count=count) for name, count in contents.items()]


def history_of(by: Actor | None, kind: Kind, subject: str, words: Words) -> Iterator[dict[str, Any]]:
    """What was changed of it before, for who may read the audit."""
    if by is None or not may(by, Deed.READ_AUDIT):
        return
    teller = Teller(words, rules_at(current_ms()).settlement_tz)
    rows = audit_rows(by, kind=kind, subject=subject).select_related("values")
    for row in rows[:_HISTORY]:
        yield {"at": teller.when(row.at_ms), "by": row.name or "–", "reason": row.reason} | _told(row)


def _told(row: AuditRecord) -> dict[str, str]:
    values = getattr(row, "values", None)
    before, after = (values.before or {}, values.after or {}) if values else ({}, {})
    return {
        "what": ", ".join(row.fields) or row.action,
        "before": ", ".join(str(before.get(name, "–")) for name in row.fields),
        "after": ", ".join(str(after.get(name, "–")) for name in row.fields),
        "request": row.request,
    }
