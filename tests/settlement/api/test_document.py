"""docs/openapi.json is the API as it is, is valid, and is what the API tells of itself."""

import json
import runpy
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from pydantic import BaseModel

from settlement.accounts.api_tokens import Scope
from settlement.api.urls import api
from tests.settlement.api.conftest import OF_OWN_FILES, OPERATIONS, Program

DOCS = Path(__file__).parents[3] / "docs"
MAKER = runpy.run_path(str(DOCS / "make_openapi.py"))
DOCUMENT = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
EACH = (*OPERATIONS, *OF_OWN_FILES)
TOLD = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_it_is_what_the_operations_say_today():
    assert MAKER["document"]() == (DOCS / "openapi.json").read_text(encoding="utf-8"), "run `make openapi`"


@pytest.mark.django_db
def test_it_is_told_to_everybody():
    response = Program().get("/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == DOCUMENT


def test_it_is_of_openapi_3_1_and_its_shapes_are_valid():
    assert DOCUMENT["openapi"].startswith("3.1.")
    for shape in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(shape)


def test_no_two_shapes_have_one_name():
    """The document would tell one of them for both."""

    def below(kind):
        return {one for child in kind.__subclasses__() for one in (child, *below(child))}

    names = Counter(one.__name__ for one in below(BaseModel) if one.__module__.startswith("settlement.api"))
    assert [name for name, often in names.items() if often > 1] == []


def test_every_operation_is_told_with_its_scope_and_tried_with_and_without_it():
    scopes = {(method, path): operation["security"][0]["Bearer"] for method, path, operation in TOLD}
    assert scopes.pop(("get", "/api/v1/me")) == []
    names = {
        "fair": "{activity}",
        "north": "{site}",
        "south": "{site}",
        "1001": "{number}",
        "stars": "{kind}",
    }
    tried = {}
    for method, path, scope, _ in EACH:
        address = path.partition("?")[0].replace("{stars}/keep", "{number}/{act}")
        parts = address.replace("{epoch}/2", "{epoch}/{seq}").replace("{record}", "{number}").split("/")
        tried[method.lower(), "/api/v1" + "/".join(names.get(part, part) for part in parts)] = [scope]
    assert tried == scopes
    assert {scope for told in scopes.values() for scope in told} == set(Scope)


def test_every_operation_is_called_something_else():
    names = [operation["operationId"] for _, _, operation in TOLD]
    assert len(names) == len(set(names)) == len(EACH) + 1


def test_every_refusal_is_a_problem():
    for _, _, operation in TOLD:
        assert {"200", "401", "403", "422", "429", "500"} <= operation["responses"].keys()
        for status, answer in operation["responses"].items():
            kind = "application/json" if status == "200" else "application/problem+json"
            kind = "text/csv" if operation["operationId"] == "take_report_file" and status == "200" else kind
            assert [*answer["content"]][:1] == [kind]
            assert status == "200" or len(answer["content"]) == 1


def test_every_writing_operation_takes_a_key_and_no_reading_one():
    for method, _, operation in TOLD:
        headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
        wanted = {"Accept-Language", "Idempotency-Key"} if method == "post" else {"Accept-Language"}
        assert headers == wanted


def test_nothing_of_it_takes_a_cookie():
    assert {kind["scheme"] for kind in DOCUMENT["components"]["securitySchemes"].values()} == {"bearer"}
    assert not any(one["in"] == "cookie" for _, _, operation in TOLD for one in operation["parameters"])
    assert api.docs_url is None
