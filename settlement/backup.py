"""A backup of the centre: a consistent copy of its database, its keys and certificates, and its settings.

Knows no Django: the tables are copied as they are, also by a version whose start would alter them. What
terminals sent and the archive keeps is not in it: the archive lies on a disk of its own.
"""

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.durable import UNFINISHED, sync_folder
from foundation.errors import SettingsError
from settlement.settings import CentreSettings, read_settings
from settlement.signing_keys import handovers_file, next_key_file
from settlement.troubles import CentreTrouble
from sync.line.authority_key import is_in_token

INSIDE, ELSEWHERE = "directory", "elsewhere"
"""Where a backup keeps what lies in the centre's `directory`, and what lies elsewhere, by its whole path."""
_FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied to `folder`. It lacks a database on a server, and a key in a security module."""

    folder: Path
    files: int
    lacks_database: bool
    lacks_authority_key: bool


def back_up(config: Path, into: Path, now: dt.datetime) -> Backup:
    """Copy the centre of a settings file into a new folder under `into`, named by the time.

    The folder has its name once it is whole and on the disk. Raises SettingsError.
    """
    settings = read_settings(config)
    finished = into / f"muster-{now:%Y%m%dT%H%M%SZ}"
    unfinished = finished.with_name(f"{finished.name}{UNFINISHED}")
    try:
        unfinished.mkdir(mode=_FOLDER_MODE)
        try:
            done = _fill(unfinished, config, settings)
            unfinished.rename(finished)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folder(into)
    except OSError as error:
        path = error.filename or finished
        raise SettingsError(CentreTrouble.BACKUP_NOT_MADE, path=path, why=error.strerror or error) from error
    except sqlite3.Error as error:
        raise SettingsError(CentreTrouble.DATABASE_NOT_USABLE, why=error) from error
    return Backup(finished, done, "://" in settings.database, is_in_token(settings.authority.key))


def _fill(folder: Path, config: Path, settings: CentreSettings) -> int:
    """Copy everything; returns how many files."""
    directory = settings.path("")
    sources = sorted(set(_files(config, settings)))
    for source in sources:
        _copy_file(source, _place(folder, directory, source))
    if "://" not in settings.database:
        database = settings.path(settings.database)
        _copy_database(database, _place(folder, directory, database))
    for part, original in ((folder / INSIDE, directory), (folder / ELSEWHERE, Path("/"))):
        for made in (path for path in (part, *part.rglob("*")) if path.is_dir()):
            _like(made, (original / made.relative_to(part)).stat())
            sync_folder(made)
    sync_folder(folder)
    return len(sources) + ("://" not in settings.database)


def _files(config: Path, settings: CentreSettings) -> Iterator[Path]:
    """Every file but the database; of the two folders, whatever lies in them."""
    yield config.absolute()
    named = [settings.secret_key_file, settings.signing_key_file, settings.pseudonym_key_file]
    if settings.text_messages.token_file:
        named.append(settings.text_messages.token_file)
    if not is_in_token(settings.authority.key):
        named.append(settings.authority.key)
    yield from map(settings.path, named)
    yield from filter(Path.exists, (handovers_file(settings), next_key_file(settings)))
    for folder in (settings.authority_folder, settings.broker_folder):
        yield from (file for file in folder.iterdir() if file.is_file() and file.suffix != UNFINISHED)


def _place(folder: Path, directory: Path, source: Path) -> Path:
    if source.is_relative_to(directory):
        return folder / INSIDE / source.relative_to(directory)
    return folder / ELSEWHERE / source.relative_to("/")


def _copy_file(source: Path, place: Path) -> None:
    with source.open("rb") as original:
        known = os.fstat(original.fileno())
        with _made(place, known) as descriptor, os.fdopen(descriptor, "wb", closefd=False) as copy:
            shutil.copyfileobj(original, copy)


def _copy_database(database: Path, place: Path) -> None:
    """All of one moment, while others write; checked, and one file without a journal beside it."""
    with _made(place, database.stat()):
        pass
    with (
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as original,
        contextlib.closing(sqlite3.connect(place)) as copy,
    ):
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    with place.open("rb") as written:
        os.fsync(written.fileno())


@contextlib.contextmanager
def _made(place: Path, like: os.stat_result) -> Iterator[int]:
    """A new file with the mode, and as root the owner, of another; on the disk afterwards."""
    _make_folders(place.parent)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor
        _like(descriptor, like)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _like(made: Path | int, original: os.stat_result) -> None:
    """Give it the mode and, as root, the owner of its original: put back, a service can use it again."""
    if os.geteuid() == 0:
        os.chown(made, original.st_uid, original.st_gid)
    os.chmod(made, stat.S_IMODE(original.st_mode))  # noqa: PTH101 - also of what is open


def _make_folders(folder: Path) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent)
        folder.mkdir(mode=_FOLDER_MODE)
