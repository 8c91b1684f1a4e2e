import http.server
import threading
from urllib.parse import parse_qs

import msgspec
import pytest

from foundation.errors import GatewayError
from settlement.codes.http_gateway import HttpGateway
from settlement.settings import BodyFormat, GatewayKind, TextMessageSettings
from tests.sync.patience import PATIENCE_S

PHONE, TEXT = "+8613912345678", "您的签到验证码是 123456"


class Provider:
    """A provider's web service on the loopback: answers with `statuses` in turn, the last one for ever."""

    def __init__(self):
        self.statuses = [200]
        self.requests = []
        self.hangs = threading.Event()
        self.hangs.set()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.requests.append((self.path, dict(self.headers), body))
                provider.hangs.wait(PATIENCE_S)
                status = provider.statuses.pop(0) if len(provider.statuses) > 1 else provider.statuses[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/send"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self):
        self.hangs.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def gateway(provider):
    opened = []

    def _gateway(token="s3cret", **more):
        settings = TextMessageSettings(gateway=GatewayKind.HTTP, url=provider.url, **more)
        opened.append(HttpGateway(settings, token))
        return opened[-1]

    yield _gateway
    for one in opened:
        one.close()


def test_it_posts_number_and_text_as_json_under_the_providers_names(gateway, provider):
    gateway(number_field="mobile", text_field="content", fields={"sender": "Muster"}).send(PHONE, TEXT)
    [(path, headers, body)] = provider.requests
    assert path == "/send"
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Content-Type"] == "application/json"
    assert msgspec.json.decode(body) == {"sender": "Muster", "mobile": PHONE, "content": TEXT}


def test_it_posts_a_form_where_the_provider_wants_one(gateway, provider):
    gateway(token="", body=BodyFormat.FORM).send(PHONE, TEXT)
    [(_, headers, body)] = provider.requests
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in headers
    assert parse_qs(body.decode()) == {"to": [PHONE], "text": [TEXT]}


def test_it_tries_again_while_the_provider_is_busy(gateway, provider):
    provider.statuses = [503, 429, 201]
    gateway().send(PHONE, TEXT)
    assert len(provider.requests) == 3


@pytest.mark.parametrize(("status", "requests"), [(400, 1), (401, 1), (500, 1), (302, 1), (503, 3)])
def test_a_refusal_is_told_with_its_status(gateway, provider, status, requests):
    provider.statuses = [status]
    with pytest.raises(GatewayError, match=f"HTTP {status}"):
        gateway().send(PHONE, TEXT)
    assert len(provider.requests) == requests


def test_a_provider_that_does_not_answer_is_told_without_what_was_sent(gateway, provider):
    provider.hangs.clear()
    with pytest.raises(GatewayError, match="does not answer") as raised:
        gateway(timeout_ms=200, tries=2).send(PHONE, TEXT)
    assert "123456" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_provider_that_is_not_there_is_told(gateway, provider):
    away = gateway(tries=1)
    provider.close()
    with pytest.raises(GatewayError, match="does not answer"):
        away.send(PHONE, TEXT)
