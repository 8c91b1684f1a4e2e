"""`/healthz`: 200 while the centre can serve, else 503 with a reason, for whoever asks and however."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.settlement.own_centre import SERVER, OwnCentre

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("host", ["127.0.0.1:8460", "hours.example.org", "nobody.example"])
@pytest.mark.parametrize("secure", [True, False])
def test_a_centre_that_can_serve_says_so_by_any_name_and_without_tls(client, host, secure):
    answer = client.get("/healthz", secure=secure, headers={"host": host})
    assert (answer.status_code, answer.json()) == (200, {"healthy": True})
    assert answer.headers["Cache-Control"] == "no-store"


def test_tables_of_an_earlier_version_are_a_reason(client):
    recorder = MigrationRecorder(connection)
    applied = [name for app, name in recorder.applied_migrations() if app == "settlement"]
    recorder.record_unapplied("settlement", max(applied))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "healthy": False,
        "reason": "tables_older",
        "sentence": "The centre's database lacks 1 changes of its tables that this version wants. "
        "Run `muster centre prepare`.",
    }


def test_only_asking_is_allowed(client):
    assert client.post("/healthz").status_code == 405


GONE = """
import json
from django.db import connection
from django.test import Client
connection.close()
gone()
answer = Client().get("/healthz")
print(json.dumps([answer.status_code, answer.json()]))
"""


@pytest.mark.skipif(SERVER is not None, reason="a database in a file is taken away here")
def test_a_database_that_is_gone_is_a_reason_and_its_place_stays_untold(own_centre: OwnCentre):
    take_away = f"""
import shutil
def gone():
    shutil.move({str(own_centre.folder / "centre.sqlite3")!r}, {str(own_centre.folder / "elsewhere")!r})
    import pathlib
    pathlib.Path({str(own_centre.folder / "centre.sqlite3")!r}).mkdir()
"""
    printed = own_centre.run(take_away + GONE).splitlines()[-1]
    assert printed.startswith('[503, {"healthy": false, "reason": "database_away"')
    assert str(own_centre.folder) not in printed


@pytest.mark.parametrize("asked", ["/healthz/", "/healthz/x"])
def test_no_other_address_is_meant(client, asked):
    assert client.get(asked, secure=True).status_code == 404
