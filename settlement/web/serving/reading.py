"""A request that only reads asks the database once for what many services want on the way to its answer."""

from django.http import HttpRequest, HttpResponse

from settlement.one_reading import one_reading
from settlement.web.serving.security import Respond


def reads_once(respond: Respond) -> Respond:
    """Middleware: as `one_reading`, for pages and programs that only read."""

    def with_one_reading(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return respond(request)
        with one_reading():
            return respond(request)

    return with_one_reading
