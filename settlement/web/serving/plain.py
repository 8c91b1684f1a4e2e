"""Requests without TLS: sent to https at a live centre, but for those of somebody at this very machine.

So the pages can be looked at while a centre is set up and no proxy stands before them yet.
"""

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from settlement.loopback import is_loopback
from settlement.web.serving.security import Respond
from sync.contract.wire import Realm

_OF_A_PROXY = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")
"""Those of a proxy that the server lets through; it takes all others away."""


def tls_or_this_machine(respond: Respond) -> Respond:
    """Middleware: what must come over TLS is sent there."""

    def with_tls(request: HttpRequest) -> HttpResponse:
        wanted = django_settings.CENTRE.web.https and _is_live()
        if wanted and not request.is_secure() and not is_at_this_machine(request):
            return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")
        return respond(request)

    return with_tls


def is_at_this_machine(request: HttpRequest) -> bool:
    """Whether it was asked for here, by a name of the loopback, and no proxy handed it on."""
    asked = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    return (
        is_loopback(request.META.get("REMOTE_ADDR", ""))
        and is_loopback(asked.strip("[]"))
        and not any(header in request.META for header in _OF_A_PROXY)
    )


def came_openly(request: HttpRequest) -> bool:
    """Whether a live centre's page went without TLS, which the page says."""
    return _is_live() and not request.is_secure()


def _is_live() -> bool:
    return bool(django_settings.CENTRE.realm is Realm.LIVE)
