"""Whole exports as files: settled lines and volunteers' records by the field names of Order No. 67."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.api.callers import Bearer, Caller, caller_of
from settlement.api.document import answers
from settlement.api.shapes import Shape
from settlement.reports import service_records, settled_lines
from settlement.reports.table import LongTable
from settlement.web.reached import check_branch
from settlement.web.reports.sent import CONTENT_TYPES, Form, report_file

router = Router(tags=["exports"])
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_AS_FILES: dict[str, Any] = {
    "responses": {
        200: {"content": {CONTENT_TYPES[form].partition(";")[0]: _TEXT for form in (Form.CSV, Form.WORKBOOK)}}
    }
}
Branch = Annotated[
    str, Query(default="", max_length=32, description="An organisation's path; empty for all in reach.")
]
FileForm = Annotated[Form, Query(default=Form.JSON, description="Which kind of file is wanted.")]


class Export(Shape):
    """A file in JSON: rows by the Order's names of fields, in Chinese."""

    title: str
    notes: list[str]
    rows: list[dict[str, str | int]] = Field(description="Hours are text with two decimals.")


@router.get(
    "/exports/lines",
    auth=Bearer(Scope.PEOPLE),
    response=answers(Export, finds=True),
    summary="Settled lines by the fields of Order No. 67",
    openapi_extra=_AS_FILES,
)
def export_lines(
    request: HttpRequest,
    year: Annotated[int, Query(ge=2000, le=2200)],
    organisation: Branch,
    form: FileForm,
) -> HttpResponseBase:
    """The approved time of a year, line by line; names in clear for who may certify. It is noted."""
    caller = caller_of(request)
    check_branch(caller.reach, organisation)
    table = settled_lines.long_report(caller.reach, year, caller.words, caller.actor, organisation)
    return _sent(caller, table, form, "lines", f"lines-{year}")


@router.get(
    "/exports/records",
    auth=Bearer(Scope.PEOPLE),
    response=answers(Export, finds=True),
    summary="Volunteers' records by the fields of Order No. 67",
    openapi_extra=_AS_FILES,
)
def export_records(request: HttpRequest, organisation: Branch, form: FileForm) -> HttpResponseBase:
    """One row for each person who has served; names in clear for who may certify. It is noted."""
    caller = caller_of(request)
    check_branch(caller.reach, organisation)
    table = service_records.long_report(caller.reach, caller.words, caller.actor, organisation)
    return _sent(caller, table, form, "records", "records")


def _sent(caller: Caller, table: LongTable, form: Form, code: str, name: str) -> HttpResponseBase:
    signed = Signed(caller.actor, caller.now_ms, f"API: {caller.token.name}")
    note(Action.EXPORT, Kind.VOLUNTEER, f"report {code}", signed)
    return report_file(table, caller.words, form, name)
