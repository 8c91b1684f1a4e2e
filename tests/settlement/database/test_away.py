"""A database that is cut off while the listener starts, or lets nobody write: it is waited for."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from structlog.testing import capture_logs

from settlement.database import away
from settlement.database.away import is_away
from sync.contract.signing import SigningKey
from tests.settlement.own_centre import SERVER
from tests.settlement.paper_terminal import PaperTerminal
from tests.sync.patience import until

on_a_server = pytest.mark.skipif(SERVER is None, reason="only a server cuts connections or lets nobody write")
ENROL = """
from settlement.models import Site, Terminal
site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
Terminal.objects.create(id="north-gate", site=site, bucket="07", public_key={key!r}, realm="live")
"""
OPEN_LATE = """
import threading
from django.db import connection
from settlement.ingest import listener

def cut_and_open(settings, opened=listener.open_centre):
    listener.open_centre = opened
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

listener.open_centre = cut_and_open
listener.run_listener(settings, threading.Event())
"""

CUT_WHILE_READING = """
import psycopg
from django.db import connection
from settlement.database.away import later_while_away
from settlement.models import Volunteer
Volunteer.objects.bulk_create(Volunteer(number=number, display_name="Mei") for number in range(1, 9))
with later_while_away():
    rows = Volunteer.objects.iterator(chunk_size=2)
    next(rows)
    with psycopg.connect({server!r}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.connection.info.backend_pid,))
    list(rows)
print(Volunteer.objects.count())
"""


def caused_by(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("the connection is lost"), True),
        (InterfaceError("the connection is closed"), True),
        (psycopg.OperationalError("the connection is lost"), True),
        (caused_by(InternalError(), psycopg.errors.ReadOnlySqlTransaction()), True),
        (caused_by(InternalError(), psycopg.errors.IdleInTransactionSessionTimeout()), True),
        (caused_by(InternalError(), psycopg.errors.InFailedSqlTransaction()), False),
        (DatabaseError("no such table"), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_what_another_connection_may_mend_is_waited_for(error, away):
    assert is_away(error) is away


@on_a_server
def test_a_list_that_the_server_keeps_is_left_when_the_connection_ends(own_centre):
    said = own_centre.run(CUT_WHILE_READING.format(server=f"{SERVER}postgres"))
    assert said.splitlines()[-1] == "8"


@contextlib.contextmanager
def nobody_else_starts(own_centre):
    with own_centre.connect() as holding:
        holding.execute("SELECT pg_advisory_xact_lock(7000, 1)")
        yield


@on_a_server
def test_a_connection_that_is_cut_while_the_listener_starts_is_waited_for(own_centre, listening, ear):
    own_centre.run("")
    waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with nobody_else_starts(own_centre):
        listening.start()
        until(lambda: own_centre.rows(f"SELECT pid {waiting}"))
        own_centre.rows(f"SELECT pg_terminate_backend(pid) {waiting}")
        until(lambda: listening.logged("database_away") or not listening.is_running)
        assert listening.is_running, listening.log
    ear.host("online")
    assert listening.logged("database_away") == listening.logged("database_back") == 1


@on_a_server
def test_one_that_is_cut_just_after_is_waited_for_too(own_centre, listening, ear):
    process = own_centre.start(OPEN_LATE)
    try:
        ear.host("online")
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_server_that_never_answered_is_told_at_once(own_centre, listening):
    own_centre.config.write_text('database = "postgresql://muster@127.0.0.1:1/muster"\n', encoding="utf-8")
    with own_centre.config.open("a", encoding="utf-8") as config:
        config.write(f"directory = {str(own_centre.folder)!r}\n")
    done = own_centre.command("listen")
    assert done.returncode == 1
    assert "Check `database` in the settings" in done.stderr


def test_what_is_tried_again_and_again_is_told_once_a_minute(monkeypatch):
    now_s = [1000.0]
    monkeypatch.setattr(away.time, "monotonic", lambda: now_s[0])
    with capture_logs() as logs:
        for _ in range(240):
            with away.later_while_away():
                raise OperationalError("read-only")
            now_s[0] += 0.25
        with away.later_while_away():
            raise InterfaceError("another fault")
    told = [log["error"] for log in logs if log["event"] == "database_away"]
    assert told == ["read-only", "another fault"]


@on_a_server
def test_while_nobody_may_write_a_message_waits_and_is_stored_then(own_centre, listening, ear):
    terminal = PaperTerminal()
    terminal.start()
    terminal.check_in()
    own_centre.run(ENROL.format(key=terminal.key.public.raw.hex()))
    listening.start()
    ear.host("online")
    own_centre.set_for_all("default_transaction_read_only", "on")
    own_centre.cut_connections()
    until(lambda: listening.logged("database_away"))  # in words that differ with the moment of the cut
    ear.send(terminal.batch_topic, terminal.batch())
    until(lambda: listening.logged("database_away", error="read-only") or listening.logged("message_failed"))
    own_centre.set_for_all("default_transaction_read_only", "off")
    own_centre.cut_connections()
    ack = ear.ack(SigningKey.load(own_centre.folder / "signing.pem").public)
    assert (ack.contiguous, listening.logged("message_failed"), listening.logged("own_error")) == (2, 0, 0)
