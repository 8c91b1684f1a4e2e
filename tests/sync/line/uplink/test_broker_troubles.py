"""A broker that is away, refuses, hangs or passes nothing on."""

import socket
import threading

from foundation.back_off import BackOff
from sync.contract.wire import LinkState
from sync.line import broker_link, delivery
from tests.english import in_english
from tests.sync.line.uplink.running_uplink import append, delivered
from tests.sync.live_broker import LiveBroker, free_port
from tests.sync.patience import until
from tests.sync.samples import check_in


def test_a_broker_that_is_not_there_is_told_with_what_to_do(log, run):
    running = run(port=free_port())
    until(lambda: running.state)
    until(lambda: "can't be reached" in in_english(*running.state.troubles))
    assert "Check-ins are kept here" in in_english(*running.state.troubles)
    assert not running.state.connected


def test_a_broker_that_refuses_is_tried_again(log, log_file, tmp_path, run):
    (tmp_path / "strict").mkdir()
    strict = LiveBroker(tmp_path / "strict", "allow_anonymous false")
    strict.start()
    running = run(port=strict.port)
    until(
        lambda: (
            running.state and "refuses this terminal (Not authorized)" in in_english(*running.state.troubles)
        )
    )
    assert not running.state.connected
    strict.kill()


class MuteBroker:
    """Lets clients in, or not even that, and never answers, as a hung broker or a half-open line does."""

    def __init__(self, *, lets_in: bool = True) -> None:
        self.visits = 0
        self._lets_in = lets_in
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.recv(1024)
            if self._lets_in:
                connection.sendall(b"\x20\x02\x00\x00")  # CONNACK of MQTT 3.1.1: accepted
            self._open.append(connection)
            self.visits += 1


def test_a_broker_that_never_answers_is_left_and_tried_again(log, log_file, run, monkeypatch):
    monkeypatch.setattr(broker_link, "_LET_IN_WITHIN_S", 0.2)
    mute = MuteBroker(lets_in=False)
    run(port=mute.port, mqtt_version="3.1.1")
    until(lambda: mute.visits >= 3)
    mute.close()


def test_a_line_on_which_nothing_is_answered_is_made_anew(log, run, monkeypatch):
    """A broker that lets in, grants and passes nothing on; nobody says that the centre is away."""
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    append(log, 5)
    deaf = MuteBroker()
    run(port=deaf.port, mqtt_version="3.1.1")
    until(lambda: deaf.visits >= 3)
    deaf.close()


def test_where_the_broker_says_that_the_centre_is_away_the_line_is_kept(log, centre, run, monkeypatch):
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    append(log, 5)
    centre.deaf = True
    centre.say_host(LinkState.OFFLINE)
    running = run()
    until(lambda: running.state is not None and running.state.connected)
    told = len(running.reports)
    until(lambda: centre.unheard_batches >= 20)
    assert all(state.connected for state in running.reports[told - 1 :])


def test_a_quiet_day_is_no_reason_to_leave_the_broker(log, centre, run, monkeypatch):
    """Nothing waits, so nobody owes an answer; the next event finds the old connection."""
    running = run()
    until(lambda: delivered(running))
    told = len(running.reports)
    monkeypatch.setattr(delivery, "_WAIT", BackOff(20, 20))
    for _ in range(5):
        greetings = centre.greetings
        running.uplink.greet()
        until(lambda greetings=greetings: centre.greetings > greetings)
    log.append(check_in())
    running.uplink.appended()
    until(lambda: len(centre.events[log.epoch]) == 2)
    assert all(state.connected for state in running.reports[told - 1 :])
