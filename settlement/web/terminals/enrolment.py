"""Terminals that join: a token that is shown once, requests that wait for six words to be compared."""

import msgspec
import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.accounts.authority import Deed
from settlement.authority.certificates import open_authority
from settlement.enrolment.approval import approve, decline, waiting_request
from settlement.enrolment.requests import answer_request
from settlement.enrolment.tokens import add_terminal
from settlement.enrolment.waiting import enrolling
from settlement.explain.sentences import Teller
from settlement.look_up import row_number, storable
from settlement.models import Site, Terminal, TerminalRequest
from settlement.rule_book import rules_at
from settlement.troubles import CentreTrouble
from settlement.web.entitled import ToldIfRefused, check_may_open, tell, tell_refused
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import tell_trouble, told_before
from settlement.web.reached import site_among
from settlement.web.readers import Reader, for_staff
from sync.contract.enrolment import AnswerState, EnrolmentError, EnrolmentRefusal
from sync.contract.enrolment_token import EnrolmentToken

_MINUTES = 60
_MOST_MINUTES = 7 * 24 * 60
_MOST_BYTES = 64 * 1024
"""A request in a file is some 2 KiB."""


@require_safe
@for_staff
def enrolment(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Make a token, see who waits, look a request up by the code on a terminal's screen."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words, now_ms = words_for(request), current_ms()
    found = enrolling(reader.actor, now_ms)
    zone = rules_at(now_ms).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "zone": zone,
        "sites": reader.reach.run_sites().order_by("name", "code"),
        "waiting": [(row, teller.when(row.asked_ms)) for row in found.waiting],
        "tokens": [(row, teller.when(row.ends_ms)) for row in found.tokens],
        "refused": [
            (row, teller.when(row.at_ms), words.trouble(_refusal(row.refusal, row.terminal)))
            for row in found.refused
        ],
        "is_whole": reader.reach.is_whole,
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "minutes": _MINUTES,
        "most_minutes": _MOST_MINUTES,
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/enrolment.html", context)


@require_POST
@for_staff
def token_made(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Make a token for a new terminal, and show it once."""
    by = reader.who_acts()
    site, name = _site_named(request, reader), request.POST.get("name", "").strip()
    minutes = minutes_in(request)
    with ToldIfRefused(request):
        try:
            token = add_terminal(name, site.pk, minutes, by, current_ms(), settings=centre_settings())
        except SettingsError as error:
            raise _without_place(reader, name, error) from error
        return token_page(request, token, minutes)
    return redirect("enrolment")


@require_safe
@for_staff
def request_shown(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One request that waits, with its six words to be compared."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words, now_ms = words_for(request), current_ms()
    code = request.GET.get("code", "")[:20]
    row = _waiting(reader, code, now_ms)
    zone = rules_at(now_ms).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "zone": zone,
        "row": row,
        "asked": teller.when(row.asked_ms),
        "sites": reader.reach.run_sites().order_by("name", "code") if row.token is None else [],
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/request.html", context)


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Let the terminal of a request in, or turn it away."""
    by, now_ms, form = reader.who_acts(), current_ms(), request.POST
    code = form.get("code", "")[:20]
    row = _waiting(reader, code, now_ms)
    again = redirect(f"{reverse('enrolment-request')}?code={row.code}")
    with ToldIfRefused(request):
        if form.get("what") == "refuse":
            decline(row, by, now_ms)
            tell(request, "terminals-turned_away", code=row.code)
            return redirect("enrolment")
        if form.get("what") != "approve" or not form.get("same"):
            tell_trouble(request, Trouble.of(CentreTrouble.WORDS_NOT_COMPARED))
            return again
        site = None if row.token is not None else _site_named(request, reader).pk
        name = form.get("name", "").strip() or None
        try:
            authority = open_authority(centre_settings())
            known = approve(row, name, site, by, now_ms, settings=centre_settings(), authority=authority)
        except SettingsError as error:
            raise _without_place(reader, name or row.terminal, error) from error
        tell(request, "terminals-enrolled", terminal=known)
        return redirect("terminal", known)
    return again


@require_POST
@for_staff
def answered(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Answer the file of a terminal without a network by a file."""
    reader.who_may(Deed.RUN_TERMINALS)
    sent = request.FILES.get("request")
    payload = sent.read(_MOST_BYTES + 1) if sent is not None else b""
    if not payload or len(payload) > _MOST_BYTES:
        tell_refused(request, EnrolmentError(EnrolmentRefusal.MALFORMED))
        return redirect("enrolment")
    with ToldIfRefused(request):
        settings = centre_settings()
        authority = open_authority(settings)
        told = answer_request(payload, "", current_ms(), settings=settings, authority=authority)
        if told.state is AnswerState.GRANTED:
            reply = HttpResponse(msgspec.json.encode(told), content_type="application/json")
            reply.headers["Content-Disposition"] = 'attachment; filename="reply.json"'
            return reply
        if told.state is AnswerState.REFUSED:
            refusal = told.refusal or EnrolmentRefusal.MALFORMED
            tell_refused(request, EnrolmentError(refusal, **told.arguments))
        else:
            tell(request, "terminals-waits")
    return redirect("enrolment")


def token_page(
    request: HttpRequest, token: EnrolmentToken, minutes: int, *, again: bool = False
) -> HttpResponse:
    """The page that shows a token, as text and as a QR code; it is shown this one time."""
    words = words_for(request)
    context = frame(request, words) | {
        "token": token,
        "command": f"muster enrol {token.text()}{' --again' if again else ''}",
        "drawing": segno.make(token.text(), error="l").svg_inline(border=4, omitsize=True),
        "until": words.say("terminals-token_until", count=minutes),
        "again": again,
        "languages": [],
    }
    return answer(request, "settlement/terminals/token.html", context)


def minutes_in(request: HttpRequest) -> int:
    """How long a token shall be good, within what a person may ask for."""
    return min(row_number(request.POST.get("minutes", "")) or _MINUTES, _MOST_MINUTES)


def _waiting(reader: Reader, code: str, now_ms: int) -> TerminalRequest:
    """The request of that code, if it is of no site yet or of one that is run; raises NotHere."""
    try:
        row = waiting_request(code, now_ms)
    except SettingsError as error:
        raise NotHere.of(error.trouble) from error
    if row.token is not None and not reader.reach.runs(row.token.site):
        raise NotHere(CentreTrouble.NOBODY_WAITS, code=code)
    return row


def _site_named(request: HttpRequest, reader: Reader) -> Site:
    """The site that a form names, of those that are run; raises NotHere for any other."""
    return site_among(reader.reach.run_sites(), request.POST.get("site", ""))


def _without_place(reader: Reader, name: str, error: SettingsError) -> SettingsError:
    """The same, but of a name that a terminal beyond the reach bears not where that one stands."""
    beyond = Terminal.objects.filter(pk=storable(name)).exclude(pk__in=reader.reach.terminals().values("pk"))
    if error.trouble.code == CentreTrouble.TERMINAL_NAME_TAKEN_AT and beyond.exists():
        return SettingsError(CentreTrouble.TERMINAL_NAME_TAKEN, terminal=name)
    return error


def _refusal(code: str, terminal: str) -> Trouble:
    return EnrolmentError(code, terminal=terminal or "–").trouble
