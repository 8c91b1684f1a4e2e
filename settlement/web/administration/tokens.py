"""API tokens on pages: who has which, one made and its secret shown this one time, one ended."""

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.trouble import Trouble
from settlement.accounts.api_tokens import NewToken, Scope, make_token, revoke_token, token_among, tokens_page
from settlement.accounts.audit import Kind, Signed
from settlement.accounts.authority import Deed
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.models import ApiToken
from settlement.rule_book import rules_at
from settlement.signatures import reason_given
from settlement.troubles import ApiTrouble
from settlement.web.entitled import ToldIfRefused, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, here, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff, note_look

_USUAL_DAYS = 90


@require_safe
@for_staff
def tokens(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The tokens of the own account and of those below, the newest first, page by page."""
    by, words = reader.who_acts(), words_for(request)
    before = row_number(request.GET.get("before", ""))
    rows, more = tokens_page(by, before)
    note_look(request, reader, Kind.ACCOUNT, "tokens")
    zone = rules_at(current_ms()).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "rows": [_told(row, teller) for row in rows],
        "zone": zone,
        "next": here(request, before=str(rows[-1].pk)) if more else "",
        "first": here(request, before="") if before else "",
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/tokens.html", context)


@require_safe
@for_staff
@reauthentication_required  # type: ignore[untyped-decorator]
def new_token(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A form for a token of the own account; who logged in long ago says the password again first."""
    reader.who_acts()
    words = words_for(request)
    accounts = centre_settings().accounts
    context = frame(request, words) | {
        "scopes": [(one.value, words.code("scope", one)) for one in Scope],
        "longest": accounts.longest_token_days,
        "days": min(_USUAL_DAYS, accounts.longest_token_days),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/token_form.html", context)


@require_POST
@for_staff
@reauthentication_required  # type: ignore[untyped-decorator]
def made(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Make a token of the own account, and show its secret; what is refused is told at the form."""
    by, words, accounts = reader.who_acts(), words_for(request), centre_settings().accounts
    wanted = frozenset(Scope(one) for one in request.POST.getlist("scope") if one in {*Scope})
    new = NewToken(request.POST.get("name", ""), wanted, row_number(request.POST.get("days", "")))
    with ToldIfRefused(request):
        signed = Signed(by, current_ms(), request.POST.get("reason", "").strip())
        row, secret = make_token(new, signed, accounts.second_factor_from, accounts.longest_token_days)
        context = frame(request, words) | {
            "one": _told(row, Teller(words, rules_at(current_ms()).settlement_tz)),
            "secret": secret,
            "languages": [],
        }
        return answer(request, "settlement/administration/token_made.html", context)
    return redirect("token-new")


@require_safe
@for_staff
def asked(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Ask once more, and why a token is to end."""
    words = words_for(request)
    row = _reached(reader, number)
    context = frame(request, words) | {"one": _told(row, Teller(words, rules_at(current_ms()).settlement_tz))}
    return answer(request, "settlement/administration/token_end.html", context)


@require_POST
@for_staff
def ended(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Let a token be good no more."""
    by, row = reader.who_acts(), _reached(reader, number)
    with ToldIfRefused(request):
        revoke_token(row.pk, Signed(by, current_ms(), reason_given(request.POST.get("reason", ""))))
        tell(request, "tokens-ended", token=row.name)
    return redirect("tokens")


def _reached(reader: Reader, number: int) -> ApiToken:
    row = token_among(reader.who_acts(), number)
    if row is None:
        raise NotHere.of(Trouble.of(ApiTrouble.UNKNOWN_TOKEN, number=number))
    return row


def _told(row: ApiToken, teller: Teller) -> dict[str, object]:
    return {
        "row": row,
        "scopes": [teller.words.code("scope", one) for one in row.scopes],
        "made": teller.when(row.made_ms),
        "ends": teller.when(row.ends_ms),
        "used": "" if row.used_on is None else row.used_on.isoformat(),
        "is_revoked": row.revoked_ms is not None,
        "is_over": row.ends_ms <= current_ms(),
    }
