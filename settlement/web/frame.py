"""What every page shares: the reader's language, the frame around its content, and the answer."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.clock import open_clock
from foundation.languages import known
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level, Role
from settlement.accounts.authority import Deed, allowed
from settlement.models import Account
from settlement.settings import CentreSettings
from settlement.web.menu import part_of
from settlement.web.serving.plain import came_openly
from settlement.web.serving.security import LIVE_POLICY
from sync.contract.wire import Realm

LANGUAGE_COOKIE = "muster-language"
_COOKIE_AGE_S = 365 * 86_400


class Labels:
    """The pages' own headings and states: a template's `l.board` is the catalogs' `page-board`."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __getitem__(self, name: str) -> str:
        return self._words.say(f"page-{name}")


def centre_settings() -> CentreSettings:
    """The settings that this process was started with."""
    settings: CentreSettings = django_settings.CENTRE
    return settings


def current_ms() -> int:
    """UTC by the centre's clock, which a demo sets."""
    return open_clock(centre_settings().clock_file).wall_ms()


def reader_language(request: HttpRequest) -> str:
    """What the reader chose now or before, of what Muster speaks; else the centre's language."""
    wishes = (request.GET.get("language", ""), request.COOKIES.get(LANGUAGE_COOKIE, ""))
    return next(filter(None, map(known, wishes)), centre_settings().language)


def words_for(request: HttpRequest) -> Words:
    """What the pages say to this reader."""
    return Words(reader_language(request), on_pages=True)


def frame(request: HttpRequest, words: Words) -> dict[str, Any]:
    """What every page prints around its own content."""
    return {
        "l": Labels(words),
        "language": words.language,
        "direction": words.direction,
        "demo": words.say("demo-banner") if centre_settings().realm is Realm.DEMO else "",
        "plain": words.say("plain-banner") if came_openly(request) else "",
        "store": centre_settings().store,
        "reader": _reader(request),
        "changes_accounts": _offers(request, Deed.CHANGE_ACCOUNTS),
        "reads_people": _offers(request, Deed.READ_PEOPLE),
        "part": part_of(request.resolver_match),
        "has_own": getattr(getattr(request, "user", None), "volunteer_id", None) is not None,
        "languages": [
            {
                "code": code,
                "name": Words(code).say("language-name"),
                "url": here(request, language=code),
                "current": code == words.language,
            }
            for code in LANGUAGES
        ],
    }


def _reader(request: HttpRequest) -> str:
    """The name of whoever is logged in; "" for nobody."""
    account = getattr(request, "user", None)
    return account.real_name if isinstance(account, Account) and account.is_active else ""


def _offers(request: HttpRequest, deed: Deed) -> bool:
    """Whether the menu leads to what needs that deed; no question to the database, each page asks."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_active:
        return centre_settings().realm is Realm.DEMO
    return allowed(Level(account.level), [Role(role) for role in account.roles], deed)


def reloading(request: HttpRequest) -> dict[str, Any]:
    """For a page whose part `live` is fetched anew by itself: after how many seconds, and what changes it."""
    still = request.GET.get("reload") == "off"
    return {
        "refresh_s": 0 if still else centre_settings().web.refresh_s,
        "again": here(request),
        "reload": here(request, reload="on" if still else "off"),
    }


def here(request: HttpRequest, **changes: str) -> str:
    """This page's address with other parameters."""
    return "?" + urlencode({**request.GET.dict(), **changes})


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page; remembers the language where the reader chose one."""
    response = render(request, template, context, status=status)
    if context.get("refresh_s"):
        response.headers["Content-Security-Policy"] = LIVE_POLICY
    chosen = known(request.GET.get("language", ""))
    if chosen:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response
