"""Whom a real Mosquitto with the shipped configuration lets in, and what each may say and hear."""

import datetime as dt
import secrets
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from sync.contract import wire
from sync.line import certificate_authority
from sync.line.certificate_authority import CertificateKind
from tests.sync.live_authority import LiveAuthority
from tests.sync.patience import PATIENCE_S, until
from tests.sync.shipped_broker import Client, ShippedBroker

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def authority(tmp_path):
    (tmp_path / "broker").mkdir()
    authority = LiveAuthority(tmp_path / "broker")
    authority.issue("broker", CertificateKind.SERVER, server_names=("localhost",))
    authority.issue("centre", CertificateKind.LISTENER)
    for name in ("gate-1", "gate-2"):
        authority.issue(name)
    return authority


@pytest.fixture
def broker(authority):
    running = ShippedBroker(authority.folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connect(broker, authority):
    clients = []

    def _connect(name, folder=None, client_id="", **more):
        clients.append(Client(broker, folder or authority.folder, name, client_id, **more))
        return clients[-1]

    yield _connect
    for client in clients:
        client.close()


def test_centre_and_terminals_are_let_in(connect):
    assert [connect(name).answer for name in ("centre", "gate-1", "gate-2")] == ["let in"] * 3


def test_a_certificate_of_before_without_alternative_names_is_let_in(connect, authority):
    issued = authority.issue("gate-3")
    older = x509.CertificateBuilder(
        issued.issuer,
        issued.subject,
        issued.public_key(),
        issued.serial_number,
        issued.not_valid_before_utc,
        issued.not_valid_after_utc,
        [one for one in issued.extensions if one.oid != ExtensionOID.SUBJECT_ALTERNATIVE_NAME],
    ).sign(authority.authority._key, hashes.SHA256())
    (authority.folder / "gate-3.pem").write_bytes(older.public_bytes(Encoding.PEM))
    assert connect("gate-3").answer == "let in"


def test_nobody_comes_in_without_a_certificate(connect):
    assert connect("", client_id="gate-1").answer == "hung up"


def test_a_foreign_certificate_is_refused(connect, tmp_path):
    (tmp_path / "other").mkdir()
    LiveAuthority(tmp_path / "other").issue("gate-1")
    assert connect("gate-1", tmp_path / "other").answer == "hung up"


def test_a_certificate_of_an_authority_that_took_our_authoritys_name_is_refused(
    connect, authority, tmp_path, monkeypatch
):
    suffix = authority.authority.certificate.subject.rfc4514_string().split()[-1]
    monkeypatch.setattr(secrets, "token_hex", lambda _bytes: suffix)
    (tmp_path / "other").mkdir()
    other = LiveAuthority(tmp_path / "other")
    assert other.authority.certificate.subject == authority.authority.certificate.subject
    other.issue("gate-1")
    assert connect("gate-1", tmp_path / "other").answer == "hung up"


def test_a_certificate_that_begins_tomorrow_is_refused(connect, authority, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(certificate_authority, "BACKDATED", -dt.timedelta(days=1))
        authority.issue("gate-1", file="early")
    assert connect("early", client_id="gate-1").answer == "hung up"
    assert connect("gate-1").answer == "let in"


def test_older_tls_is_refused(authority, broker):
    def greet(newest):
        context = ssl.create_default_context(cafile=authority.folder / "ca.pem")
        context.load_cert_chain(authority.folder / "gate-1.pem", authority.folder / "gate-1.key")
        context.maximum_version = newest
        with (
            socket.create_connection(("127.0.0.1", broker.port), PATIENCE_S) as line,
            context.wrap_socket(line, server_hostname="localhost") as secured,
        ):
            return secured.version()

    with pytest.raises(ssl.SSLError):
        greet(ssl.TLSVersion.TLSv1_2)
    assert greet(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"


def test_a_certificate_that_has_ended_is_refused(connect, authority):
    authority.issue("gate-1", lifetime=-MINUTE, file="old")
    authority.issue("gate-1", lifetime=10 * MINUTE, file="new")
    assert connect("old", client_id="gate-1").answer == "hung up"
    assert connect("new", client_id="gate-1").answer == "let in"


def test_a_servers_certificate_is_no_terminals(connect, authority):
    authority.issue("gate-1", CertificateKind.SERVER, file="server", server_names=("gate-1",))
    assert connect("server", client_id="gate-1").answer == "hung up"


def test_a_client_id_of_another_is_of_no_use(connect):
    """The broker takes the certificate's name in its place."""
    genuine = connect("gate-1")
    connect("gate-2", client_id="gate-1")
    assert genuine.subscribe("muster/1/down/gate-1/#")
    assert genuine.answers.empty()


def test_a_terminal_speaks_and_hears_only_as_itself(connect):
    centre, gate = connect("centre"), connect("gate-1")
    assert centre.subscribe(wire.topic("up", "#"))
    # Mosquitto grants any subscription and asks the access list with each message.
    for own_or_not in (("down", "gate-1", "#"), ("down", "gate-2", "#"), ("up", "#"), ("state", "#")):
        gate.subscribe(wire.topic(*own_or_not))
    gate.publish(wire.topic("up", "07", "gate-2", "hello"), b"forged")
    gate.publish(wire.topic("down", "gate-1", "ack"), b"forged")
    gate.publish(wire.topic("up", "07", "gate-1", "renewal"), b"genuine")
    assert centre.heard.get(timeout=PATIENCE_S) == (wire.topic("up", "07", "gate-1", "renewal"), b"genuine")
    centre.publish(wire.topic("down", "gate-2", "certificate"), b"for another")
    centre.publish(wire.topic("down", "gate-1", "certificate"), b"for this one")
    assert gate.heard.get(timeout=PATIENCE_S)[1] == b"for this one"


def test_a_second_listener_hears_and_answers_too(connect, authority):
    authority.issue("centre-2", CertificateKind.LISTENER)
    first, second, gate = connect("centre"), connect("centre-2"), connect("gate-1")
    for listener in (first, second):
        assert listener.subscribe(wire.topic("up", "+", "+", "+"))
    gate.subscribe(wire.topic("down", "gate-1", "#"))
    gate.publish(wire.topic("up", "07", "gate-1", "hello"), b"hello")
    assert [one.heard.get(timeout=PATIENCE_S)[1] for one in (first, second)] == [b"hello"] * 2
    second.publish(wire.topic("down", "gate-1", "ack"), b"ack")
    assert gate.heard.get(timeout=PATIENCE_S)[1] == b"ack"
    # It may say online where the broker has said offline for the other.
    assert second.subscribe(wire.topic("host"))
    first.publish(wire.topic("host"), b"offline")
    assert second.heard.get(timeout=PATIENCE_S)[1] == b"offline"


def test_a_revoked_certificate_is_refused_from_the_next_reload_on(connect, authority, broker):
    first = authority.issue("gate-1", file="first")
    authority.issue("gate-1", file="second")
    open_one, other = connect("first", client_id="gate-1"), connect("gate-2")
    authority.revoke(first)
    authority.revoke(authority.issue("gate-3"))  # within the same second: the newest list holds all the same
    broker.reload()
    until(lambda: connect("gate-3").answer == "hung up")
    # The open connection is not looked at again …
    assert open_one.answers.empty()
    assert other.answers.empty()
    # … so somebody of its name takes its place, and then it can't come back.
    assert connect("second", client_id="gate-1").answer == "let in"
    assert open_one.answers.get(timeout=PATIENCE_S) == "hung up"
    assert connect("first", client_id="gate-1").answer == "hung up"
    assert other.answers.empty()
