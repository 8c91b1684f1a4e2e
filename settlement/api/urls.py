"""The addresses below `/api/v1/`; whatever no operation answers is told as a problem too."""

import re
from collections.abc import Callable
from functools import wraps

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja.parser import Parser

from foundation.trouble import Trouble
from settlement.api import evidence, inbox, myself, now, people, review
from settlement.api.document import PREFIX, Api
from settlement.api.problems import handle_problems, problem, wrong
from settlement.api.registers import exports, files, lists, machines, organisations, records, sites
from settlement.api.shapes import Wrong
from settlement.troubles import ApiTrouble


class StrictParser(Parser):
    """JSON as it is written down, without NaN and the like."""

    def parse_body(self, request: HttpRequest) -> dict[str, object]:
        """The body of a call."""
        told: dict[str, object] = msgspec.json.decode(request.body)
        return told


api = Api(
    title="Muster",
    version="1",
    description="What the pages of a Muster centre read and do, for programs: docs/api.md.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=StrictParser(),
)
for room in (
    myself,
    now,
    lists,
    review,
    evidence,
    inbox,
    people,
    records,
    exports,
    files,
    organisations,
    sites,
    machines,
):
    api.add_router("", room.router)
handle_problems(api)
_DOCUMENT = api.get_openapi_schema()


def document(request: HttpRequest) -> HttpResponse:
    """The document of the API; it names nobody, and is for everybody."""
    if request.method != "GET":
        return _other_method(request, "GET")
    return HttpResponse(msgspec.json.encode(_DOCUMENT), content_type="application/json")


def no_operation(request: HttpRequest) -> HttpResponse:
    """What is told where no operation has the address."""
    return problem(request, Trouble.of(ApiTrouble.NO_OPERATION), 404)


def _other_method(request: HttpRequest, allowed: str) -> HttpResponse:
    trouble = Trouble.of(ApiTrouble.OTHER_METHOD, methods=allowed)
    return problem(request, trouble, 405, headers={"Allow": allowed})


def _in_problems(
    operation: Callable[..., HttpResponseBase], known: frozenset[str]
) -> Callable[..., HttpResponseBase]:
    """The same, with a problem for a parameter that is not known, and for a method that the address has not.

    The library overlooks the one, and a filter that is misspelt would leave everything in.
    """

    @wraps(operation)
    def answered(request: HttpRequest, **given: str) -> HttpResponseBase:
        unknown = request.GET.keys() - known
        if unknown:
            return wrong(request, [Wrong(where=f"query.{name[:80]}", what="unknown") for name in unknown])
        response = operation(request, **given)
        return response if response.status_code != 405 else _other_method(request, response["Allow"])

    return csrf_exempt(answered)


def _addresses() -> list[URLPattern]:
    made = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in made:
        told = _DOCUMENT["paths"][PREFIX + re.sub("<([^>]+)>", r"{\1}", str(one.pattern))]
        parameters = (each for operation in told.values() for each in operation["parameters"])
        known = frozenset(each["name"] for each in parameters if each["in"] == "query")
        one.callback = _in_problems(one.callback, known)
    return made


urlpatterns = [
    path("openapi.json", csrf_exempt(document), name="api-document"),
    *_addresses(),
    re_path("", csrf_exempt(no_operation), name="api-nothing"),
]
