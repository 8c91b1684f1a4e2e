"""What stands in the way to a real Mosquitto with the shipped configuration, one obstacle after the other."""

import datetime as dt
import shutil
import socket
import threading

import pytest

from foundation.errors import SettingsError
from sync.line.broker import BrokerSettings
from sync.line.broker_trial import BrokerTrial, Obstacle, try_broker
from sync.line.certificate_authority import CertificateKind
from tests.sync.live_authority import LiveAuthority
from tests.sync.live_broker import free_port
from tests.sync.patience import PATIENCE_S
from tests.sync.shipped_broker import Client, ShippedBroker

NAME = "gate-1"


@pytest.fixture
def authority(tmp_path):
    (tmp_path / "broker").mkdir()
    authority = LiveAuthority(tmp_path / "broker")
    authority.issue("broker", CertificateKind.SERVER, server_names=("localhost",))
    authority.issue(NAME)
    return authority


@pytest.fixture
def broker(authority):
    running = ShippedBroker(authority.folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def settings(authority):
    def _settings(port, host="localhost", ca=None, certificate=NAME):
        return BrokerSettings(
            host=host,
            port=port,
            ca_file=str(ca or authority.folder / "ca.pem"),
            certificate_file=str(authority.folder / f"{certificate}.pem"),
            key_file=str(authority.folder / f"{certificate}.key"),
        )

    return _settings


class Listening:
    """A port where whoever comes is answered with these bytes, and hung up on."""

    def __init__(self, answer):
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                line.recv(1)
                line.sendall(self._answer)

    def close(self):
        self._server.close()


def test_a_terminal_that_the_broker_knows_comes_in(broker, settings):
    assert try_broker(settings(broker.port), NAME) == BrokerTrial()


def test_by_tls_alone_an_uplink_that_is_connected_stays(broker, settings, authority):
    uplink = Client(broker, authority.folder, NAME)
    try:
        assert uplink.answer == "let in"
        assert try_broker(settings(broker.port), NAME, greet=False) == BrokerTrial()
        assert uplink.subscribe(f"muster/1/down/{NAME}/#")
        assert uplink.answers.empty()
        # The whole try would have ended it: the broker knows each client by its certificate.
        assert try_broker(settings(broker.port), NAME) == BrokerTrial()
        assert uplink.answers.get(timeout=PATIENCE_S) == "hung up"
    finally:
        uplink.close()


def test_another_authority_is_told_from_another_host(broker, settings, tmp_path):
    (tmp_path / "other").mkdir()
    LiveAuthority(tmp_path / "other")
    foreign = try_broker(settings(broker.port, ca=tmp_path / "other" / "ca.pem"), NAME)
    assert foreign.obstacle is Obstacle.OTHER_AUTHORITY
    assert try_broker(settings(broker.port, host="127.0.0.1"), NAME).obstacle is Obstacle.OTHER_HOST


def test_a_brokers_certificate_that_has_ended_is_told(authority, settings):
    over = dt.timedelta(minutes=-1)
    authority.issue("broker", CertificateKind.SERVER, over, server_names=("localhost",))
    broker = ShippedBroker(authority.folder)
    broker.start()
    try:
        trial = try_broker(settings(broker.port), NAME)
    finally:
        broker.stop()
    assert trial == BrokerTrial(Obstacle.CERTIFICATE_WRONG, "certificate has expired")


def test_a_revoked_certificate_is_refused_with_the_brokers_word(authority, settings):
    authority.revoke(authority.issue(NAME))
    broker = ShippedBroker(authority.folder)
    broker.start()
    try:
        trial = try_broker(settings(broker.port), NAME)
    finally:
        broker.stop()
    assert trial.obstacle is Obstacle.CERTIFICATE_REFUSED
    assert "revoked" in trial.why


@pytest.mark.parametrize(
    ("kind", "days", "word"),
    [(CertificateKind.TERMINAL, -0.001, "expired"), (CertificateKind.SERVER, 1, "certificate")],
)
def test_a_certificate_that_is_over_or_a_servers_is_refused(broker, settings, authority, kind, days, word):
    authority.issue(NAME, kind, dt.timedelta(days=days), file="wrong", server_names=(NAME,))
    trial = try_broker(settings(broker.port, certificate="wrong"), NAME)
    assert trial.obstacle is Obstacle.CERTIFICATE_REFUSED
    assert word in trial.why


def test_a_certificate_of_another_centre_is_refused(broker, settings, tmp_path, authority):
    other = tmp_path / "other"
    other.mkdir()
    LiveAuthority(other).issue(NAME)
    for ending in ("pem", "key"):
        shutil.copy(other / f"{NAME}.{ending}", authority.folder / f"foreign.{ending}")
    trial = try_broker(settings(broker.port, certificate="foreign"), NAME)
    assert trial.obstacle is Obstacle.CERTIFICATE_REFUSED


def test_nobody_there_is_told_from_a_name_that_nobody_knows(settings):
    assert try_broker(settings(free_port()), NAME) == BrokerTrial(Obstacle.NOBODY, "Connection refused")
    unknown = try_broker(settings(8883, host="no-such-host.invalid"), NAME)
    assert unknown.obstacle is Obstacle.NAME_UNKNOWN


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_who_speaks_no_tls_is_told(settings, answer):
    other = Listening(answer)
    try:
        assert try_broker(settings(other.port), NAME).obstacle is Obstacle.NO_TLS
    finally:
        other.close()


def test_files_that_are_no_certificates_are_an_error_of_the_settings(broker, settings, authority):
    (authority.folder / "wrong.pem").write_text("no certificate")
    (authority.folder / "wrong.key").write_text("no key")
    with pytest.raises(SettingsError):
        try_broker(settings(broker.port, certificate="wrong"), NAME)


def test_a_line_without_tls_is_tried_too(settings):
    open_line = BrokerSettings(host="127.0.0.1", port=free_port())
    assert try_broker(open_line, NAME).obstacle is Obstacle.NOBODY
