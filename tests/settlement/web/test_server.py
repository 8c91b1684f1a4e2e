"""The pages on a real socket."""

import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from foundation.errors import SettingsError
from settlement.settings import CentreSettings, WebSettings
from settlement.web.serving import server as web_server
from settlement.web.serving.files import hashed_names
from settlement.web.serving.server import open_server
from sync.contract.wire import Realm
from tests.sync.patience import PATIENCE_S


def serving(port, *, https, address="127.0.0.1"):
    web = WebSettings(port=port, public_port=port, https=https, address=address)
    return CentreSettings(realm=Realm.DEMO, web=web)


@pytest.fixture
def serve():
    """Serves on a free port; returns the port."""
    servers = []
    stop = threading.Event()

    def _serve(*, https, address="127.0.0.1", public=False):
        server = open_server(serving(0, https=https, address=address), public=public)
        thread = threading.Thread(target=web_server.serve, args=(server, stop))
        thread.start()
        servers.append((server, thread))
        return server.effective_port

    yield _serve
    stop.set()
    for server, thread in servers:
        server.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def status(port, path, address="127.0.0.1", **headers):
    request = urllib.request.Request(f"http://{address}:{port}{path}", headers=headers)
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, error.headers


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_the_process_for_everybody_has_no_page_that_names_volunteers(serve):
    port = serve(https=False, public=True)
    assert status(port, "/static/page.css")[0] == 200
    for path in ("/now/", "/", "/rules", "/api/v1/sites", "/certificates", "/certificate/../now/", "//now/"):
        assert status(port, path)[0] == 404


def test_behind_its_proxy_it_serves_what_came_over_tls_and_sends_the_rest_there(serve):
    port = serve(https=True)
    code, headers = status(port, "/static/page.css", **{"X-Forwarded-Proto": "https"})
    assert (code, headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "Server" not in headers
    assert headers["Strict-Transport-Security"]
    code, headers = status(port, "/static/page.css?a=b", **{"X-Forwarded-Proto": "http"})
    assert (code, headers["Location"]) == (301, f"https://127.0.0.1:{port}/static/page.css?a=b")


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
def test_a_proxy_is_believed_at_the_other_loopback_too(serve):
    port = serve(https=True, address="::1")
    proxied = {"Host": "localhost", "X-Forwarded-Proto": "https"}
    assert status(port, "/static/page.css", "[::1]", **proxied)[1]["Strict-Transport-Security"]


def test_without_a_proxy_nobody_can_pretend_to_be_one(serve):
    code, headers = status(serve(https=False), "/static/page.css", **{"X-Forwarded-Proto": "https"})
    assert (code, headers["Strict-Transport-Security"]) == (200, None)


@pytest.mark.parametrize(
    ("header", "told"), [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "http")]
)
def test_what_a_proxy_hands_on_is_never_taken_for_somebody_at_this_machine(header, told, serve):
    assert status(serve(https=True), "/static/page.css", **{header: told})[0] == 301


@pytest.mark.parametrize("path", ["/static/../setup.py", "/static/%2e%2e/setup.py", "/static/none.css"])
def test_nothing_but_the_style_sheet_is_served_from_disk(path, serve):
    assert status(serve(https=True), path, **{"X-Forwarded-Proto": "https"})[0] == 404


def test_a_file_is_kept_for_ever_by_the_name_that_a_page_gives_it(serve):
    port, told = serve(https=True), {"X-Forwarded-Proto": "https"}
    lasting = hashed_names()["page.css"]
    code, headers = status(port, f"/static/{lasting}", **told)
    assert (code, "immutable" in headers["Cache-Control"]) == (200, True)
    assert headers["Content-Type"] == 'text/css; charset="utf-8"'
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "X-Frame-Options"):
        assert headers[name]
    assert "Access-Control-Allow-Origin" not in headers
    again = status(port, f"/static/{lasting}", **told, **{"If-None-Match": headers["ETag"]})
    assert again[0] == 304
    assert status(port, "/static/page.css", **told)[1]["Cache-Control"] == "max-age=300, public"
    assert status(port, "/static/page.000000000000.css", **told)[0] == 404


def test_what_is_larger_than_any_page_takes_is_refused_unread(serve):
    with socket.create_connection(("127.0.0.1", serve(https=False)), PATIENCE_S) as connection:
        head = ("POST /volunteers/import/ HTTP/1.1", "Host: localhost", f"Content-Length: {17 * 2**20}")
        connection.sendall("\r\n".join((*head, "", "")).encode())
        assert b"413" in connection.recv(100)


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SettingsError, match=f"127.0.0.1:{port}: another program has that port"
        ) as refused:
            open_server(serving(port, https=False))
    assert "another `port` under [web]" in refused.value.remedy


def test_an_address_of_another_machine_is_named():
    settings = CentreSettings(realm=Realm.DEMO, web=WebSettings(address="192.0.2.1"))
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1"):
        open_server(settings)
