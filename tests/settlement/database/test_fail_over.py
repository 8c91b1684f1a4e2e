"""A standby takes over behind a line to the broker that never breaks: terminals are told by themselves."""

import contextlib
import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgresql import server, standby
from tests.settlement.database.conftest import Ear, Listening
from tests.settlement.own_centre import SERVER, OwnCentre
from tests.sync.patience import until

pytestmark = pytest.mark.skipif(SERVER is None, reason="only a server has standbys")

LINE = "SELECT line, generation FROM settlement_store"


class TwoServers(OwnCentre):
    """A centre whose database is on whichever of two servers can be written to."""

    def __init__(self, folder, first, second):
        self.folder = folder
        self.config = folder / "settlement.toml"
        hosts = ",".join(urlsplit(url).netloc.partition("@")[2] for url in (first, second))
        self._url = f"postgresql://muster@{hosts}/muster?target_session_attrs=read-write"

    def configure(self, text=""):
        directory = json.dumps(str(self.folder))
        self.config.write_text(f"directory = {directory}\ndatabase = {json.dumps(self._url)}\n{text}")


def ask(url, query, database="muster"):
    with psycopg.connect(url + database, autocommit=True) as connection:
        answered = connection.execute(query)
        return answered.fetchall() if answered.description else []


@pytest.fixture
def folders():
    """Where PostgreSQL's own account may go, and with names that are short enough for sockets."""
    with contextlib.ExitStack() as stack:
        yield [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="muster-"))) for _ in range(2)]


def test_terminals_are_told_when_a_standby_took_over(folders, tmp_path, broker):
    with contextlib.ExitStack() as stack, contextlib.ExitStack() as dying:
        first = dying.enter_context(server(folders[0]))
        ask(first, "CREATE DATABASE muster", "postgres")
        second = stack.enter_context(standby(folders[1], first))
        centre = TwoServers(tmp_path, first, second)
        listening, ear = Listening(centre, broker.port), Ear(broker.port)
        stack.callback(ear.close)
        stack.callback(listening.stop)
        listening.start()
        before = ear.host("online")
        until(lambda: ask(second, LINE) != [("", 1)])
        dying.close()
        ask(second, "SELECT pg_promote()")
        after = ear.host("online")
        assert (before["generation"], after["generation"]) == (1, 2)
        ((line, generation),) = ask(second, LINE)
        assert (line.partition("/")[2], generation) == ("00000002", 2)
        assert listening.logged("broker_connected") == 1


def test_a_connection_that_is_merely_cut_is_no_other_database(own_centre, listening, ear):
    listening.start()
    ear.host("online")
    until(lambda: own_centre.rows(LINE) != [("", 1)])
    own_centre.cut_connections()
    until(lambda: listening.logged("database_away"))
    until(own_centre.others)
    listening.stop()
    ear.host("offline")
    assert own_centre.rows("SELECT generation FROM settlement_store") == [(1,)]


def test_another_listener_that_raised_it_is_enough(own_centre, listening, ear):
    listening.start()
    ear.host("online")
    until(lambda: own_centre.rows(LINE) != [("", 1)])
    with own_centre.connect() as connection:
        connection.execute("UPDATE settlement_store SET generation = 5")
    own_centre.cut_connections()
    assert ear.host("online")["generation"] == 5
