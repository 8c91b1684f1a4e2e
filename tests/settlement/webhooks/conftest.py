"""A receiver that listens for real, and webhooks that lead to it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from settlement.accounts.audit import Signed
from settlement.models import Account
from settlement.people_settings import SecondFactorFrom
from settlement.webhooks.events import LineEvent
from settlement.webhooks.registering import NewWebhook, add_webhook
from tests.settlement.actors import actor

ALL = frozenset(LineEvent)


class Receiver:
    """Answers what it is told to, and keeps what came."""

    def __init__(self):
        self.came = []
        self.answers = []
        self.released = threading.Event()
        self.something_came = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, dict(self.headers.items()), body))
                answer = receiver.answers.pop(0) if receiver.answers else 204
                if answer == "silence":
                    receiver.released.wait(30)
                elif answer == "drip":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while not receiver.released.wait(0.02):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                elif answer != "hang up":
                    status, *more = answer if isinstance(answer, tuple) else (answer,)
                    self.send_response(status)
                    for name, value in more:
                        self.send_header(name, value)
                    self.end_headers()
                receiver.something_came.set()
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook?to=muster"

    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.came]

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def webhook_of(receiver):
    """Sets one up for somebody, for the own branch or one below; answers the row and the secret."""

    def _webhook_of(who=None, organisation="", kinds=ALL, url=None):
        who = who or actor("Zhao")
        Account.objects.filter(pk=who.account, password="").update(password="argon2$set")
        new = NewWebhook("board", url or receiver.url, kinds, organisation)
        return add_webhook(new, Signed(who, 0), SecondFactorFrom.NOBODY, plain=True)

    return _webhook_of
