"""Files that a terminal keeps encrypted, and replaces so that a power cut leaves the old or the new one.

ChaCha20-Poly1305 (RFC 8439) with a random nonce a file, under a key that HKDF-SHA256 (RFC 5869) derives from
the device's own secret for each name: a file can't pass for another, nor be read on another device. Who holds
the device's secret, root for example, can read them; a card or a backup without it tells nothing.
"""

import secrets
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foundation.durable import UNFINISHED, replace_file, sync_folder, unfinished_of
from foundation.errors import SettingsError
from kiosk.troubles import TerminalTrouble

SECRET_BYTES = 32
_MAGIC = b"muster at rest 1\n"
_NONCE_BYTES = 12
_KEPT = ".kept"
_MODE = 0o600  # for this account alone


class AtRest:
    """The encrypted files of one folder; one process writes them."""

    def __init__(self, folder: Path, secret_file: Path) -> None:
        """Nothing is made before the first `keep`."""
        self._folder = folder
        self._secret_file = secret_file
        self._forgotten = threading.Event()

    def keep(self, name: str, content: bytes) -> None:
        """Put `content` durably in the place of what was kept by that name; raises SettingsError.

        When this returns, the new content is on the disk; when it fails or the power goes, the old one is.
        After `forget_everything` nothing is kept any more.
        """
        if self._forgotten.is_set():
            raise self._refusal(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            secret = self._secret() or self._make_secret()
            nonce = secrets.token_bytes(_NONCE_BYTES)
            encrypted = _cipher(secret, name).encrypt(nonce, content, _MAGIC + name.encode())
            replace_file(self._file(name), _MAGIC + nonce + encrypted, _MODE)
        except OSError as error:
            raise SettingsError(
                TerminalTrouble.KEPT_NOT_WRITTEN, path=self._file(name), why=error.strerror
            ) from error
        if self._forgotten.is_set():  # on another thread, while this was written
            self.forget_everything()
            raise self._refusal(name)

    def read(self, name: str) -> bytes | None:
        """What was kept by that name, or None; raises SettingsError where it can't be read or was changed."""
        try:
            content = self._file(name).read_bytes()
            secret = self._secret()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsError(
                TerminalTrouble.KEPT_NOT_READ, path=self._file(name), why=error.strerror
            ) from error
        nonce, encrypted = content[len(_MAGIC) :][:_NONCE_BYTES], content[len(_MAGIC) + _NONCE_BYTES :]
        if secret is None or not content.startswith(_MAGIC) or len(nonce) < _NONCE_BYTES:
            raise SettingsError(TerminalTrouble.KEPT_ELSEWHERE, path=self._file(name))
        try:
            return _cipher(secret, name).decrypt(nonce, encrypted, _MAGIC + name.encode())
        except InvalidTag as error:
            raise SettingsError(TerminalTrouble.KEPT_CHANGED, path=self._file(name)) from error

    def forget_everything(self) -> None:
        """Delete all that was kept, and first the device's secret: no copy can be read any more.

        Half a file that a power cut left goes too, and nothing is kept from now on. Raises SettingsError when
        a file can't be deleted; the others are.
        """
        self._forgotten.set()
        delete_durably(self._secret_file, unfinished_of(self._secret_file), *self._all_files())

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{_KEPT}"

    def _all_files(self) -> list[Path]:
        return sorted({*self._folder.glob(f"*{_KEPT}"), *self._folder.glob(f"*{_KEPT}{UNFINISHED}")})

    def _refusal(self, name: str) -> SettingsError:
        return SettingsError(TerminalTrouble.KEPT_FORGOTTEN, path=self._file(name))

    def _secret(self) -> bytes | None:
        """The device's secret, or None where none was made or what is there is none."""
        try:
            secret = bytes.fromhex(self._secret_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        return secret if len(secret) == SECRET_BYTES else None

    def _make_secret(self) -> bytes:
        """Draw the secret; what was kept under an earlier one can't be read any more."""
        secret = secrets.token_bytes(SECRET_BYTES)
        replace_file(self._secret_file, secret.hex().encode(), _MODE)
        return secret


def delete_durably(*paths: Path) -> None:
    """Delete files, with what a link of that name points to; those that are not there are none to delete.

    Raises SettingsError, naming them, when some can't be deleted; the others are.
    """
    left = []
    for path in paths:
        try:
            for one in (path.resolve(), path):
                one.unlink(missing_ok=True)
            sync_folder(path.parent)
        except FileNotFoundError:
            continue  # not even its folder is there
        except OSError as error:
            left.append(f"{path} ({error.strerror})")
    if left:
        raise SettingsError(TerminalTrouble.NOT_DELETED, paths=left)


def _cipher(secret: bytes, name: str) -> ChaCha20Poly1305:
    domain = f"muster/1/at rest/{name}".encode()
    return ChaCha20Poly1305(HKDF(SHA256(), length=32, salt=None, info=domain).derive(secret))
