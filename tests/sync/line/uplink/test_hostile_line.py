"""What the uplink makes of junk, forgeries, other histories and doubts of the centre."""

import msgspec
from msgspec import UNSET

from sync.contract import wire
from sync.contract.handover import seal_handover
from sync.contract.signing import SigningKey
from sync.contract.wire import MessageKind, Realm
from sync.line.troubles import LineTrouble
from tests.english import in_english
from tests.sync.line.uplink.running_uplink import ACK_TOPIC, HANDOVER_TOPIC, append, delivered
from tests.sync.patience import PATIENCE_S, until
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL, TERMINAL_KEY, check_in

JUNK = [
    b"",
    b"junk",
    b"\xff\xfe\x00",
    b"null",
    b'{"v":1,"state":"online","store":"\xff","generation":1}',
    b'{"x":' + b"[" * 100_000,
    b'{"v":2,"kind":"ack","key":"","header":"","body":"","sig":""}',
    b"{" + b" " * 200_000,
]


def test_junk_from_the_broker_disturbs_nothing(log, centre, run):
    running = run()
    until(lambda: delivered(running))
    for junk in JUNK:
        for topic in (ACK_TOPIC, wire.topic("host"), wire.topic("down", TERMINAL, "command")):
            centre.say(topic, junk)
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 2)
    until(lambda: delivered(running))


def test_no_forged_acknowledgement_is_believed(log, centre, run):
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    held = centre.ack(log.epoch)
    assert held.contiguous == 6
    sealed = wire.seal(MessageKind.ACK, held, b"", CENTRE_KEY)
    for forged in (
        wire.seal(MessageKind.ACK, held, b"", STRANGER_KEY),
        wire.seal(MessageKind.ACK, held, b"", TERMINAL_KEY),
        wire.seal(MessageKind.HELLO, held, b"", CENTRE_KEY),
        wire.seal(MessageKind.ACK, msgspec.structs.replace(held, terminal="gate-2"), b"", CENTRE_KEY),
        sealed.replace(b'contiguous\\":6', b'contiguous\\":5'),
    ):
        assert forged != sealed
        centre.say(ACK_TOPIC, forged)
    # Taken in order: when the true one of two events has arrived, the forged ones have been looked at.
    del centre.events[log.epoch][2:]
    centre.say(ACK_TOPIC, wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", CENTRE_KEY))
    until(lambda: running.state.unsent == 4)
    assert {state.unsent for state in running.reports} == {6, 4}


def test_it_follows_the_centre_to_its_next_key_and_asks_anew(log, centre, run):
    second = SigningKey.from_seed(bytes([2]) * 32)
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    by_the_next = wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", second)
    handover = seal_handover(second.public, NINE_MS, Realm.LIVE, CENTRE_KEY)
    forged = seal_handover(STRANGER_KEY.public, NINE_MS, Realm.LIVE, STRANGER_KEY)
    greeted = len(centre.hellos)
    # Taken in order: one before the handover is not believed, nor is a stranger's handover.
    for topic, message in (
        (ACK_TOPIC, by_the_next),
        (HANDOVER_TOPIC, forged),
        (ACK_TOPIC, wire.seal(MessageKind.ACK, centre.ack(log.epoch), b"", STRANGER_KEY)),
        (HANDOVER_TOPIC, handover),
        (ACK_TOPIC, by_the_next),
    ):
        centre.say(topic, message)
    until(lambda: running.state.unsent == 0)
    until(lambda: len(centre.hellos) > greeted)
    assert [running.told.get(timeout=PATIENCE_S)[0] for _ in range(2)] == [forged, handover]
    assert running.acks == [by_the_next]


def test_an_acknowledgement_of_another_history_is_told_to_staff(log, centre, run):
    centre.muted = True
    append(log, 5)
    running = run()
    until(lambda: centre.batches)
    foreign = centre.ack(log.epoch, hash="00" * 32)
    centre.say(ACK_TOPIC, wire.seal(MessageKind.ACK, foreign, b"", CENTRE_KEY))
    until(lambda: "Call the centre" in in_english(*running.state.troubles))
    assert running.state.unsent == 6


def test_a_log_that_the_centre_doubts_is_told_to_staff_until_it_is_settled(log, centre, run):
    def say(**changes):
        ack = wire.seal(wire.MessageKind.ACK, centre.ack(log.epoch, **changes), b"", CENTRE_KEY)
        centre.say(wire.topic("down", TERMINAL, "ack"), ack)

    def told():
        return [trouble.code for trouble in running.state.troubles]

    running = run()
    until(lambda: delivered(running))
    assert told() == []
    say(doubted=True)
    until(lambda: told() == ["log_doubted"])
    say()
    until(lambda: told() == [])


def test_another_device_with_the_same_certificate_is_told_to_staff_and_centre(log, log_file, centre, run):
    append(log, 1)
    both = run(), run()

    def told(running):
        return any(one.code == LineTrouble.SESSION_TAKEN_OVER for one in running.state.troubles)

    until(lambda: all(one.state and told(one) for one in both))
    assert "muster terminal renew gate-1" in in_english(*both[0].state.troubles)
    until(lambda: any(hello.taken_over is True for hello in tuple(centre.hellos)))


def test_a_terminal_that_is_alone_is_told_of_nobody(log, log_file, broker, centre, run):
    append(log, 1)
    running = run()
    until(lambda: delivered(running))
    broker.kill()
    until(lambda: not running.state.connected)
    broker.start()
    until(lambda: delivered(running))
    assert [one.code for one in running.state.troubles] == []
    assert centre.last_hello.taken_over is UNSET
