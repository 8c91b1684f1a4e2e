"""The headers that keep a page from loading or being loaded by anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

LIVE_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
"""Of pages that keep themselves up to date: our own script, and what it fetches from here."""

Respond = Callable[[HttpRequest], HttpResponse]


def security_headers(respond: Respond) -> Respond:
    """Middleware: answers forbid scripts, frames and whatever comes from elsewhere, and are not stored.

    A live page has set its own policy before.

    The pages name people, so no cache may keep them.
    """

    def with_headers(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return with_headers
