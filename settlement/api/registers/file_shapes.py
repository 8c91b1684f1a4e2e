"""What is told of reports that are made as files, and how one is asked for; times are UTC ms, real ones."""

from enum import StrEnum

from pydantic import Field

from settlement.api.shapes import Asked, Shape
from settlement.reports.files import FileForm, FileState
from settlement.reports.kinds import KINDS

ReportKind = StrEnum("ReportKind", {kind.code.upper(): kind.code for kind in KINDS})  # type: ignore[misc]


class FileAsked(Asked):
    """A report as a file; what a report does not take it overlooks."""

    kind: ReportKind
    form: FileForm = FileForm.CSV
    year: int | None = Field(default=None, ge=2000, le=2200, description="This year, where none is told.")
    organisation: str = Field(default="", max_length=32, description="A path; empty for all in reach.")
    places: int = Field(default=5, ge=1, le=1000, description="Of a ranking.")
    months: int = Field(default=12, ge=1, le=1200, description="For how long somebody has not served.")


class FileTold(Shape):
    """A file: how far it is, and until when it can be taken."""

    number: int
    kind: str
    form: FileForm
    state: FileState
    rows: int = Field(description="Written so far.")
    why: str = Field(description="What broke it.")
    asked_ms: int
    ends_ms: int | None


class Files(Shape):
    """A page of the account's own files, the newest first."""

    items: list[FileTold]
    next: str | None
