"""Who reads a page, and how far that person reaches. A live centre wants a log-in.

Whoever has not logged in at a demo reads all of its made-up people, and decides nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from msgspec import Struct

from settlement.accounts.accounts import actor_of
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed, may
from settlement.accounts.second_factor import lacks_second_factor
from settlement.models import Account
from settlement.reach import WHOLE, Reach, reach_of
from settlement.web.frame import centre_settings, current_ms
from settlement.web.missing import logged_out
from sync.contract.wire import Realm

Given = ParamSpec("Given")
_LOOKED = "looked"


class Reader(Struct, frozen=True):
    """Whoever reads a page; who has not logged in at a demo is nobody in particular and sees everything."""

    reach: Reach
    actor: Actor | None = None

    def may_do(self, deed: Deed) -> bool:
        """Whether this person's pages offer it; what is then done is up to the service."""
        return self.actor is not None and may(self.actor, deed)

    def who_acts(self) -> Actor:
        """Who asks for a change; raises PermissionDenied where nobody in particular does, as in a demo."""
        if self.actor is None:
            raise PermissionDenied
        return self.actor

    def who_may(self, deed: Deed) -> Actor:
        """Who asks for it; raises PermissionDenied for whoever may not do the deed."""
        if not self.may_do(deed):
            raise PermissionDenied
        return self.who_acts()


Page = Callable[Concatenate[HttpRequest, Reader, Given], HttpResponseBase]


def for_account(
    page: Callable[Concatenate[HttpRequest, Actor, Given], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """A page about whoever is logged in, of whatever level; whoever has no log-in yet is asked for it."""

    @wraps(page)
    def shown(request: HttpRequest, /, *args: Given.args, **given: Given.kwargs) -> HttpResponse:
        actor = _logged_in(request)
        return page(request, actor, *args, **given) if isinstance(actor, Actor) else actor

    return shown


def for_staff(page: Page[Given]) -> Callable[Concatenate[HttpRequest, Given], HttpResponseBase]:
    """A page that names people: for accounts that may read personal data, with their second factor.

    Whoever has no log-in yet is asked for it; a page for programs answers 401 instead.
    """

    @wraps(page)
    def shown(request: HttpRequest, /, *args: Given.args, **given: Given.kwargs) -> HttpResponseBase:
        actor = _logged_in(request)
        if not isinstance(actor, Actor):
            is_stranger = not isinstance(request.user, Account) or not request.user.is_active
            if is_stranger and centre_settings().realm is Realm.DEMO:
                return page(request, Reader(WHOLE), *args, **given)
            return actor
        if not may(actor, Deed.READ_PEOPLE):
            raise PermissionDenied
        return page(request, Reader(reach_of(actor), actor), *args, **given)

    return shown


def _logged_in(request: HttpRequest) -> Actor | HttpResponse:
    """Who is logged in, with the second factor where one is asked for; else the answer that asks for it."""
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        if "HX-Request" in request.headers:
            # A live page whose log-in has ended is loaded anew as a whole, and so asks for another.
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        if request.path.endswith(".json"):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Session"})
        if request.method == "POST":
            return logged_out(request)
        return redirect_to_login(request.get_full_path(), "account_login")
    if needs_second_factor(account):
        return redirect("mfa_activate_totp")
    return actor_of(account)


def needs_second_factor(account: Account) -> bool:
    """Whether the account's level asks for one-time codes and none are set up yet."""
    return lacks_second_factor(account, actor_of(account), centre_settings().accounts.second_factor_from)


def note_look(request: HttpRequest, reader: Reader, kind: Kind, subject: str) -> None:
    """Put on record that somebody looks at personal data; once in a log-in for each thing."""
    if reader.actor is None:
        return
    looked: list[str] = request.session.setdefault(_LOOKED, [])
    seen = f"{kind}/{subject}"
    if seen in looked:
        return
    note(Action.LOOK, kind, subject, Signed(reader.actor, current_ms()))
    request.session[_LOOKED] = [*looked[-200:], seen]
