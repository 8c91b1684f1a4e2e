"""The document of the API (OpenAPI 3.1), made of the operations themselves: docs/openapi.json."""

from collections.abc import Mapping
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from settlement.api.callers import Bearer
from settlement.api.problems import CONTENT_TYPE
from settlement.api.shapes import Problem, Shape

PREFIX = "/api/v1/"
_REFUSED = (401, 403, 422, 429, 500)
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_RETRY_AFTER = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds after which it may call again."}
}
_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "schema": {"type": "string"},
    "description": "In which language sentences are told: zh-Hans, en or ar.",
}


def answers(shape: type[Shape], *, finds: bool = False, writes: bool = False) -> dict[int, type[Shape]]:
    """Every answer of an operation: its own, and its refusals.

    One that `finds` what its address names may find nothing; one that `writes` reads a body, and may
    contradict what is recorded.
    """
    refused = (*_REFUSED, *([404] if finds or writes else []), *([400, 409] if writes else []))
    return {200: shape, **dict.fromkeys(sorted(refused), Problem)}


class Document(OpenAPISchema):
    """The library's document with scopes, the type of problems, and what headers say."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        """Which token it takes, and which scope."""
        named = super().operation_security(operation)
        scopes = [auth.scope for auth in operation.auth_callbacks if isinstance(auth, Bearer) and auth.scope]
        return [{name: [*map(str, scopes)] for name in one} for one in named] if named else named

    def operation_parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """Its own, and the language."""
        return [*super().operation_parameters(operation), _LANGUAGE]

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        """Its answers; refusals are problems."""
        told: dict[int, dict[str, Any]] = super().responses(operation)
        for status, answer in told.items():
            if status >= 400:
                answer["content"] = {CONTENT_TYPE: {"schema": _PROBLEM}}
            if status == 429:
                answer["headers"] = _RETRY_AFTER
        return told


class Api(NinjaAPI):
    """The library's API, documented as above under one address."""

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: Mapping[str, Any] | None = None,  # noqa: ARG002 - the library's signature
    ) -> OpenAPISchema:
        """The document."""
        return Document(self, path_prefix or PREFIX)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """What programs made of the document call it."""
        return operation.view_func.__name__
