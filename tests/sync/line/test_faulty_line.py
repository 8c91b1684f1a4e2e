"""The uplink, a real mosquitto and a small centre on a line that is slow, flaps, dies, or swallows."""

import itertools
import random
import threading
import time

import pytest

from foundation.back_off import BackOff
from sync.line import broker as broker_module
from sync.line import delivery
from sync.log.reader import LogReader
from tests.sync.faulty_line import FaultyLine
from tests.sync.line.uplink.running_uplink import RunningUplink
from tests.sync.patience import until
from tests.sync.samples import TERMINAL, check_in
from tests.sync.small_centre import SmallCentre

SCANS = 60


class ForgetfulCentre(SmallCentre):
    """Of ten batches it hears nine."""

    swallowed = 0

    def _message(self, client, userdata, message):
        if message.topic.endswith("/batch"):
            self.swallowed += 1
            if self.swallowed % 10 == 0:
                return
        super()._message(client, userdata, message)


@pytest.fixture(autouse=True)
def soon_sent_again(monkeypatch):
    monkeypatch.setattr(delivery, "_WAIT", BackOff(500, 2_000))


@pytest.fixture
def scan_over(broker, log):
    """Scans while the uplink delivers over such a line, and compares what was shown with what arrived."""
    opened = []

    def _scan_over(line, centre, before_scan=lambda number: None, ahead=3):
        """`ahead` is how many scans may wait for the centre before the next one is made."""
        opened.extend([centre, line])
        uplink = RunningUplink(log.path, line.port)
        opened.insert(0, uplink)
        for number in range(SCANS):
            until(lambda: len(centre.events.get(log.epoch, [])) >= number - ahead)  # noqa: B023
            before_scan(number)
            log.append(check_in(number))
            uplink.uplink.appended()
        reader = LogReader(log.path, TERMINAL)
        shown = list(reader.stretch(log.epoch, 0, SCANS + 1, 1 << 20).events)
        reader.close()
        assert len(shown) == SCANS + 1
        until(lambda: len(centre.events.get(log.epoch, [])) >= len(shown))
        assert centre.events == {log.epoch: shown}
        until(lambda: uplink.state and uplink.state.connected and uplink.state.unsent == 0)

    yield _scan_over
    for one in opened:
        one.close() if isinstance(one, FaultyLine) else one.stop()


@pytest.mark.slow
def test_three_seconds_of_latency_lose_and_double_nothing(broker, scan_over, monkeypatch):
    monkeypatch.setattr(delivery, "_WAIT", BackOff(delivery.FIRST_WAIT_MS, delivery.LONGEST_WAIT_MS))
    line = FaultyLine(broker.port, lambda: time.sleep(3), chunk_bytes=1 << 16)
    scan_over(line, SmallCentre(broker.port), ahead=SCANS)


@pytest.mark.long
def test_stalled_chunks_lose_and_double_nothing(broker, scan_over):
    chance = random.Random(4)

    def stall():
        if chance.random() < 0.4:
            time.sleep(chance.uniform(0.05, 0.8))

    scan_over(FaultyLine(broker.port, stall), SmallCentre(broker.port))


@pytest.mark.long
def test_a_line_that_flaps_loses_and_doubles_nothing(broker, scan_over):
    chunks, cuts = itertools.count(1), iter(range(8))

    def flap():
        if next(chunks) % 15 == 0 and next(cuts, None) is not None:
            line.cut()

    line = FaultyLine(broker.port, flap)
    scan_over(line, SmallCentre(broker.port))
    assert line.connections > 4


def test_a_connection_that_dies_without_a_word_is_left_and_nothing_lost(broker, scan_over, monkeypatch):
    monkeypatch.setattr(broker_module, "KEEPALIVE_S", 2)
    line, centre = FaultyLine(broker.port), SmallCentre(broker.port)

    def die(number):
        if number == SCANS // 2:
            until(lambda: centre.batches)
            line.die()

    scan_over(line, centre, die)
    assert line.connections > 1


def test_one_batch_in_ten_is_never_answered_and_sent_again(broker, scan_over):
    centre = ForgetfulCentre(broker.port)
    scan_over(FaultyLine(broker.port), centre, ahead=0)
    assert centre.swallowed > 10


def test_every_message_three_times_in_any_order_is_stored_once(broker, scan_over):
    """The broker may say everything again, late: batches and greetings upward, answers downward."""
    centre, chance, said = SmallCentre(broker.port), random.Random(7), []
    stop = threading.Event()

    def again():
        while not stop.wait(0.02):
            while not centre.seen.empty():
                topic, payload = centre.seen.get()
                if topic.startswith(("muster/1/up/", "muster/1/down/")) and payload not in [
                    p for _, p, _ in said
                ]:
                    said.append((topic, payload, [1, 2]))
            due = [one for one in said if one[2]]
            if due:
                topic, payload, left = chance.choice(due)
                left.pop()
                centre.say(topic, payload)

    thread = threading.Thread(target=again)
    thread.start()
    try:
        scan_over(FaultyLine(broker.port), centre)
        until(lambda: said and all(not left for _, _, left in said) and centre.seen.empty())
    finally:
        stop.set()
        thread.join()
