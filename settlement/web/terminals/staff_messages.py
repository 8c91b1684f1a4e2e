"""What staff wrote to the centre at terminals, and that it was read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.review.staff_messages import messages_of, note_read
from settlement.web.entitled import ToldIfRefused, check_may_open, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff


@require_safe
@for_staff
def staff_messages(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The newest messages, those that nobody has read first; of one terminal, if it is named."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words, terminal = words_for(request), request.GET.get("terminal", "")[:40]
    rows = []
    for row in messages_of(reader.actor, terminal):
        teller = Teller(words, row.terminal.site.zone)
        rows.append((row, teller.when(row.at_ms), teller.when(row.read_ms)))
    context = frame(request, words) | {
        "rows": rows,
        "terminal": terminal,
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/staff_messages.html", context)


@require_POST
@for_staff
def staff_message_read(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Say that a message was read."""
    by = reader.who_may(Deed.RUN_TERMINALS)
    with ToldIfRefused(request):
        note_read(number, Signed(by, current_ms()))
        tell(request, "staff_messages-read")
    return redirect("staff-messages")
