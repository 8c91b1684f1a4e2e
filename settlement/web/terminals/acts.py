"""What is done to one terminal: alarms settled, new keys, revocation. Each is a service's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.authority.shutting_out import shut_out
from settlement.downlink.editions import revoke
from settlement.enrolment.tokens import renew_terminal
from settlement.evidence.log_alarms import settle_alarm
from settlement.models import LogAlarm
from settlement.signatures import reason_given
from settlement.troubles import CentreTrouble
from settlement.web.entitled import ToldIfRefused, check_may_open, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_on_next_page
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.enrolment import minutes_in, token_page
from settlement.web.terminals.look import reached_terminal


@require_POST
@for_staff
def alarm_settled(request: HttpRequest, reader: Reader, terminal: str, number: int) -> HttpResponse:
    """Say what an alarm about a terminal's log was."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    if not LogAlarm.objects.filter(pk=number, terminal=found).exists():
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    with ToldIfRefused(request):
        settle_alarm(number, by, request.POST.get("reason", ""), current_ms())
        tell(request, "terminals-settled")
    return redirect("terminal", found.pk)


@require_POST
@for_staff
def renewed(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Make a token with which the device that is this terminal gets new keys, and show it once."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    minutes = minutes_in(request)
    with ToldIfRefused(request):
        token = renew_terminal(found.pk, minutes, by, current_ms(), settings=centre_settings())
        return token_page(request, token, minutes, again=True)
    return redirect("terminal", found.pk)


@require_safe
@for_staff
def revocation(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Ask once more before a terminal loses its right to speak, and why."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words = words_for(request)
    found = reached_terminal(reader, terminal)
    may = reader.may_do(Deed.RUN_TERMINALS) and reader.reach.runs(found.site)
    context = frame(request, words) | {"terminal": found, "may_run": may and found.revoked_ms is None}
    return answer(request, "settlement/terminals/revoke.html", context)


@require_POST
@for_staff
def revoked(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Believe a terminal nothing more from now on; the listener tells it to forget what it holds."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    with ToldIfRefused(request):
        revoke(found.pk, Signed(by, current_ms(), reason_given(request.POST.get("reason", ""))))
        tell(request, "terminals-revoked", terminal=found.pk)
    return redirect("terminal", found.pk)


@require_POST
@for_staff
def shut(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """Let the broker refuse a terminal that was revoked."""
    by, found = reader.who_acts(), reached_terminal(reader, terminal)
    with ToldIfRefused(request):
        done = shut_out(found.pk, Signed(by, current_ms()), centre_settings())
        tell_on_next_page(request, lambda words: [words.code("shut", done.shut), *filter(None, [done.why])])
    return redirect("terminal", found.pk)
