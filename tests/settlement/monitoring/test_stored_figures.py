"""What is read from database and files, and what is told while the database is away."""

import msgspec
import pytest
from django.db import OperationalError

from foundation.figures import gauge
from settlement.evidence.attribution import mark_unsettled
from settlement.evidence.log_alarms import settle_alarm
from settlement.ingest.ingest import ingest
from settlement.models import LogAlarm
from settlement.monitoring.link_states import LinkStates
from settlement.monitoring.serving import figures_served
from settlement.monitoring.stored_figures import evidence_figures, settling_figures
from sync.contract import wire
from tests.prometheus import samples_at
from tests.settlement.actors import actor
from tests.settlement.real_broker import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings):
    """Every sample of some figures."""
    return lambda families: {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_time_since_the_newest_event_goes_by_the_centres_clock(terminal, deliver, settings, told, noon_ms):
    before = told(evidence_figures(settings.CENTRE, LinkStates(), noon_ms))
    assert ("muster_centre_seconds_since_batch",) not in before
    deliver(received_ms=noon_ms)
    terminal.check_in()
    deliver(2, received_ms=noon_ms + 60_000)
    after = told(evidence_figures(settings.CENTRE, LinkStates(), noon_ms + 90_000))
    assert after["muster_centre_seconds_since_batch",] == 30
    assert after["muster_centre_events_total",] == 2


def test_alarms_about_logs_are_told_while_they_are_open(terminal, settings, told, centre, noon_ms):
    ingest(terminal.hello_topic, terminal.hello([], taken_over=True), noon_ms, centre=centre)
    found = told(evidence_figures(settings.CENTRE, LinkStates(), noon_ms))
    assert found["muster_centre_log_alarms", "session_taken_over"] == 1
    settle_alarm(LogAlarm.objects.get().pk, actor("chen"), "the old device was still on", noon_ms)
    found = told(evidence_figures(settings.CENTRE, LinkStates(), noon_ms))
    assert ("muster_centre_log_alarms", "session_taken_over") not in found


def test_terminals_of_another_realm_do_not_count(terminal, settings, told, noon_ms):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, realm=wire.Realm.DEMO)
    found = told(evidence_figures(settings.CENTRE, LinkStates(), noon_ms))
    assert found["muster_centre_terminals", "unknown"] == 0


def test_who_waits_longest_is_told(mei, told, noon_ms):
    sent = {("muster_centre_webhook_messages", state): 0 for state in ("waiting", "given_up")}
    assert told(settling_figures(noon_ms)) == {
        ("muster_centre_unsettled_volunteers",): 0,
        ("muster_centre_oldest_unsettled_seconds",): 0,
        **sent,
    }
    mark_unsettled({mei.number}, noon_ms - 5_000)
    assert told(settling_figures(noon_ms)) == {
        ("muster_centre_unsettled_volunteers",): 1,
        ("muster_centre_oldest_unsettled_seconds",): 5,
        **sent,
    }


@pytest.mark.parametrize(
    ("payload", "counted"),
    [
        (b'{"state": "online", "more": 1}', {"online": 1, "offline": 0, "unknown": 0}),
        (b'{"state": "offline"}', {"online": 0, "offline": 1, "unknown": 0}),
        (b'{"state": "asleep"}', {"online": 0, "offline": 0, "unknown": 1}),
        (b"\xff", {"online": 0, "offline": 0, "unknown": 1}),
        (b"", {"online": 0, "offline": 0, "unknown": 1}),
    ],
)
def test_what_a_terminal_says_of_its_link_replaces_what_it_said(payload, counted):
    links = LinkStates()
    links.note(wire.topic("state", "north-gate"), b'{"state": "online"}')
    links.note(wire.topic("state", "north-gate"), payload)
    assert links.count(["north-gate"]) == counted
    links.forget()
    assert links.count(["north-gate"])["unknown"] == 1


def test_while_the_database_is_away_the_process_tells_its_own():
    def away():
        raise OperationalError("gone")

    port = free_port()
    with figures_served(port, lambda: [gauge("muster_own", "x", 1)], away):
        assert samples_at(port) == {("muster_own",): 1, ("muster_centre_database_reachable",): 0}
    assert samples_at(port) == {}


def test_a_taken_port_keeps_no_service_from_its_work():
    port = free_port()
    with figures_served(port, list, list), figures_served(port, list, list):
        assert samples_at(port)["muster_centre_database_reachable",] == 1
