"""What one terminal is asked to do: a few things that are safe, and what became of each."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.downlink.tasks import NEEDS_DEVICE, NEEDS_REASON, ask_terminal, tasks_of
from settlement.explain.sentences import Teller
from settlement.models import TerminalOrder
from settlement.review.terminal_history import last_told
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.look import reached_terminal
from sync.contract.orders import Task

_SYMBOLS = {"done": "✔", "failed": "✖", "not_known": "?", "too_late": "✖"}


@require_safe
@for_staff
def tasks(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What a terminal may be asked, and what it was asked before, with its answers."""
    words, now_ms = words_for(request), current_ms()
    found = reached_terminal(reader, terminal)
    try:
        rows = tasks_of(reader.actor, found)
    except RulesError as error:
        raise PermissionDenied from error
    teller = Teller(words, found.site.zone)
    simple = [task for task in Task if task not in NEEDS_DEVICE | NEEDS_REASON]
    context = frame(request, words) | {
        "terminal": found,
        "zone": found.site.zone,
        "simple": _named(simple, words),
        "reasoned": _named([task for task in Task if task in NEEDS_REASON], words),
        "devices": _named([*NEEDS_DEVICE], words),
        "known": sorted(last_told(found.pk).devices),
        "rows": [_row(row, now_ms, words, teller) for row in rows],
        "may_run": reader.may_do(Deed.RUN_TERMINALS) and found.revoked_ms is None,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/tasks.html", context)


@require_POST
@for_staff
def asked(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Ask a terminal to do one of these things."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    reader.who_may(Deed.RUN_TERMINALS)
    wanted = request.POST.get("task", "")
    if wanted in [*Task]:
        with ToldIfRefused(request):
            signed = Signed(by, current_ms())
            ask_terminal(found.pk, Task(wanted), request.POST.get("argument", ""), signed)
            tell(request, "tasks-under_way")
    return redirect("terminal-tasks", found.pk)


def _named(wanted: list[Task], words: Words) -> list[tuple[str, str]]:
    return [(str(task), words.code("task", task)) for task in wanted]


def _row(row: TerminalOrder, now_ms: int, words: Words, teller: Teller) -> dict[str, str]:
    waits = "too_late" if row.ends_ms <= now_ms else "waits" if row.sent_ms else "not_sent"
    result = row.result or waits
    return {
        "at": teller.when(row.at_ms),
        "what": words.code("task", row.what),
        "argument": row.argument,
        "by": row.by,
        "sent": teller.when(row.sent_ms),
        "done": teller.when(row.done_ms),
        "result": words.code("task_result", result),
        "symbol": _SYMBOLS.get(result, "…"),
        "detail": row.detail,
    }
