"""The forms by which accounts are made and changed; the services decide who may."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import RulesError
from settlement.accounts.accounts import ChangedAccount, NewAccount, add_account, change_account
from settlement.accounts.actor import Level, Role
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.accounts.invitations import invite_login
from settlement.accounts.overview import levels_to_give
from settlement.look_up import row_number, storable
from settlement.signatures import reason_given
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.web.administration.invitation import invitation_page
from settlement.web.administration.views import reached_account, told_account
from settlement.web.entitled import ToldIfRefused, check_may_open, tell
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff

_LONGEST = 120


@require_safe
@for_staff
def new_account(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A form for somebody's new account."""
    check_may_open(reader, Deed.CHANGE_ACCOUNTS)
    return _form(request, reader, {"level": Level.ORDINARY})


@require_POST
@for_staff
def made(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Make an account and an invitation, whose address is shown once; what is refused is told at the form."""
    by, form = reader.who_acts(), request.POST
    place = _place(request, reader, "")
    signed = Signed(by, current_ms(), form.get("reason", "").strip())
    days = centre_settings().accounts.invitation_days
    try:
        new = NewAccount(
            login=form.get("login", "").strip()[:_LONGEST],
            name=form.get("name", "")[:_LONGEST],
            level=_level(request, Level.VOLUNTEER),
            organisation=place,
            roles=_roles(request),
            volunteer=_volunteer(request, reader, None),
            same_person_as=_same_person(request, reader),
            is_namesake=bool(form.get("namesake")),
        )
        row = add_account(new, signed)
    except RulesError as error:
        if error.code == AccountTrouble.NOT_ALLOWED:
            raise PermissionDenied from error
        given = form.dict() | {"roles": form.getlist("role")}
        return _form(request, reader, given, why=error)
    with ToldIfRefused(request):
        # Whoever makes another account of their own is invited to it by somebody else.
        secret = invite_login(row.login, days, signed)
        return invitation_page(request, row.pk, row.login, row.real_name, secret, days)
    return redirect("account", row.pk)


@require_safe
@for_staff
def change(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """What an account may do where, in a form."""
    row = reached_account(reader, number)
    held = {
        "name": row.name,
        "level": row.level,
        "organisation": row.path,
        "roles": list(row.roles),
        "volunteer": str(row.volunteer or ""),
    }
    words = words_for(request)
    return _form(request, reader, held, one=told_account(row, words))


@require_POST
@for_staff
def changed(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """Change an account; only what is another than before is handed over."""
    by, row = reader.who_acts(), reached_account(reader, number)
    level, roles = _level(request, Level(row.level)), _roles(request)
    name, place = request.POST.get("name", row.name)[:_LONGEST], _place(request, reader, row.path)
    with ToldIfRefused(request):
        volunteer = _volunteer(request, reader, row.volunteer)
        wanted = ChangedAccount(
            name=name if name != row.name else None,
            level=level if level != row.level else None,
            organisation=place if place != row.path else None,
            roles=roles if roles != frozenset(row.roles) else None,
            volunteer=volunteer if volunteer != row.volunteer else None,
        )
        reason = reason_given(request.POST.get("reason", ""))
        change_account(row.login, wanted, Signed(by, current_ms(), reason))
        tell(request, "accounts-changed", login=row.login)
        return _back(reader, number)
    return redirect("account-change", number)


def _back(reader: Reader, number: int) -> HttpResponse:
    """To the account, where it is still in reach."""
    is_here = reader.reach.accounts().filter(pk=number).exists()
    return redirect("account", number) if is_here else redirect("accounts")


def _form(
    request: HttpRequest,
    reader: Reader,
    held: Mapping[str, Any],
    *,
    one: Mapping[str, object] | None = None,
    why: RulesError | None = None,
) -> HttpResponse:
    words = words_for(request)
    levels = levels_to_give(reader.actor) if reader.actor else [*Level]
    context = frame(request, words) | {
        "held": held,
        "one": one,
        "levels": [(level.value, words.code("level", level)) for level in levels],
        "roles": [(role.value, words.code("kept_value", role)) for role in Role],
        "places": reader.reach.organisations().order_by("path"),
        "is_whole": reader.reach.is_whole,
        "may_change": reader.may_do(Deed.CHANGE_ACCOUNTS),
        "why": words.trouble(why.trouble) if why else "",
        "told": told_before(request, words),
    }
    if why:
        context["languages"] = []
    return answer(request, "settlement/administration/form.html", context)


def _level(request: HttpRequest, otherwise: Level) -> Level:
    wanted = request.POST.get("level", "")
    return Level(wanted) if wanted in {*Level} else otherwise


def _roles(request: HttpRequest) -> frozenset[Role]:
    return frozenset(Role(role) for role in request.POST.getlist("role") if role in {*Role})


def _place(request: HttpRequest, reader: Reader, otherwise: str) -> str:
    """The path that is named, of those in reach; raises NotHere for any other, which it tells nothing of."""
    path = storable(request.POST.get("organisation", otherwise))[:_LONGEST]
    if path and not reader.reach.organisations().filter(path=path).exists():
        raise NotHere(CentreTrouble.NO_PAGE)
    return path


def _volunteer(request: HttpRequest, reader: Reader, before: int | None) -> int | None:
    """The number that is named; raises RulesError alike for one beyond the reach and for one of nobody."""
    text = request.POST.get("volunteer", "").strip()
    if not text:
        return None
    number = row_number(text)
    if number != before and not reader.reach.volunteers().filter(pk=number).exists():
        raise RulesError(CentreTrouble.NO_VOLUNTEER_HERE, number=text[:20])
    return number


def _same_person(request: HttpRequest, reader: Reader) -> str:
    """The login of the other account; raises RulesError alike for one beyond the reach and for none."""
    login = storable(request.POST.get("same", "").strip())[:_LONGEST]
    if login and not reader.reach.accounts().filter(login=login).exists():
        raise RulesError(AccountTrouble.UNKNOWN_ACCOUNT, login=login)
    return login
