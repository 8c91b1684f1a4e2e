"""The SQL of buckets, on a server: who is alive, who is ended, and whose number is used again."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.settlement.own_centre import SERVER
from tests.settlement.real_broker import free_port
from tests.sync.patience import until

pytestmark = pytest.mark.skipif(SERVER is None, reason="a file has no advisory locks")

BEGIN = """
from django.db import connection
from settlement.database import bucket_locks
session = bucket_locks.begin("centre")
"""
PUT_ROW = """
INSERT INTO settlement_listenerbeat (backend, started, name, beat)
SELECT pg_backend_pid(), backend_start + %s::interval, %s, clock_timestamp() - interval '1 hour'
FROM pg_stat_activity WHERE pid = pg_backend_pid()
"""


@pytest.fixture
def other(own_centre):
    """A connection that another listener would have."""
    own_centre.run("")
    with own_centre.connect() as connection:
        connection.autocommit = True
        yield connection


def test_a_silent_listener_s_connection_is_ended_with_its_locks(own_centre, other):
    other.execute(PUT_ROW, ("0", "centre-2"))
    other.execute("SELECT pg_advisory_lock(7001, 5)")
    printed = own_centre.run(
        BEGIN
        + """
import time
print(bucket_locks.free([4, 5, 6]), bucket_locks.alive(3.5), bucket_locks.fence(3.5))
while bucket_locks.free([4, 5, 6]) != [4, 5, 6]:
    time.sleep(0.01)
print(bucket_locks.alive(3.5))
"""
    )
    assert printed.splitlines() == ["[4, 6] 1 ['centre-2']", "1"]
    with pytest.raises(psycopg.OperationalError):
        other.execute("SELECT 1")


def test_a_connection_that_got_the_number_of_an_ended_one_is_left_alone(own_centre, other):
    other.execute(PUT_ROW, ("-1 minute", "centre-2"))
    printed = own_centre.run(BEGIN + "print(bucket_locks.fence(3.5), bucket_locks.alive(3.5))")
    assert printed == "[] 1\n"
    left = other.execute("SELECT name FROM settlement_listenerbeat WHERE backend = pg_backend_pid()")
    assert left.fetchall() == []


def test_what_one_holds_no_other_takes_until_it_is_given_back(own_centre, other):
    other.execute("SELECT pg_advisory_lock(7001, 5)")
    printed = own_centre.run(
        BEGIN
        + """
print(sorted(bucket_locks.take([4, 5, 6])))
bucket_locks.give([4])
print(bucket_locks.free([4, 5, 6]))
bucket_locks.leave(session)
print(bucket_locks.free([4, 5, 6]), bucket_locks.alive(3.5))
"""
    )
    assert printed.splitlines() == ["[4, 6]", "[4]", "[4, 6] 0"]


def test_a_beat_is_of_one_connection_alone(own_centre, other):
    printed = own_centre.run(
        BEGIN
        + """
from dataclasses import replace
from datetime import timedelta
from settlement.models import ListenerBeat
before = ListenerBeat.objects.get().beat
bucket_locks.beat(replace(session, started=session.started - timedelta(minutes=1)))
print(ListenerBeat.objects.get().beat == before)
bucket_locks.beat(session)
print(ListenerBeat.objects.get().beat > before, bucket_locks.is_pooled())
"""
    )
    assert printed.splitlines() == ["True", "True False"]


@pytest.fixture
def pool(own_centre):
    """The own centre's server behind PgBouncer, which does not run as root."""
    if not shutil.which("pgbouncer"):
        pytest.skip("pgbouncer is not installed")
    server = conninfo_to_dict(own_centre.url)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        Path(folder).chmod(0o755)
        config = Path(folder) / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = host={server['host']} user=muster\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
            "ignore_startup_parameters = extra_float_digits,options\n"
        )
        account = "postgres" if os.geteuid() == 0 else None
        running = subprocess.Popen(["pgbouncer", "-q", str(config)], user=account)
        yield f"postgresql://muster@127.0.0.1:{port}/{server['dbname']}"
        running.terminate()
        running.wait()


def test_behind_a_pool_there_are_no_locks_to_hold(own_centre, other, pool):
    until(lambda: _answers(pool))
    own_centre.config.write_text(f'directory = "{own_centre.folder}"\ndatabase = "{pool}"\n')
    printed = own_centre.run(
        "from settlement.database.bucket_locks import is_pooled\n"
        "from settlement.ingest.held_buckets import open_share\n"
        "print(is_pooled(), open_share(settings.listener).served.buckets)"
    )
    assert printed.splitlines()[-1] == "True None"


def _answers(url):
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False
