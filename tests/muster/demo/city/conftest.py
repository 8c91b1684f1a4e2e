"""The example city in a small form, in the database that the centre's tests have."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sync.contract.wire import Realm
from tests.settlement.conftest import django_db_modify_db_settings  # noqa: F401 - the same database

NOW_MS = int(dt.datetime(2026, 3, 7, 19, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()) * 1000


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker, tmp_path_factory):
    """The centre's settings and the city in it, filled once for a module and taken back after it."""
    from django.conf import settings
    from django.db import transaction

    before = settings.CENTRE
    settings.CENTRE = _settings_in(tmp_path_factory.mktemp("centre"), before)
    everything = transaction.atomic()
    # As the cases of Django's own tests: what is durable may be within it.
    everything._from_testcase = True
    with django_db_blocker.unblock(), everything:
        yield settings.CENTRE, _filled(settings.CENTRE)
        transaction.set_rollback(True)
    settings.CENTRE = before


def _settings_in(folder, centre):
    """A demo's settings, whose accounts need a password alone."""
    from settlement.people_settings import AccountSettings, SecondFactorFrom

    (folder / "pseudonym.key").write_text("11" * 32)
    return msgspec.structs.replace(
        centre,
        realm=Realm.DEMO,
        directory=str(folder),
        enrolment=msgspec.structs.replace(centre.enrolment, host="localhost"),
        authority=msgspec.structs.replace(centre.authority, broker_reload=""),
        accounts=AccountSettings(second_factor_from=SecondFactorFrom.NOBODY),
    )


def _filled(settings):
    """The small city; the settler's part is done at once."""
    from muster.demo.city.fill import Filling, fill_city
    from settlement.authority.own_certificates import make_missing
    from settlement.centre import Centre
    from settlement.database.known_keys import make_keys
    from settlement.models import RuleVersion
    from settlement.settings import QuarantineSettings
    from settlement.settling.settler import settle_dirty
    from settlement.setup import _make_secret
    from settlement.signing_keys import load_signing_keys
    from tests.settlement.actors import actor

    RuleVersion.objects.get_or_create(
        version=settings.rules.version, defaults={"content": {}, "first_used_ms": 0}
    )
    _make_secret(settings)
    make_keys(settings)
    make_missing(settings)
    signing = load_signing_keys(settings)
    return fill_city(
        Filling(
            settings=settings,
            centre=Centre(Realm.DEMO, "a" * 32, 1, signing.key, signing.public, QuarantineSettings()),
            deciders=(actor("Zhao Min"), actor("Qian Li")),
            staff=("liaison-7", "leader-2"),
            now_ms=NOW_MS,
            settle=lambda: settle_dirty(NOW_MS),
            volunteers=60,
        )
    )


@pytest.fixture
def city(filled, db, settings):
    """Sixty people instead of four hundred, and everything that waits."""
    settings.CENTRE, city = filled
    return city


@pytest.fixture
def at_the_citys_time(monkeypatch):
    """Lets the pages' clock stand where the demo's does."""
    clock = type("Standing", (), {"wall_ms": lambda self: NOW_MS, "mono_ms": lambda self: 0})
    monkeypatch.setattr("settlement.web.frame.open_clock", lambda _: clock())
