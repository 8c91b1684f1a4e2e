"""What a broken disk or a dead server would take along: refused where it can't be made good, else told."""

from pathlib import Path

import structlog
from django.db import Error, connection

from foundation.errors import SettingsError
from foundation.trouble import Trouble
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.wire import Realm

_logger = structlog.get_logger()

_STANDBYS = (
    "SELECT count(*) FILTER (WHERE sync_state = 'async'), count(*) FILTER (WHERE sync_state <> 'async')"
    " FROM pg_stat_replication"
)


def refuse_weak_commits() -> None:
    """Raise SettingsError where what was committed, and acknowledged, could still be lost."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit')")
        (commit,) = cursor.fetchone()
        cursor.execute("SELECT current_setting('synchronous_standby_names')")
        (standbys,) = cursor.fetchone()
    if is_weak(commit, standbys):
        raise SettingsError(CentreTrouble.COMMITS_NOT_DURABLE, value=commit)


def is_weak(commit: str, standbys: str) -> bool:
    """Whether PostgreSQL answers a COMMIT before it is on the disk, or at the standby that is waited for."""
    return commit == "off" or (commit == "local" and bool(standbys))


def risks(settings: CentreSettings) -> list[Trouble]:
    """What a broken disk or a dead server would take along for good; a demo loses nothing."""
    if settings.realm is Realm.DEMO:
        return []
    return [risk for risk in (_archive_beside(settings), _asynchronous()) if risk]


def log_risks(settings: CentreSettings) -> None:
    """Write them to the log, as a service does when it starts."""
    for risk in risks(settings):
        _logger.warning("centre_at_risk", risk=risk)


def _archive_beside(settings: CentreSettings) -> Trouble | None:
    """Terminals purge what is archived: database and archive must not die with one disk.

    Where a server keeps its database is not told to everybody, so only a file's disk is looked at.
    """
    if "://" in settings.database:
        return None
    archive, database = settings.path(settings.archive_folder), settings.path(settings.database)
    if _disk(archive) != _disk(database):
        return None
    return Trouble.of(CentreTrouble.ARCHIVE_BESIDE_DATABASE, archive=archive, database=database)


def _disk(path: Path) -> int:
    """The file system of what is there of a path."""
    while not path.exists():
        path = path.parent
    return path.stat().st_dev


def _asynchronous() -> Trouble | None:
    """Terminals send evidence again that a new primary lacks; nobody repeats what staff decided.

    The server tells a role about standbys only where it is a member of pg_monitor.
    """
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(_STANDBYS)
            late, waited_for = cursor.fetchone()
    except Error:
        connection.close()
        return None
    return Trouble.of(CentreTrouble.STANDBY_ASYNCHRONOUS) if late and not waited_for else None
