"""Reports on a page, its first rows with bars beside the hours, and whole as CSV or a workbook."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.audit import Action, Signed, note
from settlement.accounts.audit import Kind as Noted
from settlement.accounts.authority import Deed, check_may
from settlement.reports import notice
from settlement.reports.kinds import KINDS, Asked, Kind
from settlement.reports.table import LongTable, Table
from settlement.reports.withdrawn_notices import notices_in, withdraw
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.notices import content_of_notice
from settlement.web.reached import check_branch
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.reports.asked import asked_for
from settlement.web.reports.sent import Form, report_file

ROWS_SHOWN = 200
_MOST_CHOICES = 300
_BAR = 100
_MOST_NOTICES = 20


@require_safe
@for_staff
def reports(request: HttpRequest, reader: Reader) -> HttpResponse:  # noqa: ARG001 - the decorator's signature
    """Which reports there are."""
    words = words_for(request)
    rows = [
        (kind.code, words.say(f"reports-{kind.code}"), words.say(f"reports-{kind.code}.why"))
        for kind in KINDS
    ]
    return answer(request, "settlement/reports/reports.html", frame(request, words) | {"rows": rows})


@require_safe
@for_staff
def report(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """One report, with what it is asked for, and its first rows."""
    words, found = words_for(request), kind_of(kind)
    asked = asked_for(request, current_ms(), reader.actor)
    may_publish = found.code == "notice" and reader.may_do(Deed.PUBLISH)
    context = frame(request, words) | {
        "kind": found,
        "name": words.say(f"reports-{found.code}"),
        "asked": asked,
        "branches": _branches(reader),
        "query": urlencode({name: request.GET[name] for name in found.fields if request.GET.get(name)}),
        "may_publish": may_publish,
        "notices": _notices(reader) if may_publish else (),
        "told": told_before(request, words),
        "may_make": reader.actor is not None,
    }
    if found.names:
        note_look(request, reader, Noted.VOLUNTEER, f"report {found.code}")
    try:
        table = _made(found, reader, asked, words)
    except RulesError as error:
        return answer(
            request, "settlement/reports/report.html", context | {"why": words.trouble(error.trouble)}
        )
    told = table.beginning(ROWS_SHOWN + 1) if isinstance(table, LongTable) else table
    context |= {
        "table": told,
        "rows": _with_bars(told, told.rows[:ROWS_SHOWN]),
        "more": len(told.rows) > ROWS_SHOWN,
    }
    return answer(request, "settlement/reports/report.html", context)


@require_safe
@for_staff
def file(request: HttpRequest, reader: Reader, kind: str, form: str) -> HttpResponseBase:
    """The whole report as a file; who takes one that names people is on record."""
    if form not in {*Form}:
        raise NotHere(CentreTrouble.NO_PAGE)
    words, found = words_for(request), kind_of(kind)
    asked = asked_for(request, current_ms(), reader.actor)
    try:
        table = _made(found, reader, asked, words)
    except RulesError as error:
        raise NotHere.of(error.trouble) from error
    if isinstance(table, LongTable) and reader.actor is not None:
        whole = table.beginning(centre_settings().reports.at_once_rows + 1)
        if len(whole.rows) > centre_settings().reports.at_once_rows:
            tell_on_next_page(request, lambda words: [words.say("reports-in_background")])
            return redirect(f"{reverse('report', args=(kind,))}?{request.GET.urlencode()}")
        table = whole
    if found.names and reader.actor is not None:
        signed = Signed(reader.actor, current_ms())
        note(Action.EXPORT, Noted.VOLUNTEER, f"report {found.code}", signed)
    return report_file(table, words, Form(form), f"{found.code}-{asked.year}")


@require_POST
@for_staff
def published(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Publish the notice of a year as it is now, in the reader's language; first ask whether to."""
    by = reader.who_acts()
    words, asked = words_for(request), asked_for(request, current_ms())
    query = urlencode({"year": asked.year, "organisation": asked.branch})
    try:
        check_branch(reader.reach, asked.branch)
        table = notice.report(reader.reach, asked.year, words, asked.branch)
        branch = reader.reach.branch(asked.branch)
        if request.POST.get("sure") != "1":
            check_may(by, Deed.PUBLISH)
            context = {"asked": asked, "query": query, "table": table, "branch": branch}
            context["said"] = words.say("reports-publish_asked", count=len(table.rows))
            return answer(request, "settlement/reports/publish.html", frame(request, words) | context)
        row = notice.publish(table, asked.year, branch, by=by, now_ms=asked.now_ms)
    except RulesError as error:
        if error.code == AccountTrouble.OUT_OF_REACH:
            raise NotHere.of(error.trouble) from error
        tell_trouble(request, error.trouble)
        return redirect(f"{reverse('report', args=('notice',))}?{query}")
    return redirect("notice", row.pk)


@require_POST
@for_staff
def withdrawn(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Take a notice back, with the reason; its page says so from now on."""
    by = reader.who_acts()
    try:
        withdraw(number, request.POST.get("reason", ""), by=by, now_ms=current_ms())
    except RulesError as error:
        if error.code == AccountTrouble.OUT_OF_REACH:
            raise NotHere(CentreTrouble.NO_NOTICE_HERE, number=number) from error
        tell_trouble(request, error.trouble)
    else:
        tell_on_next_page(request, lambda words: [words.say("reports-withdrawn", number=str(number))])
    return redirect("report", "notice")


def _made(kind: Kind, reader: Reader, asked: Asked, words: Words) -> Table | LongTable:
    if "organisation" in kind.fields:
        check_branch(reader.reach, asked.branch)
    return kind.make(reader.reach, asked, words)


def _notices(reader: Reader) -> list[tuple[int, str, str, bool]]:
    """Number, title, branch of the latest notices, and whether each is public still."""
    rows = notices_in(reader.reach)[:_MOST_NOTICES]
    return [
        (
            row.pk,
            content_of_notice(row).title,
            row.organisation.name if row.organisation else "",
            not hasattr(row, "withdrawal"),
        )
        for row in rows
    ]


def _branches(reader: Reader) -> list[tuple[str, str, int]]:
    """Path, name and depth of the organisations to choose from, the highest first where they are many."""
    rows = reader.reach.organisations().annotate(depth=Length("path")).order_by("depth", "path")
    found = sorted(rows.values_list("path", "name", "depth")[:_MOST_CHOICES])
    least = min((depth for _, _, depth in found), default=0)
    return [(path, name, (depth - least) // 4) for path, name, depth in found]


def _with_bars(table: Table, rows: Sequence[tuple[str | int, ...]]) -> list[dict[str, object]]:
    """The rows with what stands in each column, and how long a bar their hours are."""
    keys = [column.key for column in table.columns]
    place = keys.index("hours") if "hours" in keys else None
    hours = [0 if place is None else _hundredths(row[place]) for row in rows]
    most = max(hours, default=0)
    return [
        {
            "cells": list(zip(table.columns, row, strict=True)),
            "bar": max(0, size) * _BAR // most if most > 0 else 0,
        }
        for row, size in zip(rows, hours, strict=True)
    ]


def _hundredths(hours: str | int) -> int:
    digits = str(hours).replace(".", "")
    return int(digits) if digits.lstrip("-").isdecimal() else 0


def kind_of(code: str) -> Kind:
    """The report of that code; raises NotHere."""
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise NotHere(CentreTrouble.NO_PAGE)
