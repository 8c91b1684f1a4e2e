"""Files of reports that are made in the background: asked for, looked up, cancelled, taken."""

import datetime as dt
import time
from enum import StrEnum
from pathlib import Path

import msgspec
from django.conf import settings as django_settings
from django.db.models import Q, QuerySet
from msgspec.structs import replace

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Signed, note
from settlement.accounts.audit import Kind as Noted
from settlement.accounts.authority import Deed, check_may
from settlement.models import ReportFile
from settlement.reach import reach_of
from settlement.reports.kinds import KINDS, Asked, Kind, kind_called
from settlement.settings import CentreSettings
from settlement.troubles import DecisionTrouble

FOLDER = "reports"
MOST_AT_A_TIME = 5
"""Of one account, that wait or are being made."""


class FileState(StrEnum):
    """How far a file has come; `report_file-…` in the catalogs."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    BROKEN = "broken"


class FileForm(StrEnum):
    """How it is written."""

    CSV = "csv"
    WORKBOOK = "xlsx"


UNDER_WAY = (FileState.WAITING, FileState.RUNNING)


def folder() -> Path:
    """Where the files are, in the centre's directory."""
    settings: CentreSettings = django_settings.CENTRE
    return settings.path(FOLDER)


def real_ms() -> int:
    """Real time, whatever clock the evidence of a demo has."""
    return time.time_ns() // 1_000_000


def end_of_file() -> int:
    """When a file goes that is ready now."""
    settings: CentreSettings = django_settings.CENTRE
    return real_ms() + int(dt.timedelta(hours=settings.reports.keep_hours).total_seconds() * 1000)


def ask_for_file(kind: Kind, asked: Asked, form: FileForm, language: str, *, by: Actor) -> ReportFile:
    """Have a report made as a file, with what `by` reaches.

    Raises RulesError NOT_ALLOWED, OUT_OF_REACH, REPORTS_UNDER_WAY where too many of the own are.
    """
    check_may(by, Deed.READ_PEOPLE)
    reach = reach_of(by)
    if "organisation" in kind.fields:
        reach.branch(asked.branch)
    if files_of(by).filter(state__in=UNDER_WAY).count() >= MOST_AT_A_TIME:
        raise RulesError(DecisionTrouble.REPORTS_UNDER_WAY, count=MOST_AT_A_TIME)
    return ReportFile.objects.create(
        account_id=by.account,
        node=by.node,
        kind=kind.code,
        form=form,
        language=language,
        asked=msgspec.to_builtins(replace(asked, by=None)),
        asked_ms=real_ms(),
        state=FileState.WAITING,
    )


def files_of(by: Actor) -> QuerySet[ReportFile]:
    """Those that the account itself asked for, the newest first."""
    return ReportFile.objects.filter(account=by.account).order_by("-pk")


def file_of(number: int, by: Actor) -> ReportFile:
    """One of those; raises RulesError UNKNOWN_REPORT_FILE."""
    return _own(number, by)


def cancel_file(number: int, by: Actor) -> None:
    """Let an own file not be made, or be gone; whoever makes it notices.

    Raises RulesError UNKNOWN_REPORT_FILE.
    """
    row = _own(number, by)
    ReportFile.objects.filter(pk=row.pk).update(state=FileState.CANCELLED, ends_ms=end_of_file())
    remove(row.name)


def finished_file(number: int, by: Actor, now_ms: int) -> tuple[ReportFile, Path]:
    """An own file that is ready; one that names people is on record.

    Raises RulesError UNKNOWN_REPORT_FILE, also once it has ended or the account reaches something else than
    it did, and NOT_ALLOWED.
    """
    check_may(by, Deed.READ_PEOPLE)
    row = _own(number, by)
    path = folder() / row.name
    is_there = row.state == FileState.DONE and (row.ends_ms or 0) > real_ms() and row.node == by.node
    if not is_there or not path.is_file():
        raise RulesError(DecisionTrouble.UNKNOWN_REPORT_FILE, number=number)
    if kind_called(row.kind).names:
        note(Action.EXPORT, Noted.VOLUNTEER, f"report {row.kind}", Signed(by, now_ms))
    return row, path


def end_files_that_name() -> None:
    """Let all files go that name people, for somebody was erased; those that are being made begin anew."""
    naming = ReportFile.objects.filter(kind__in=[kind.code for kind in KINDS if kind.names])
    naming.filter(state=FileState.RUNNING).update(state=FileState.WAITING, maker="")
    gone = naming.filter(state=FileState.DONE)
    for name in list(gone.values_list("name", flat=True)):
        remove(name)
    gone.delete()


def end_old_files() -> None:
    """Let the files go whose time is over, and what a process that was killed left behind."""
    old = ReportFile.objects.filter(ends_ms__lte=real_ms())
    for name in list(old.values_list("name", flat=True)):
        remove(name)
    old.delete()
    kept = set(ReportFile.objects.filter(~Q(name="")).values_list("name", flat=True))
    for path in folder().glob("*"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def remove(name: str) -> None:
    """Take a file away, if it is there."""
    if name:
        (folder() / name).unlink(missing_ok=True)


def _own(number: int, by: Actor) -> ReportFile:
    row = files_of(by).filter(pk=number).first()
    if row is None:
        raise RulesError(DecisionTrouble.UNKNOWN_REPORT_FILE, number=number)
    return row
