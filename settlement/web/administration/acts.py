"""What is done to one account: inviting anew, ending log-ins, the second factor, or the account itself."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from settlement.accounts.accounts import end_account
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.accounts.invitations import invite_login
from settlement.accounts.log_ins import end_log_ins, reset_second_factor
from settlement.signatures import reason_given
from settlement.troubles import CentreTrouble
from settlement.web.administration.invitation import invitation_page
from settlement.web.administration.views import reached_account, told_account
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.readers import Reader, for_staff

_ACTS: Final[dict[str, Callable[[str, Signed], object]]] = {
    "end": end_account,
    "second_factor": reset_second_factor,
    "log_ins": end_log_ins,
}
"""By the word in the address; `accounts_ask-…` and `accounts_done-…` in the catalogs."""


@require_POST
@for_staff
def invited(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Make a new invitation, as after a forgotten password, and show its address once."""
    by, row = reader.who_acts(), reached_account(reader, number)
    days = centre_settings().accounts.invitation_days
    with ToldIfRefused(request):
        secret = invite_login(row.login, days, Signed(by, current_ms()))
        return invitation_page(request, number, row.login, row.name, secret, days)
    return redirect("account", number)


@require_safe
@for_staff
def asked(request: HttpRequest, reader: Reader, number: int, what: str) -> HttpResponse:
    """Ask once more, and why."""
    row = reached_account(reader, number)
    _act(what)
    words = words_for(request)
    context = frame(request, words) | {
        "one": told_account(row, words),
        "what": what,
        "title": words.code("accounts_act", what),
        "said": words.code("accounts_ask", what),
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
    }
    return answer(request, "settlement/administration/ask.html", context)


@require_POST
@for_staff
def done(request: HttpRequest, reader: Reader, number: int, what: str) -> HttpResponse:
    """Do what was asked for, with its reason."""
    by, row = reader.who_acts(), reached_account(reader, number)
    act = _act(what)
    with ToldIfRefused(request):
        act(row.login, Signed(by, current_ms(), reason_given(request.POST.get("reason", ""))))
        tell(request, f"accounts_done-{what}", login=row.login)
    return redirect("account", number)


def _act(what: str) -> Callable[[str, Signed], object]:
    if what not in _ACTS:
        raise NotHere(CentreTrouble.NO_PAGE)
    return _ACTS[what]
