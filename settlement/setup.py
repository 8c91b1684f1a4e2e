"""Making what a centre needs before its first message: tables, keys, its identity. Safe to repeat."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import msgspec
import structlog
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import DatabaseError, transaction

from foundation.clock import open_clock
from foundation.durable import make_file, make_folder, replace_file
from foundation.errors import SettingsError
from settlement.rules.rule_set import RuleSet
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.pseudonym import KEY_BYTES
from sync.contract.signing import SigningKey

_logger = structlog.get_logger()


def start(config: Path) -> CentreSettings:
    """Read the settings file into Django and prepare the centre; once per process.

    Raises SettingsError for settings, files or a database that can't be used.
    """
    os.environ["MUSTER_SETTLEMENT"] = str(config)
    return prepare()


def prepare() -> CentreSettings:
    """Make the directory, the keys, the tables and the centre's identity where they are missing.

    The settings are those of the file that MUSTER_SETTLEMENT names. Raises SettingsError.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settlement.django_settings")
    django.setup()
    settings: CentreSettings = django_settings.CENTRE
    try:
        with _alone(settings):
            _make_keys(settings)
            _make_tables(settings)
            _make_certificates(settings)
    except DatabaseError as error:
        raise SettingsError(CentreTrouble.DATABASE_NOT_USABLE, why=" ".join(str(error).split())) from error
    except OSError as error:
        raise SettingsError(CentreTrouble.CENTRE_NOT_PREPARED, path=settings.directory, why=error) from error
    return settings


@contextmanager
def _alone(settings: CentreSettings) -> Iterator[None]:
    """Listener, settler and pages start at the same moment; one of them prepares, the others wait."""
    directory = settings.path("")
    make_folder(directory, 0o700)
    make_file(directory / "prepare.lock", 0o640)
    with (directory / "prepare.lock").open("r+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_keys(settings: CentreSettings) -> None:
    _make_secret(settings.path(settings.secret_key_file), secrets.token_urlsafe(64))
    _make_secret(settings.path(settings.pseudonym_key_file), secrets.token_hex(KEY_BYTES))
    signing = settings.path(settings.signing_key_file)
    if not signing.exists():
        key = SigningKey.generate()
        replace_file(signing, key.pem(), 0o600)
        _logger.info("signing_key_made", key=key.public.key_id)


def _make_secret(file: Path, text: str) -> None:
    """Write the text to a file that only this account reads, unless the file exists."""
    if not file.exists():
        replace_file(file, text.encode("ascii"), 0o600)


def _make_certificates(settings: CentreSettings) -> None:
    from settlement.authority.own_certificates import make_missing  # noqa: PLC0415 - keeps account in tables

    make_missing(settings)


def _make_tables(settings: CentreSettings) -> None:
    from settlement.models import RuleVersion, Store  # noqa: PLC0415 - models exist only after django.setup()

    if "://" not in settings.database:
        # Prepared by root it belongs to the services' account; SQLite makes its other files likewise.
        make_file(settings.path(settings.database), 0o640)
    call_command("migrate", verbosity=0, interactive=False)
    now_ms = open_clock(settings.clock_file).wall_ms()
    rules = json.loads(msgspec.json.encode(settings.rules))
    with transaction.atomic():
        store, _ = Store.objects.get_or_create(
            pk=1,
            defaults={"identity": secrets.token_hex(16), "realm": settings.realm, "created_ms": now_ms},
        )
        version, _ = RuleVersion.objects.get_or_create(
            version=settings.rules.version, defaults={"content": rules, "first_used_ms": now_ms}
        )
    if store.realm != settings.realm:
        raise SettingsError(CentreTrouble.DATABASE_OTHER_REALM, held=store.realm, realm=settings.realm)
    if msgspec.convert(version.content, RuleSet) != settings.rules:
        raise SettingsError(CentreTrouble.RULES_DIFFER, version=version.version)
