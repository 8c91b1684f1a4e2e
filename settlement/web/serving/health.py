"""`/healthz`: whether the centre can serve, for proxies, monitoring and the watchdog of this very process."""

import msgspec
from django.http import HttpRequest, HttpResponse

from foundation.words import Words
from settlement.monitoring.health import why_it_can_not_serve
from settlement.web.serving.security import Respond

PATH = "/healthz"


def healthz(respond: Respond) -> Respond:
    """Middleware: answers this one address, whatever host name it is asked by and without TLS too.

    200 while all is well, else 503 with a code and a sentence that name nobody and no place.
    """

    def with_health(request: HttpRequest) -> HttpResponse:
        return _answer(request) if request.path == PATH else respond(request)

    return with_health


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    trouble = why_it_can_not_serve()
    told: dict[str, object] = {"healthy": trouble is None}
    if trouble is not None:
        told |= {"reason": trouble.code, "sentence": Words("en").trouble(trouble)}
    status = 200 if trouble is None else 503
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)
