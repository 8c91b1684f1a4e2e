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
from settlement.database.first_start import alone
from settlement.models import Store
from settlement.settings import CentreSettings
from settlement.signing_keys import (
    finish_replacement,
    forget_other_handovers,
    key_file,
    load_signing_keys,
    replace_signing_key,
)
from settlement.troubles import CentreTrouble
from sync.contract.pseudonym import KEY_BYTES, load_key
from sync.contract.signing import SigningKey, VerifyKey

_logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of the centre: the column that knows it, its file, how it is made and recognised."""

    column: str
    file: Path
    make: Callable[[], bytes]
    fingerprint: Callable[[Path], str]


def make_keys(settings: CentreSettings) -> None:
    """Make the keys that are missing, for a centre that is new or gets new ones; handovers to others go."""
    for key in _keys(settings):
        if not key.file.exists():
            replace_file(key.file, key.make(), 0o600)
            _logger.info("key_made", file=key.file.name, fingerprint=key.fingerprint(key.file)[:16])
    forget_other_handovers(settings)


def fingerprints(settings: CentreSettings) -> dict[str, str]:
    """What the database keeps of the keys here, by column; raises SettingsError for an unreadable one."""
    return {key.column: key.fingerprint(key.file) for key in _keys(settings)}


def check_keys(store: Store, settings: CentreSettings) -> None:
    """Hold this machine's keys against those that the database knows; one that knows none takes these.

    A replacement of the signing key that was cut off is finished, and a database that knows one of the keys
    before takes its successor. Raises SettingsError, naming the file, where a key is missing or another one.
    """
    finish_replacement(settings)
    found: dict[str, str] = {}
    for key in _keys(settings):
        if not key.file.exists():
            raise SettingsError(CentreTrouble.KEY_MISSING_HERE, path=key.file)
        known = getattr(store, key.column)
        here = found[key.column] = key.fingerprint(key.file)
        if known and known != here and known not in _replaced_keys(settings):
            raise SettingsError(CentreTrouble.KEY_IS_ANOTHER, path=key.file)
    if any(getattr(store, column) != here for column, here in found.items()):
        Store.objects.filter(pk=store.pk).update(**found)


def replace_key(settings: CentreSettings, now_ms: int) -> VerifyKey:
    """Let a new signing key take the place of the one here, which hands over to it; returns it.

    Listeners take it within seconds, and lead every terminal on that believes one of those before. Raises
    SettingsError for keys that can't be read or written.
    """
    with alone(settings):
        store = Store.objects.get()
        check_keys(store, settings)
        try:
            key = replace_signing_key(settings, now_ms).key.public
        except OSError as error:
            raise SettingsError(
                CentreTrouble.CENTRE_NOT_PREPARED, path=settings.directory, why=error
            ) from error
        Store.objects.filter(pk=store.pk).update(**fingerprints(settings))
    _logger.warning("signing_key_replaced", key=key.key_id)
    return key


def is_replaced(settings: CentreSettings, key: VerifyKey) -> bool:
    """Whether the database knows another signing key by now; raises SettingsError where it isn't here."""
    store = Store.objects.get()
    if store.signing_key in ("", _fingerprint(key)):
        return False
    check_keys(store, settings)
    return True


def _replaced_keys(settings: CentreSettings) -> set[str]:
    """The fingerprints of the signing keys that handed over, one to the next, to the one here."""
    return {_fingerprint(key) for key in load_signing_keys(settings).public.keys[:-1]}


def _keys(settings: CentreSettings) -> tuple[_Key, ...]:
    return (
        _Key(
            "signing_key",
            key_file(settings),
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
    return _fingerprint(SigningKey.load(file).public)


def _fingerprint(key: VerifyKey) -> str:
    return hashlib.sha256(key.raw).hexdigest()


def _of_pseudonym_key(file: Path) -> str:
    """Of 256 random bits a plain hash tells nothing."""
    return hashlib.sha256(b"muster pseudonym key\0" + load_key(file)).hexdigest()
