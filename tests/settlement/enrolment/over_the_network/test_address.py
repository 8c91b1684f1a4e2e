"""The centre's address as a stranger meets it: no other page, limits, silent connections."""

import contextlib
import functools
import http.client
import socket
import ssl

import pytest

from sync.contract.enrolment import AUTHORITY_PATH, MAX_BYTES, REQUEST_PATH, EnrolmentRefusal
from tests.settlement.enrolment.over_the_network.terminal_folder import HOST
from tests.sync.patience import until


def line_to(server):
    context = ssl.create_default_context(cadata=server.authority.pem.decode())
    return http.client.HTTPSConnection(HOST, server.server_port, timeout=20, context=context)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 404),
        ("GET", REQUEST_PATH, {}, 404),
        ("POST", "/", {"Content-Length": "0"}, 404),
        ("POST", AUTHORITY_PATH, {"Content-Length": "0"}, 404),
        ("POST", REQUEST_PATH, {"Content-Length": "-1"}, 411),
        ("POST", REQUEST_PATH, {"Content-Length": str(MAX_BYTES + 1)}, 413),
        ("POST", REQUEST_PATH, {"Content-Length": "9" * 30}, 413),
        ("PUT", REQUEST_PATH, {}, 501),
    ],
)
def test_the_address_has_no_other_page(server, method, path, headers, status):
    with contextlib.closing(line_to(server)) as line:
        line.putrequest(method, path)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        response = line.getresponse()
        assert (response.status, response.read()) == (status, b"")
        assert "Server" not in response.headers


def test_who_asks_too_often_is_told_to_wait(server, monkeypatch):
    at_once = functools.partial(server.limit.allows, now_s=0.0)
    monkeypatch.setattr(server.limit, "allows", lambda address, _now_s: at_once(address))
    statuses = []
    for _ in range(70):
        with contextlib.closing(line_to(server)) as line:
            line.request("GET", "/")
            statuses.append(line.getresponse().status)
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_a_terminal_that_asks_too_often_is_told(folder, token, server, monkeypatch):
    monkeypatch.setattr(server.limit, "allows", lambda *_: False)
    assert folder.refused(folder.enrol, token()) == EnrolmentRefusal.BUSY


def test_silent_connections_keep_nobody_out_for_long(server, monkeypatch):
    """More connections than threads: the ones too many are cut at once, the others in their time."""
    monkeypatch.setattr("settlement.enrolment.server._CONNECTION_S", 0.2)
    silent = [socket.create_connection((HOST, server.server_port)) for _ in range(30)]
    for one in silent:
        one.settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert one.recv(1) == b""
        one.close()
    monkeypatch.setattr("settlement.enrolment.server._CONNECTION_S", 20)
    until(lambda: authority_told_by(server) == server.authority.pem)


def authority_told_by(server):
    """What the address says, nothing while it is busy."""
    with contextlib.closing(line_to(server)) as line, contextlib.suppress(OSError):
        line.request("GET", AUTHORITY_PATH)
        return line.getresponse().read()
