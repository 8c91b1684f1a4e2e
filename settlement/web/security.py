"""The headers that keep a page from loading or being loaded by anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

Respond = Callable[[HttpRequest], HttpResponse]


def security_headers(respond: Respond) -> Respond:
    """Middleware: every answer forbids scripts, frames and whatever comes from elsewhere, and is not stored.

    The pages name people, so no cache may keep them.
    """

    def with_headers(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return with_headers
