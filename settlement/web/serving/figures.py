"""What the pages' process counts for Prometheus."""

from django.http import HttpRequest, HttpResponse
from prometheus_client.core import Metric

from foundation.figures import Tally, counters
from settlement.web.serving.health import PATH
from settlement.web.serving.security import Respond

_requests = Tally()


def count_requests(respond: Respond) -> Respond:
    """Middleware: every answer counts, by its status, but what this process asks itself."""

    def counted(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if request.path != PATH:
            _requests.add(str(response.status_code))
        return response

    return counted


def web_figures() -> list[Metric]:
    """Answers since the start of this process."""
    words = "Answers to requests since the start of the pages, by status."
    return [counters("muster_centre_web_requests", words, ("status",), _requests.counted())]
