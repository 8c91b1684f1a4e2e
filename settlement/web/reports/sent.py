"""A report as a file that is sent as it is made: however long it is, little of it is in memory."""

import tempfile
from enum import StrEnum
from typing import IO, cast

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from foundation.words import Words
from settlement.reports.rendering import csv_parts, json_parts
from settlement.reports.table import LongTable, Table
from settlement.reports.workbook import write_workbook

_IN_MEMORY = 1_000_000


class Form(StrEnum):
    """Which kind of file is wanted."""

    JSON = "json"
    CSV = "csv"
    WORKBOOK = "xlsx"


CONTENT_TYPES = {
    Form.JSON: "application/json",
    Form.CSV: "text/csv; charset=utf-8",
    Form.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def report_file(table: Table | LongTable, words: Words, form: Form, name: str) -> HttpResponseBase:
    """The whole report as a file of that name, its ending left off."""
    if form is not Form.WORKBOOK:
        parts = csv_parts(table) if form is Form.CSV else json_parts(table)
        headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
        return StreamingHttpResponse(parts, content_type=CONTENT_TYPES[form], headers=headers)
    written = cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the answer closes it
    write_workbook(table, words, written)
    written.seek(0)
    return FileResponse(
        written, as_attachment=True, filename=f"{name}.{form}", content_type=CONTENT_TYPES[form]
    )
