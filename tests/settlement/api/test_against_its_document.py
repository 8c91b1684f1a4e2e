"""Schemathesis calls the API in every way that its document allows, and in some that it does not.

No call fails at the centre, and every answer is one that the document tells of.
"""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from settlement.api.urls import api
from settlement.organisations.tree import add_organisation

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    checks.content_type_conformance,
    checks.negative_data_rejection,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]
OPERATIONS = sorted(
    operation["operationId"]
    for methods in api.get_openapi_schema()["paths"].values()
    for operation in methods.values()
)


_centre = WSGIHandler()


def over_tls(environ, start_response):
    """The centre behind a proxy that ends TLS."""
    return _centre({**environ, "wsgi.url_scheme": "https"}, start_response)


@pytest.fixture
def call_in_many_ways(program, everything, one_connection):
    """Calls an operation as the document allows it, as it does not, and about what is there."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", over_tls)
    there = {
        "activity": "fair", "site": "north", "number": everything["stars"], "kind": "stars", "act": "keep",
        "entry": everything["entry"], "terminal": everything["terminal"], "epoch": everything["epoch"],
        "seq": 2, "branch": add_organisation("Branch").path, "file": 1,
    }  # fmt: skip

    def _call(name, examples):
        operation = schema.find_operation_by_id(name)
        wanted = [one.name for one in operation.path_parameters]
        known = {one: there[one] for one in wanted}
        ways = [
            operation.as_strategy(GenerationMode.POSITIVE),
            operation.as_strategy(GenerationMode.NEGATIVE),
            operation.as_strategy(GenerationMode.POSITIVE, path_parameters=known),
        ]
        for way in ways if known else ways[:2]:
            _try_all(way, examples)

    def _try_all(way, examples):
        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=way)
        def tried(case):
            with transaction.atomic():
                response = case.call(headers={"Authorization": f"Bearer {program.secret}"})
                transaction.set_rollback(True)
            case.validate_response(response, checks=CHECKS)
            seen.add(response.status_code)

        tried()

    seen: set[int] = set()
    _call.seen = seen
    return _call


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_call_fails_and_no_answer_is_unheard_of(name, call_in_many_ways):
    call_in_many_ways(name, 8)
    assert call_in_many_ways.seen & {200, 404, 409}, "the calls were let in"


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_call_of_very_many_fails(name, call_in_many_ways):
    call_in_many_ways(name, 300)
