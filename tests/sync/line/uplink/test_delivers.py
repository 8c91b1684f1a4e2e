"""The uplink delivers the log, whatever ends or forgets meanwhile."""

import msgspec
import pytest

from sync.contract import wire
from sync.contract.wire import LinkState
from sync.line.troubles import LineTrouble
from tests.sync.asyncapi_document import validate
from tests.sync.line.uplink.running_uplink import STATE_TOPIC, all_of, append, delivered
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, NINE_MS, TERMINAL, check_in
from tests.sync.small_centre import SmallCentre


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_delivers_the_whole_log_and_then_what_happens(log, log_file, centre, run, version):
    append(log, 450)
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 452)
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)
    assert centre.greetings >= 1
    assert running.state.troubles == []
    assert running.state.last_ack_wall_ms is not None


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_hands_on_what_else_the_centre_says_with_the_centres_time(log, centre, run, version):
    settings = wire.topic("config", TERMINAL)
    centre.say(settings, b"settings", retain=True)
    running = run(mqtt_version=version)
    assert running.told.get(timeout=PATIENCE_S)[0] == b"settings"
    until(lambda: delivered(running))
    for topic in ("roster", "command"):
        centre.say(wire.topic("down", TERMINAL, topic), topic.encode())
        message, centre_ms = running.told.get(timeout=PATIENCE_S)
        assert message == topic.encode()
        assert NINE_MS <= centre_ms < NINE_MS + 3_600_000
    assert running.told.empty()


def test_it_greets_again_and_tells_its_state_when_told_that_something_changed(log, centre, run, monkeypatch):
    monkeypatch.setattr("sync.line.uplink._STATE_SOON_S", 6_000)
    running = run()
    until(lambda: delivered(running) and centre.greetings)
    before = centre.greetings

    def state_told():
        topic, _ = centre.seen.get(timeout=PATIENCE_S)
        return topic == STATE_TOPIC

    while not centre.seen.empty():
        centre.seen.get()
    running.uplink.greet()
    until(lambda: centre.greetings > before)
    until(state_told)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_every_message_of_a_day_fits_the_document(log, centre, run, version):
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    append(log, 3)
    running.uplink.appended()
    until(lambda: running.reports[-1].unsent == 0 and len(centre.events[log.epoch]) == 4)
    running.stop()
    seen = set()
    while "offline" not in seen:
        topic, payload = centre.seen.get(timeout=PATIENCE_S)
        seen |= {validate(topic, payload), "offline" if b'"offline"' in payload else ""}
    assert seen == {"hello", "batch", "ack", "state", "host", "offline", ""}


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_it_survives_a_broker_that_is_killed_and_forgets(log, log_file, broker, centre, run, version):
    running = run(mqtt_version=version)
    until(lambda: delivered(running))
    broker.kill()
    until(lambda: not running.state.connected)
    (trouble,) = running.state.troubles
    assert trouble.code in {LineTrouble.BROKER_AWAY, LineTrouble.BROKER_UNREACHABLE}
    append(log, 250)
    running.uplink.appended()
    until(lambda: running.state.unsent == 250)
    broker.start()
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)
    assert running.state.troubles == []


def test_a_batch_that_the_broker_took_to_its_grave_is_sent_again(log, log_file, broker, centre, run):
    centre.deaf = True
    append(log, 20)
    running = run()
    until(lambda: centre.unheard_batches)
    broker.kill()
    centre.deaf = False
    broker.start()
    until(lambda: delivered(running))
    assert centre.events[log.epoch] == all_of(log, log_file)


def test_the_brokers_own_acknowledgement_counts_for_nothing(log, centre, run):
    centre.muted = True
    append(log, 20)
    running = run()
    until(lambda: centre.batches)
    assert running.state.unsent == 21


def test_a_listener_that_comes_back_is_asked_at_once(log, log_file, centre, run):
    """Its restart says offline and then online with the same generation; no timer has to run out."""
    centre.say_host(LinkState.ONLINE)
    running = run()
    until(lambda: delivered(running))
    centre.deaf = True
    append(log, 20)
    running.uplink.appended()
    until(lambda: centre.unheard_batches)
    centre.say_host(LinkState.OFFLINE)
    centre.deaf = False
    centre.say_host(LinkState.ONLINE)
    until(lambda: len(centre.events[log.epoch]) == 21)
    assert centre.events[log.epoch] == all_of(log, log_file)


def test_what_a_restored_centre_lost_is_sent_again(log, log_file, centre, run):
    append(log, 30)
    running = run()
    until(lambda: delivered(running))
    del centre.events[log.epoch][5:]
    centre.generation = 2
    centre.say_host(LinkState.ONLINE)
    until(lambda: len(centre.events[log.epoch]) == 31)
    assert centre.events[log.epoch] == all_of(log, log_file)


def test_its_state_is_retained_while_it_runs_and_after(log, broker, centre, run):
    def retained() -> LinkState:
        late = SmallCentre(broker.port)
        topic, payload = "", b""
        while topic != STATE_TOPIC:
            topic, payload = late.seen.get(timeout=PATIENCE_S)
        late.stop()
        return msgspec.json.decode(payload, type=wire.State).state

    running = run()
    until(lambda: delivered(running))
    centre.stop()
    assert retained() is LinkState.ONLINE
    running.stop()
    assert retained() is LinkState.OFFLINE


def test_the_engine_gets_each_acknowledgement_as_it_was_sealed(log, centre, run):
    running = run()
    until(lambda: delivered(running) and running.acks)
    acks = [
        wire.unseal(wire.read_envelope(message), wire.MessageKind.ACK, wire.Ack, CENTRE_KEY.public)
        for message in running.acks
    ]
    assert {ack.epoch for ack in acks} == {log.epoch}
