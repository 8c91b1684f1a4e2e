"""The centre's two keys, made for a new database, and never silently anew for one that knows some.

Terminals believe one signing key, and cards are known by hashes under one pseudonym key. A second machine
that made its own would be refused by every terminal, or recognise nobody.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from foundation.durable import replace_file
from foundation.errors import SettingsError
from settlement.models import Store
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.pseudonym import KEY_BYTES, load_key
from sync.contract.signing import SigningKey

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of the centre: the column that knows it, its file, how it is made and recognised."""

    column: str
    file: Path
    make: Callable[[], bytes]
    fingerprint: Callable[[Path], str]


def make_keys(settings: CentreSettings) -> None:
    """Make the keys that are missing, for a centre that is new or gets new ones."""
    for key in _keys(settings):
        if not key.file.exists():
            replace_file(key.file, key.make(), 0o600)
            _logger.info("key_made", file=key.file.name, fingerprint=key.fingerprint(key.file)[:16])


def fingerprints(settings: CentreSettings) -> dict[str, str]:
    """What the database keeps of the keys here, by column; raises SettingsError for an unreadable one."""
    return {key.column: key.fingerprint(key.file) for key in _keys(settings)}


def check_keys(store: Store, settings: CentreSettings) -> None:
    """Hold this machine's keys against those that the database knows; one that knows none takes these.

    Raises SettingsError, naming the file, where a key is missing or another one.
    """
    for key in _keys(settings):
        if not key.file.exists():
            raise SettingsError(CentreTrouble.KEY_MISSING_HERE, path=key.file)
        known, found = getattr(store, key.column), key.fingerprint(key.file)
        if known and known != found:
            raise SettingsError(CentreTrouble.KEY_IS_ANOTHER, path=key.file)
    if not all(getattr(store, key.column) for key in _keys(settings)):
        Store.objects.filter(pk=store.pk).update(**fingerprints(settings))


def _keys(settings: CentreSettings) -> tuple[_Key, ...]:
    return (
        _Key(
            "signing_key",
            settings.path(settings.signing_key_file),
            lambda: SigningKey.generate().pem(),
            _of_signing_key,
        ),
        _Key(
            "pseudonym_key",
            settings.path(settings.pseudonym_key_file),
            lambda: secrets.token_hex(KEY_BYTES).encode("ascii"),
            _of_pseudonym_key,
        ),
    )


def _of_signing_key(file: Path) -> str:
    return hashlib.sha256(SigningKey.load(file).public.raw).hexdigest()


def _of_pseudonym_key(file: Path) -> str:
    """Of 256 random bits a plain hash tells nothing."""
    return hashlib.sha256(b"muster pseudonym key\0" + load_key(file)).hexdigest()
