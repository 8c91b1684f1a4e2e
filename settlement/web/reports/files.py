"""Files of reports that are made in the background: asked for, how far they are, cancelled, taken."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from settlement.explain.sentences import Teller
from settlement.models import ReportFile
from settlement.reports.files import (
    UNDER_WAY,
    FileForm,
    FileState,
    ask_for_file,
    cancel_file,
    files_of,
    finished_file,
)
from settlement.rule_book import rules_now
from settlement.web.frame import answer, current_ms, frame, reader_language, reloading, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_trouble, told_before
from settlement.web.reached import check_branch
from settlement.web.readers import Reader, for_staff
from settlement.web.reports.asked import asked_for
from settlement.web.reports.sent import CONTENT_TYPES, Form
from settlement.web.reports.views import kind_of

_MOST_SHOWN = 50


@require_safe
@for_staff
def files(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The own files: which wait, how far one is, which are ready; kept up to date while any is made."""
    words = words_for(request)
    rows = list(files_of(reader.who_acts())[:_MOST_SHOWN])
    teller = Teller(words, rules_now().settlement_tz)
    context = frame(request, words) | {
        "rows": [_told(row, teller) for row in rows],
        "told": told_before(request, words),
    }
    if any(row.state in UNDER_WAY for row in rows):
        context |= reloading(request)
    return answer(request, "settlement/reports/files.html", context)


@require_POST
@for_staff
def asked(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """Have a report made as a file."""
    by, found = reader.who_acts(), kind_of(kind)
    wanted, form = asked_for(request, current_ms()), request.POST.get("form", "")
    if form not in list(FileForm):
        form = FileForm.CSV
    if "organisation" in found.fields:
        check_branch(reader.reach, wanted.branch)
    try:
        ask_for_file(found, wanted, FileForm(form), reader_language(request), by=by)
    except RulesError as error:
        tell_trouble(request, error.trouble)
    return redirect("report-files")


@require_POST
@for_staff
def cancelled(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:  # noqa: ARG001 - as every page
    """Let one of the own files not be made, or be gone."""
    try:
        cancel_file(number, reader.who_acts())
    except RulesError as error:
        raise NotHere.of(error.trouble) from error
    return redirect("report-files")


@require_safe
@for_staff
def taken(request: HttpRequest, reader: Reader, number: int) -> FileResponse:  # noqa: ARG001 - as every page
    """One of the own files."""
    try:
        row, path = finished_file(number, reader.who_acts(), current_ms())
    except RulesError as error:
        raise NotHere.of(error.trouble) from error
    name = f"{row.kind}-{row.asked['year']}.{row.form}"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type=CONTENT_TYPES[Form(row.form)]
    )


def _told(row: ReportFile, teller: Teller) -> dict[str, object]:
    words = teller.words
    return {
        "number": row.pk,
        "name": words.say(f"reports-{row.kind}"),
        "form": row.form.upper(),
        "asked": teller.when(row.asked_ms),
        "state": words.code("report_file", row.state),
        "rows": words.say("reports-rows", count=row.rows) if row.rows else "",
        "why": row.why,
        "under_way": row.state in UNDER_WAY,
        "ends": teller.when(row.ends_ms) if row.state == FileState.DONE else "",
        "address": reverse("report-taken", args=(row.pk,)) if row.state == FileState.DONE else "",
    }
