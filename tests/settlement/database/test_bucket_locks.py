"""The SQL of buckets, on a server: who is alive, who is ended, and whose number is used again."""

import psycopg
import pytest

from tests.settlement.own_centre import SERVER

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
from settlement.database.pooled import is_pooled
from settlement.models import ListenerBeat
before = ListenerBeat.objects.get().beat
bucket_locks.beat(replace(session, started=session.started - timedelta(minutes=1)))
print(ListenerBeat.objects.get().beat == before)
bucket_locks.beat(session)
print(ListenerBeat.objects.get().beat > before, is_pooled(connection))
"""
    )
    assert printed.splitlines() == ["True", "True False"]
