"""Making what a centre needs before its first message: tables, keys, its identity. Safe to repeat."""

import os
import secrets
import threading
from pathlib import Path

import django
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import Error as DatabaseFault
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

from foundation.clock import open_clock
from foundation.durable import make_file, replace_file
from foundation.errors import SettingsError
from settlement.database.away import once_it_answers
from settlement.database.first_start import alone
from settlement.database.safety import refuse_weak_commits
from settlement.database.short_queries import never_compile
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble

_RETRY_S = 1.0


def start(config: Path, *, new_keys: bool = False) -> CentreSettings:
    """Read the settings file into Django and prepare the centre; once per process.

    With `new_keys` the keys that are here, or are made where they are missing, take the place of those that
    the database knows. Raises SettingsError for settings, files, keys or a database that can't be used.
    """
    os.environ["MUSTER_SETTLEMENT"] = str(config)
    return prepare(new_keys=new_keys)


def start_service(config: Path, stop: threading.Event) -> CentreSettings | None:
    """As `start`; a server that cuts the connection meanwhile is waited for. None when told to stop before.

    One that never answered is not waited for: its address may be wrong, and whoever starts this is told.
    """
    met = []

    def note(**_: object) -> None:
        met.append(True)

    connection_created.connect(note)
    try:
        return once_it_answers(
            lambda: start(config),
            stop,
            _RETRY_S,
            is_worth_it=lambda: bool(met) and connection.vendor == "postgresql",
        )
    finally:
        connection_created.disconnect(note)


def prepare(*, new_keys: bool = False) -> CentreSettings:
    """Make the directory, the tables, the centre's identity and its keys where they are missing.

    The settings are those of the file that MUSTER_SETTLEMENT names. Raises SettingsError.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settlement.django_settings")
    django.setup()
    settings: CentreSettings = django_settings.CENTRE
    try:
        with alone(settings):
            _make_secret(settings)
            _make_tables(settings)
            _make_store(settings, new_keys=new_keys)
            _make_certificates(settings)
            never_compile()
        refuse_weak_commits()
    except DatabaseFault as error:
        raise SettingsError(CentreTrouble.DATABASE_NOT_USABLE, why=" ".join(str(error).split())) from error
    except OSError as error:
        raise SettingsError(CentreTrouble.CENTRE_NOT_PREPARED, path=settings.directory, why=error) from error
    return settings


def _make_secret(settings: CentreSettings) -> None:
    """What protects the pages' forms and makes tokens; readable by this account alone."""
    file = settings.path(settings.secret_key_file)
    if not file.exists():
        made = secrets.token_urlsafe(64)
        replace_file(file, made.encode("ascii"), 0o600)
        # Django was set up before there was one: what this process signs must outlive it.
        django_settings.SECRET_KEY = made


def _make_certificates(settings: CentreSettings) -> None:
    from settlement.authority.own_certificates import make_missing  # noqa: PLC0415 - keeps account in tables

    make_missing(settings)


def _make_tables(settings: CentreSettings) -> None:
    if "://" not in settings.database:
        # Prepared by root it belongs to the services' account; SQLite makes its other files likewise.
        make_file(settings.path(settings.database), 0o640)
    # Django computes how all tables came to be even when nothing is to be done: most of a command's time.
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _make_store(settings: CentreSettings, *, new_keys: bool) -> None:
    """The centre's identity, keys and rules: entered once, and held against what is here ever after."""
    from settlement.database.known_keys import check_keys, fingerprints, make_keys  # noqa: PLC0415
    from settlement.models import RuleChange, RuleVersion, Store  # noqa: PLC0415 - exist after django.setup()
    from settlement.rule_book import content_of, put_in_force, store_version  # noqa: PLC0415

    now_ms = open_clock(settings.clock_file).wall_ms()
    store = Store.objects.filter(pk=1).first()
    if store is None:
        make_keys(settings)
        identity = {"identity": secrets.token_hex(16), "realm": settings.realm, "created_ms": now_ms}
        store = Store.objects.create(pk=1, **identity, **fingerprints(settings))
    elif store.realm != settings.realm:
        raise SettingsError(CentreTrouble.DATABASE_OTHER_REALM, held=store.realm, realm=settings.realm)
    elif new_keys:
        make_keys(settings)
        Store.objects.filter(pk=1).update(**fingerprints(settings))
    else:
        check_keys(store, settings)
    if not RuleChange.objects.exists():
        first, _ = store_version(settings.rules, now_ms)
        put_in_force(first, None, "", "", now_ms)
    used = RuleVersion.objects.filter(version=settings.rules.version).first()
    if used is not None and content_of(used.content) != settings.rules:
        raise SettingsError(CentreTrouble.RULES_DIFFER, version=used.version)
