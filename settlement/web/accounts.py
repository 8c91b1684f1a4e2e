"""Addresses of the log-in: what django-allauth answers, and invitations. Nobody signs up here."""

from allauth.account import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path
from django.utils import translation
from django.views.decorators.http import require_http_methods

from foundation.errors import RulesError
from settlement.accounts.invitations import accept_invitation, invited
from settlement.web.frame import answer, current_ms, frame, reader_language, words_for
from settlement.web.missing import NotHere
from settlement.web.serving.security import Respond

FOLDER = "account/"
_HEADED = {
    "account_login", "account_logout", "account_inactive", "account_change_password",
    "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip
"""The addresses that have a page of their own, each with a heading of that name in the catalogs."""
_DJANGO = {"zh-Hans": "zh-hans"}


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Where somebody who was invited sets the own password."""
    words = words_for(request)
    now_ms = current_ms()
    context = frame(request, words)
    try:
        account = invited(secret, now_ms)
    except RulesError as error:
        raise NotHere.of(error.trouble) from error
    if request.method == "POST":
        try:
            if request.POST.get("password") != request.POST.get("again"):
                context["why"] = context["l"]["passwords_differ"]
            else:
                accept_invitation(secret, request.POST.get("password", ""), now_ms)
                return redirect("account_login")
        except RulesError as error:
            context["why"] = words.trouble(error.trouble)
    return answer(request, "settlement/invitation.html", context | {"account": account})


def in_readers_language(respond: Respond) -> Respond:
    """Middleware: what the library says of its forms is said in the reader's language."""

    def with_language(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(f"/{FOLDER}"):
            return respond(request)
        language = reader_language(request)
        with translation.override(_DJANGO.get(language, language)):
            return respond(request)

    return with_language


def account_page(request: HttpRequest) -> dict[str, object]:
    """Context of the library's pages: our frame, and the words of the page that was asked for."""
    if not request.path.startswith(f"/{FOLDER}") or request.resolver_match is None:
        return {}
    words = words_for(request)
    context, name = frame(request, words), request.resolver_match.url_name
    return context | {"heading": context["l"][name] if name in _HEADED else ""}


urlpatterns: list[URLPattern | URLResolver] = [
    path("log-in/", views.login, name="account_login"),
    path("log-out/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/", views.password_change, name="account_change_password"),
    path("again/", views.reauthenticate, name="account_reauthenticate"),
    path("second-factor/", include("allauth.mfa.urls")),
]
