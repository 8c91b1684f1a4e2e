"""The pages of the import; each only fetches and hands over, every decision is a service's."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import MusterError, RulesError, SettingsError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.lists.file import OF_PAGES, ListFile
from settlement.lists.table import ListTrouble
from settlement.lists.text_table import Encoding
from settlement.look_up import storable
from settlement.master_data.example_list import example_list
from settlement.master_data.held_lists import PeopleList, drop_list, held_list, hold_list, import_held
from settlement.master_data.people_file import OPTIONAL, REQUIRED
from settlement.master_data.refused_rows import refused_rows
from settlement.reports.calendar import today
from settlement.reports.rendering import rows_as_csv
from settlement.reports.workbook import rows_as_workbook
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page, tell_trouble, told_before
from settlement.web.people_import.rows import told_import, told_preview
from settlement.web.readers import Reader, for_staff
from settlement.web.reports.sent import CONTENT_TYPES, Form

_MOST_OFFERED = 300
"""Organisations in the choice; in a larger tree their path is typed."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def hand_over(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Hand a list over: nothing is imported yet."""
    words = words_for(request)
    actor = reader.who_may(Deed.ENTER_PEOPLE)
    if request.method != "POST":
        return answer(request, _FORM, _form(request, reader, words))
    try:
        given, organisation = _given(request), storable(request.POST.get("organisation", "").strip())
        held = hold_list(given, organisation, Signed(actor, current_ms()))
    except MusterError as error:
        context = _form(request, reader, words) | {"why": words.trouble(error.trouble)}
        return answer(request, _FORM, context, status=400)
    return redirect("people-import-list", held)


@require_safe
@for_staff
def example(request: HttpRequest, reader: Reader, form: str) -> HttpResponse:
    """A list to begin with, as CSV or as a workbook."""
    reader.who_may(Deed.ENTER_PEOPLE)
    if form not in _EXAMPLES:
        raise Http404
    rows = example_list(reader.reach, today(current_ms()))
    written = (
        rows_as_csv(rows)
        if form == "csv"
        else rows_as_workbook(rows, words_for(request).say("page-volunteers"))
    )
    disposition = f'attachment; filename="volunteers.{form}"'
    return HttpResponse(written, content_type=_EXAMPLES[form], headers={"Content-Disposition": disposition})


@require_safe
@for_staff
def looked_through(request: HttpRequest, reader: Reader, held: str) -> HttpResponse:
    """What an import of the list would do, and the rows that it would refuse."""
    words = words_for(request)
    found = _held(held, reader.who_may(Deed.ENTER_PEOPLE))
    context = frame(request, words) | {"held": held} | told_preview(found.preview, words)
    return answer(request, "settlement/people_import/list.html", context)


@require_safe
@for_staff
def refused(request: HttpRequest, reader: Reader, held: str) -> HttpResponse:
    """The refused rows as they came, each with its reason, to be corrected and handed over again."""
    words, actor = words_for(request), reader.who_may(Deed.ENTER_PEOPLE)
    found = _held(held, actor)
    rows = refused_rows(found.file, found.preview.broken, words)
    taken = {"refused_rows": len(found.preview.broken)}
    note(Action.EXPORT, Kind.VOLUNTEER, "import", Signed(actor, current_ms()), after=taken)
    return HttpResponse(
        rows_as_csv(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="refused.csv"'},
    )


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader, held: str) -> HttpResponse:
    """Import the rows that fit, or none; the list is let go of either way."""
    actor = reader.who_may(Deed.ENTER_PEOPLE)
    try:
        if request.POST.get("what") == "import":
            done = import_held(
                storable(held), Signed(actor, current_ms(), request.POST.get("reason", "").strip())
            )
            tell_on_next_page(request, lambda words: told_import(done, words))
        else:
            drop_list(storable(held), actor)
            tell_on_next_page(request, lambda words: [words.say("import-dropped")])
    except (RulesError, SettingsError) as error:
        tell_trouble(request, error.trouble)
        if error.trouble.code != CentreTrouble.LIST_GONE:
            return redirect("people-import-list", held)
    return redirect("people-import")


_FORM = "settlement/people_import/form.html"
_EXAMPLES = {str(form): CONTENT_TYPES[form] for form in (Form.CSV, Form.WORKBOOK)}


def _held(held: str, actor: Actor) -> PeopleList:
    try:
        return held_list(storable(held), actor, current_ms())
    except RulesError as error:
        if error.code == AccountTrouble.NOT_ALLOWED:
            raise PermissionDenied from error
        raise NotHere.of(error.trouble) from error


def _given(request: HttpRequest) -> ListFile:
    """The list in the form; raises SettingsError where there is none, or one that is too large."""
    file = request.FILES.get("file")
    if file is None:
        most = OF_PAGES.file_bytes // 1024 // 1024
        is_large = int(request.META.get("CONTENT_LENGTH") or 0) > OF_PAGES.file_bytes
        why = Trouble.term("csv", ListTrouble.TOO_LARGE, most=most) if is_large else _NO_FILE
        raise SettingsError(CentreTrouble.LIST_NOT_READ, why=why, required=REQUIRED, optional=OPTIONAL)
    encoding = request.POST.get("encoding", "")
    known = Encoding(encoding) if encoding in [*Encoding] else Encoding.UTF_8
    return ListFile(file.read(), known, request.POST.get("sheet", "").strip(), OF_PAGES)


_NO_FILE = Trouble.term("csv", ListTrouble.NO_FILE)


def _form(request: HttpRequest, reader: Reader, words: Words) -> dict[str, Any]:
    rows = reader.reach.organisations().order_by("path").values_list("path", "name")
    offered = [*rows[: _MOST_OFFERED + 1]]
    return frame(request, words) | {
        "told": told_before(request, words),
        "organisations": offered if len(offered) <= _MOST_OFFERED else [],
        "is_whole": reader.reach.is_whole,
        "chosen": request.POST.get("organisation", ""),
        "encodings": [(one, words.say(f"encoding-{one.name.lower()}")) for one in Encoding],
        "encoding": request.POST.get("encoding", Encoding.UTF_8),
        "sheet": request.POST.get("sheet", ""),
        "required": REQUIRED,
        "optional": OPTIONAL,
        "most": OF_PAGES.file_bytes // 1024 // 1024,
        "most_rows": OF_PAGES.rows - 1,
    }
