"""Keys that an installer brings in plain files: taken into encrypted keeping, and the files deleted.

A plain file that this account can't delete would survive the wipe of a revoked terminal, so the engine does
not start beside one.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

import structlog

from drivers.contactless.ntag424 import KEY_BYTES, TagKeys
from foundation.errors import SettingsError
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest, delete_durably
from kiosk.troubles import TerminalTrouble

_PSEUDONYM = "pseudonym"

_logger = structlog.get_logger()


class DeliveredKeys:
    """The keys of one terminal: those of a plain file, else those that were taken over from one before."""

    def __init__(self, files: KioskFiles, at_rest: AtRest) -> None:
        self._files = files
        self._at_rest = at_rest

    def pseudonym_key(self) -> bytes:
        """The key of all keyed hashes; raises SettingsError where there is none, or no good one."""
        path = self._files.path(self._files.settings.pseudonym_key_file)
        return self._key(_PSEUDONYM, path, "pseudonym_key_file", self._files.pseudonym_key)

    def pseudonym_key_untouched(self) -> bytes:
        """The same key where it lies, for who only looks on; b"" where there is no good one."""
        with contextlib.suppress(SettingsError):
            return self._at_rest.read(_PSEUDONYM) or self._files.pseudonym_key()
        return b""

    def tag_keys(self) -> TagKeys | None:
        """The keys of cards that sign each tap, if the settings name any; as `pseudonym_key`."""
        name = self._files.settings.ntag424_key_file
        if not name:
            return None

        def read() -> bytes:
            keys = self._files.tag_keys()
            return keys.meta + keys.file if keys else b""

        both = self._key("ntag424", self._files.path(name), "ntag424_key_file", read)
        return TagKeys(both[:KEY_BYTES], both[KEY_BYTES:])

    def _key(self, name: str, path: Path, setting: str, read: Callable[[], bytes]) -> bytes:
        """`read` reads the plain file, and says what is wrong with it."""
        if not is_there(path, setting):
            kept = self._kept(name, path, setting)
            return _read(read, setting) if kept is None else kept
        key = _read(read, setting)
        try:
            self._at_rest.keep(name, key)
        except SettingsError as error:  # a full disk; it is tried again at the next start
            _logger.warning("key_not_taken_over", file=str(path), error=error.trouble)
            return key
        delete_taken(path, setting)
        _logger.info("key_taken_over", file=str(path))
        return key

    def _kept(self, name: str, path: Path, setting: str) -> bytes | None:
        try:
            return self._at_rest.read(name)
        except SettingsError as error:
            raise SettingsError(
                TerminalTrouble.KEY_LOST, why=error.trouble, path=path, key=setting
            ) from error


def _read(read: Callable[[], bytes], setting: str) -> bytes:
    try:
        return read()
    except SettingsError as error:
        raise SettingsError(TerminalTrouble.KEY_NOT_TAKEN, why=error.trouble, key=setting) from error


def is_there(path: Path, setting: str) -> bool:
    """Whether there is such a file; raises SettingsError where this account can't know."""
    try:
        return path.exists()
    except OSError as error:
        raise SettingsError(
            TerminalTrouble.DELIVERED_NOT_SEEN, path=path, key=setting, why=error.strerror
        ) from error


def delete_taken(path: Path, setting: str) -> None:
    """Delete a plain file whose content is kept encrypted from now on; raises SettingsError where that fails.

    It would lie there for anybody who takes the disk, and a wipe could not remove it either.
    """
    try:
        delete_durably(path)
    except SettingsError as error:
        raise SettingsError(
            TerminalTrouble.DELIVERED_NOT_DELETED, path=path, key=setting, why=error.trouble
        ) from error
