"""Reports as files: asked for, how far each is, cancelled, taken. Each account has its own."""

from typing import Annotated, Any

from django.http import FileResponse, HttpRequest
from ninja import Body, Path, Router

from settlement.accounts.api_tokens import Scope
from settlement.api.callers import Bearer, caller_of
from settlement.api.cursors import number_after, written
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.registers.file_shapes import FileAsked, Files, FileTold
from settlement.api.shapes import LARGEST, Cursor, IdempotencyKey, Limit
from settlement.look_up import storable
from settlement.models import ReportFile
from settlement.reports.calendar import today
from settlement.reports.files import (
    FileForm,
    FileState,
    ask_for_file,
    cancel_file,
    file_of,
    files_of,
    finished_file,
)
from settlement.reports.kinds import Asked, kind_called
from settlement.web.reached import check_branch
from settlement.web.reports.sent import CONTENT_TYPES, Form

router = Router(tags=["reports"])
FileNumber = Annotated[int, Path(ge=1, le=LARGEST)]
_BYTES: dict[str, Any] = {"schema": {"type": "string"}}
_AS_FILES: dict[str, Any] = {
    "responses": {
        200: {
            "description": "OK",
            "content": {CONTENT_TYPES[one].partition(";")[0]: _BYTES for one in (Form.CSV, Form.WORKBOOK)},
        }
    }
}


@router.get(
    "/report-files", auth=Bearer(Scope.PEOPLE), response=answers(Files), summary="Reports made as files"
)
def list_report_files(request: HttpRequest, limit: Limit, cursor: Cursor) -> Files:
    """The files that the own account asked for, the newest first."""
    rows = files_of(caller_of(request).actor)
    if before := number_after(cursor):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    following = written((found[limit - 1].pk,)) if len(found) > limit else None
    return Files(items=[_told(row) for row in found[:limit]], next=following)


@router.post(
    "/report-files",
    auth=Bearer(Scope.PEOPLE),
    response=answers(FileTold, writes=True),
    summary="Have a report made as a file",
)
@once
def ask_for_report_file(
    request: HttpRequest,
    asked: Annotated[FileAsked, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> FileTold:
    """Have a report made in the background, of what the account reaches."""
    caller, branch = caller_of(request), storable(asked.organisation)
    check_branch(caller.reach, branch)
    year = asked.year or today(caller.now_ms).year
    wanted = Asked(caller.now_ms, year, branch, asked.places, asked.months)
    kind = kind_called(asked.kind)
    return _told(ask_for_file(kind, wanted, asked.form, caller.words.language, by=caller.actor))


@router.get(
    "/report-files/{file}",
    auth=Bearer(Scope.PEOPLE),
    response=answers(FileTold, finds=True),
    summary="How far a file is",
)
def read_report_file(request: HttpRequest, file: FileNumber) -> FileTold:
    """How far one of the own files is."""
    return _told(file_of(file, caller_of(request).actor))


@router.post(
    "/report-files/{file}/cancel",
    auth=Bearer(Scope.PEOPLE),
    response=answers(FileTold, writes=True),
    summary="Cancel a file",
)
@once
def cancel_report_file(
    request: HttpRequest,
    file: FileNumber,
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> FileTold:
    """Let one of the own files not be made, or be gone."""
    actor = caller_of(request).actor
    cancel_file(file, actor)
    return _told(file_of(file, actor))


@router.get(
    "/report-files/{file}/content",
    auth=Bearer(Scope.PEOPLE),
    response={status: shape for status, shape in answers(FileTold, finds=True).items() if status != 200},
    summary="Take a file",
    openapi_extra=_AS_FILES,
)
def take_report_file(request: HttpRequest, file: FileNumber) -> FileResponse:
    """The whole file, once it is done; one that names people is noted."""
    caller = caller_of(request)
    row, path = finished_file(file, caller.actor, caller.now_ms)
    name = f"{row.kind}-{row.asked['year']}.{row.form}"
    content_type = CONTENT_TYPES[Form(row.form)]
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)


def _told(row: ReportFile) -> FileTold:
    return FileTold(
        number=row.pk,
        kind=row.kind,
        form=FileForm(row.form),
        state=FileState(row.state),
        rows=row.rows,
        why=row.why,
        asked_ms=row.asked_ms,
        ends_ms=row.ends_ms,
    )
