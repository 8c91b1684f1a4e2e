"""In which order the listener stores, answers and acknowledges to the broker."""

import threading

import pytest
from django.db import OperationalError

from settlement.ingest import listener
from settlement.ingest.listener import Listener
from settlement.ingest.share import Share
from settlement.messages.acknowledgement import Answer, Publication
from settlement.settings import CentreSettings, ListenerSettings
from sync.contract.wire import Realm
from sync.line.broker_link import Arrived


class RecordingClient:
    """Stands where paho's client stands; notes what is asked of it."""

    def __init__(self, happened):
        self._happened = happened

    def publish(self, topic, payload, qos, retain):
        self._happened.append(("published", topic, qos))

    def ack(self, mid, qos):
        self._happened.append(("acknowledged", mid, qos))


@pytest.fixture
def happened():
    return []


@pytest.fixture
def client(happened):
    return RecordingClient(happened)


@pytest.fixture
def connected(centre, client):
    class Clock:
        boot_id, wall_ms, mono_ms = "", int, int

    settings = CentreSettings(realm=Realm.DEMO, listener=ListenerSettings(retry_ms=10))
    running = Listener(settings, centre, Clock(), Share())
    running._link._client = client
    return running


@pytest.fixture
def ingest(monkeypatch, happened):
    """Replaces the database by one that is away for the first messages, as many as told."""

    def install(away=0, error=None):
        left = [away]

        def fake(topic, payload, received_ms, centre, **_more):
            if left[0]:
                left[0] -= 1
                raise OperationalError("the disk is full")
            if error:
                raise error
            happened.append(("committed", payload))
            return Answer((Publication("down", b"ack"),))

        monkeypatch.setattr(listener, "ingest", fake)

    return install


def arrive(connected, client, stop=None):
    arrived = Arrived("up", b"batch", retained=False, received_ms=0, client=client, mid=7, qos=1)
    connected._take(arrived, stop or threading.Event())


def test_it_commits_then_answers_then_acknowledges(connected, client, ingest, happened):
    ingest()
    arrive(connected, client)
    assert happened == [("committed", b"batch"), ("published", "down", 1), ("acknowledged", 7, 1)]


@pytest.mark.django_db
def test_while_the_database_is_away_it_acknowledges_nothing_and_tries_again(
    connected, client, ingest, happened
):
    ingest(away=3)
    arrive(connected, client)
    assert [what for what, *_ in happened] == ["committed", "published", "acknowledged"]


@pytest.mark.django_db
def test_told_to_stop_while_the_database_is_away_it_acknowledges_nothing(connected, client, ingest, happened):
    ingest(away=10**9)
    stop = threading.Event()
    stop.set()
    arrive(connected, client, stop)
    assert happened == []


def test_a_message_that_breaks_it_is_left_to_its_terminal_and_stops_nobody(
    connected, client, ingest, happened
):
    ingest(error=ZeroDivisionError())
    arrive(connected, client)
    assert happened == [("acknowledged", 7, 1)]


def test_a_message_of_an_earlier_connection_is_stored_but_its_number_is_not_acknowledged(
    connected, client, ingest, happened
):
    ingest()
    arrive(connected, RecordingClient(happened))
    assert happened == [("committed", b"batch"), ("published", "down", 1)]
