"""Whether the log can be read, its newest events link, and what of it waits to be sent."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import LogError
from foundation.trouble import Trouble
from kiosk.checkup.check import Check, Finding, Mark, Said, Subject, found, good, to_look_at
from kiosk.checkup.files import FileSeen, account, judge_file, look_at_file
from kiosk.troubles import CheckTrouble
from sync.log.integrity import suspect_mark, verify_tail
from sync.log.reader import connect_to_read
from sync.log.troubles import LogTrouble

_DAY_MS = 86_400_000
# Two look-ups in the index for each epoch: counting the events would read them all.
_COUNTED = """
SELECT coalesce(sum(last - first + 1), 0) FROM (
    SELECT (SELECT min(seq) FROM event WHERE event.ordinal = epoch.ordinal) AS first,
           (SELECT max(seq) FROM event WHERE event.ordinal = epoch.ordinal) AS last
    FROM epoch
)
"""
_NEWEST = "SELECT wall_ms FROM event WHERE ordinal = ? AND seq = ?"


@dataclass(frozen=True, slots=True)
class LogSeen:
    """The log as it stands. `unsent` and `oldest_unsent_ms` are known while an uplink runs."""

    user: str
    file: FileSeen
    events: int = 0
    newest_ms: int | None = None
    damage: Trouble | None = None
    suspect: bool = False
    unsent: int | None = None
    oldest_unsent_ms: int | None = None
    troubles: tuple[Trouble, ...] = ()


def look_at_log(path: Path, terminal: str) -> LogSeen:
    """Read the log without writing to it; the engine may go on. The newest thousand events are verified."""
    file = look_at_file(path, "state_folder")
    if not file.readable:
        return LogSeen(account(), file)
    suspect = suspect_mark(path).exists()
    try:
        with closing(connect_to_read(path)) as connection:
            (events,) = connection.execute(_COUNTED).fetchone()
            newest = verify_tail(connection, terminal, path)
            row = connection.execute(_NEWEST, newest.place).fetchone()
    except LogError as error:
        return LogSeen(account(), file, damage=error.trouble, suspect=suspect)
    except sqlite3.Error as error:
        damage = Trouble.of(LogTrouble.LOG_DAMAGED, path=path, why=error)
        return LogSeen(account(), file, damage=damage, suspect=suspect)
    return LogSeen(account(), file, events, row[0] if row else None, suspect=suspect)


def judge_log(seen: LogSeen, now_ms: int) -> Check:
    """Pure; `now_ms` is the terminal's clock."""
    if not seen.file.exists:
        return found(Subject.LOG, to_look_at(CheckTrouble.LOG_NOT_THERE, path=seen.file.path))
    findings = list(judge_file(seen.file, seen.user, secret=False))
    if seen.damage:
        findings.append(Finding(Mark.BROKEN, seen.damage))
    if seen.suspect:
        findings.append(to_look_at(CheckTrouble.LOG_TO_SALVAGE))
    findings += [Finding(Mark.LOOK, trouble) for trouble in seen.troubles]
    if seen.unsent and seen.oldest_unsent_ms is not None and now_ms - seen.oldest_unsent_ms > _DAY_MS:
        days = (now_ms - seen.oldest_unsent_ms) // _DAY_MS
        findings.append(to_look_at(CheckTrouble.EVENTS_WAIT_LONG, count=seen.unsent, days=str(days)))
    if findings:
        return found(Subject.LOG, *findings)
    if seen.unsent is None:
        return good(Subject.LOG, Said.LOG_GOOD, events=str(seen.events))
    return good(Subject.LOG, Said.LOG_AND_UNSENT, events=str(seen.events), unsent=str(seen.unsent))
