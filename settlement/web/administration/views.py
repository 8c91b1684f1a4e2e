"""The pages of accounts that are only read: who has one, and one of them."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.words import Words
from settlement.accounts.actor import Level
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.accounts.overview import AccountRow, Kept, WantedAccounts, account_row, accounts_page
from settlement.explain.sentences import Teller
from settlement.rule_book import rules_at
from settlement.troubles import CentreTrouble
from settlement.web.entitled import check_may_open
from settlement.web.frame import answer, current_ms, frame, here, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff, note_look

_FILTERS = ("kept", "text", "after")


@require_safe
@for_staff
def accounts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who has an account in reach, page by page."""
    check_may_open(reader, Deed.CHANGE_ACCOUNTS)
    words = words_for(request)
    zone = rules_at(current_ms()).settlement_tz
    teller = Teller(words, zone)
    wanted = _wanted(request)
    rows, more = accounts_page(reader.reach.accounts(), wanted)
    note_look(request, reader, Kind.ACCOUNT, "accounts")
    context = frame(request, words) | {
        "zone": zone,
        "rows": [_told(row, teller) for row in rows],
        "wanted": wanted,
        "kept": [*Kept],
        "next": here(request, after=rows[-1].login) if more else "",
        "first": here(request, after="") if wanted.after else "",
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
        "may_audit": reader.may_do(Deed.READ_AUDIT),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/accounts.html", context)


@require_safe
@for_staff
def account(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One account: what it may do where, how its person logs in, and what may be done with it."""
    row = reached_account(reader, number)
    note_look(request, reader, Kind.ACCOUNT, row.login)
    words = words_for(request)
    context = frame(request, words) | {
        "one": told_account(row, words),
        "is_own": reader.actor is not None and row.number == reader.actor.account,
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
        "may_audit": reader.may_do(Deed.READ_AUDIT),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/administration/account.html", context)


def reached_account(reader: Reader, number: int) -> AccountRow:
    """The account of that number in reach; raises NotHere, PermissionDenied for who changes none."""
    check_may_open(reader, Deed.CHANGE_ACCOUNTS)
    row = account_row(reader.reach.accounts(), number)
    if row is None:
        raise NotHere(CentreTrouble.NO_ACCOUNT_HERE, number=number)
    return row


def told_account(row: AccountRow, words: Words) -> dict[str, object]:
    """One account as the pages tell it, in the zone of the settlement."""
    return _told(row, Teller(words, rules_at(current_ms()).settlement_tz))


def _told(row: AccountRow, teller: Teller) -> dict[str, object]:
    now_ms, words = current_ms(), teller.words

    is_invited = row.invited_until_ms is not None and row.invited_until_ms >= now_ms
    return {
        "row": row,
        "level": words.code("level", Level(row.level)),
        "roles": [words.code("kept_value", role) for role in row.roles],
        "created": teller.when(row.created_ms),
        "ended": teller.when(row.ended_ms),
        "last_log_in": teller.when(row.last_log_in_ms),
        "invited_until": teller.when(row.invited_until_ms) if is_invited else "",
    }


def _wanted(request: HttpRequest) -> WantedAccounts:
    """The filter of the address; what it can't mean leaves everything in."""
    given = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    try:
        return msgspec.convert(given, WantedAccounts)
    except msgspec.ValidationError:
        return WantedAccounts()
