"""Making the files that were asked for, one after the other, in a thread of the pages' process.

A claim is a conditional UPDATE. A process that was killed leaves its claim behind: its successor on the same
machine begins anew at once, one on another machine when the claim ends by itself. What breaks every time is
told as broken.
"""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

import msgspec
import structlog
from django.db import Error, connection
from django.db.models import F, Q, QuerySet
from msgspec.structs import replace

from foundation.durable import make_folder, replacing
from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.accounts import actor_of
from settlement.accounts.authority import Deed, check_may
from settlement.database.away import is_away
from settlement.models import ReportFile
from settlement.reach import reach_of
from settlement.reports.files import FileForm, FileState, end_of_file, end_old_files, folder, real_ms, remove
from settlement.reports.kinds import Asked, kind_called
from settlement.reports.rendering import csv_parts
from settlement.reports.table import Cell, LongTable, Table
from settlement.reports.workbook import write_workbook
from settlement.troubles import AccountTrouble

_CLAIM_MS = 600_000
"""Longer than a database takes until the first row."""
_MOST_TRIES = 3
_LOOK_EVERY_S = 2.0
_TELL_EVERY_S = 1.0
_END_EVERY_S = 60.0
_LONGEST_WHY = 500

_logger = structlog.get_logger()


class _NotWantedError(Exception):
    """The file was cancelled, or somebody else makes it, or this process ends."""


def make_files(stop: threading.Event) -> None:
    """Make what is asked for until `stop` is set; a database that is away is waited for."""
    ended_s = float("-inf")
    while not stop.is_set():
        try:
            if time.monotonic() - ended_s > _END_EVERY_S:
                end_old_files()
                ended_s = time.monotonic()
            made = make_next(stop)
        except (Error, OSError) as error:
            _logger.warning("report_files_wait", error=str(error))
            connection.close()
            made = False
        if not made:
            stop.wait(_LOOK_EVERY_S)
    connection.close()


def make_next(stop: threading.Event) -> bool:
    """Make the file that waits longest; whether there was one."""
    row = _claimed()
    if row is None:
        return False
    if row.tries > _MOST_TRIES:
        _end(row, FileState.BROKEN, why=Words(row.language).say("reports-file_interrupted"))
        return True
    name = f"{row.pk}-{secrets.token_hex(8)}.{row.form}"
    try:
        count = _write(row, name, stop)
        if not _end(row, FileState.DONE, rows=count, name=name):
            remove(name)
    except _NotWantedError:
        remove(name)
        # As long as it is still this process's, it only ends: the next one makes it.
        _own(row).update(state=FileState.WAITING, tries=F("tries") - 1)
    except RulesError as error:
        remove(name)
        _end(row, FileState.BROKEN, why=Words(row.language).trouble(error.trouble)[:_LONGEST_WHY])
    except Exception as error:
        remove(name)
        if is_away(error):
            raise
        _logger.exception("report_file_failed", kind=row.kind, number=row.pk)
        _end(row, FileState.BROKEN, why=Words(row.language).say("reports-file_failed"))
    return True


def _claimed() -> ReportFile | None:
    now_ms, maker = real_ms(), socket.gethostname()[:80]
    mine_or_nobodys = Q(maker=maker) | Q(until_ms__lte=now_ms)
    free = Q(state=FileState.WAITING) | Q(state=FileState.RUNNING) & mine_or_nobodys
    row = ReportFile.objects.filter(free).select_related("account__organisation").order_by("pk").first()
    if row is None:
        return None
    same = ReportFile.objects.filter(free, pk=row.pk, tries=row.tries)
    claim = {"state": FileState.RUNNING, "maker": maker, "until_ms": now_ms + _CLAIM_MS, "rows": 0}
    if not same.update(tries=F("tries") + 1, **claim):
        return None
    row.tries, row.maker, row.state = row.tries + 1, maker, FileState.RUNNING
    return row


def _own(row: ReportFile) -> QuerySet[ReportFile]:
    """The row as long as this try of this process makes it."""
    return ReportFile.objects.filter(pk=row.pk, state=FileState.RUNNING, maker=row.maker, tries=row.tries)


def _end(row: ReportFile, state: FileState, **more: str | int) -> bool:
    return bool(_own(row).update(state=state, ends_ms=end_of_file(), **more))


def _write(row: ReportFile, name: str, stop: threading.Event) -> int:
    """Write the file with what its account may read and reaches now; returns the number of its rows."""
    account = row.account
    by = actor_of(account)
    check_may(by, Deed.READ_PEOPLE)
    if not account.is_active or by.node != row.node:
        raise RulesError(AccountTrouble.OUT_OF_REACH, name=account.real_name)
    words = Words(row.language)
    kind, asked = kind_called(row.kind), replace(msgspec.convert(row.asked, Asked), by=by)
    counted = _Counted(kind.make(reach_of(by), asked, words), lambda count: _tell(row, count, stop))
    make_folder(folder(), 0o750)
    with closing(counted.table.rows), replacing(folder() / name, 0o640) as file:
        if row.form == FileForm.CSV:
            file.writelines(csv_parts(counted.table))
        else:
            write_workbook(counted.table, words, file)
    return counted.count


def _tell(row: ReportFile, count: int, stop: threading.Event) -> None:
    """Tell how far it is; raises _NotWantedError where nobody wants it from here any more."""
    if stop.is_set() or not _own(row).update(rows=count, until_ms=real_ms() + _CLAIM_MS):
        raise _NotWantedError


class _Counted:
    """A report whose rows are counted as they are read; `tell` hears of it now and then."""

    def __init__(self, table: Table | LongTable, tell: Callable[[int], None]) -> None:
        self.count = 0
        self._read, self._tell = table, tell
        self.table = LongTable(table.title, table.columns, self._rows(), table.notes)

    def _rows(self) -> Generator[tuple[Cell, ...], None, None]:
        told_s = time.monotonic()
        try:
            for row in self._read.rows:
                self.count += 1
                if time.monotonic() - told_s > _TELL_EVERY_S:
                    self._tell(self.count)
                    told_s = time.monotonic()
                yield row
            self._tell(self.count)
        finally:
            if isinstance(self._read, LongTable):
                self._read.rows.close()
