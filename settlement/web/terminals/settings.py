"""The settings that the centre gives a terminal: as they are, compared with what is wanted, and given."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.downlink.editions import give_settings
from settlement.downlink.settings_changes import changes, earlier_settings, given_settings
from settlement.explain.sentences import Teller
from settlement.models import Terminal
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.look import reached_terminal
from settlement.web.terminals.setting_words import (
    changes_said,
    fields_of,
    settings_named,
    values_of,
    why_refused,
)


@require_safe
@for_staff
def settings(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What the centre gives a terminal now, in a form, and who gave it others before."""
    words = words_for(request)
    found = reached_terminal(reader, terminal)
    before = _given(reader, found)
    teller = Teller(words, found.site.zone)
    history = [
        (
            row,
            teller.when(row.at_ms),
            changes_said(changes(values_of(row, "before"), values_of(row, "after")), words),
        )
        for row in earlier_settings(reader.actor, found)
    ]
    context = frame(request, words) | {
        "terminal": found,
        "fields": fields_of(before, words),
        "history": history,
        "may_run": reader.may_do(Deed.RUN_TERMINALS) and found.revoked_ms is None,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/settings.html", context)


@require_POST
@for_staff
def compared(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What would be another, before anything is given."""
    words = words_for(request)
    found = reached_terminal(reader, terminal)
    before = _given(reader, found)
    values = settings_named(request, request.POST.getlist("given"))
    why = why_refused(values, words)
    context = frame(request, words) | {
        "terminal": found,
        "rows": changes_said(changes(before, values), words),
        "values": values,
        "why": why,
        "may_run": reader.may_do(Deed.RUN_TERMINALS) and not why,
        "languages": [],
    }
    return answer(request, "settlement/terminals/compared.html", context)


@require_POST
@for_staff
def given(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Give a terminal these settings, in the place of all that were given before."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), request.POST.get("reason", "").strip())
        row = give_settings(found.pk, settings_named(request, request.POST.getlist("given")), signed)
        tell(request, "terminals-settings_given", version=str(row.version))
    return redirect("terminal-settings", found.pk)


def _given(reader: Reader, terminal: Terminal) -> dict[str, Any]:
    try:
        return given_settings(reader.actor, terminal)
    except RulesError as error:
        raise PermissionDenied from error
