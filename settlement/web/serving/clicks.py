"""Each request is one click: what it changes stands together in the audit."""

from django.http import HttpRequest, HttpResponse

from settlement.accounts.click import one_click
from settlement.web.serving.security import Respond


def is_one_click(respond: Respond) -> Respond:
    """Middleware: gives each request an id of its own."""

    def with_id(request: HttpRequest) -> HttpResponse:
        with one_click():
            return respond(request)

    return with_id
