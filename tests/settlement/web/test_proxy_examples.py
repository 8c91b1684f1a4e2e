"""The examples of proxies, as they ship: their programs take them, and let in whom they should.

nginx really runs before the real pages; the loopback has many addresses, and one of them plays a stranger.
"""

import http.client
import re
import shutil
import subprocess
import sys

import pytest

from foundation.settings import shipped
from tests.boot.browser import sent_with_a_form
from tests.settlement.own_centre import OwnCentre
from tests.settlement.real_broker import free_port
from tests.settlement.web.nginx_proxy import HOST, INSIDE, Proxy, listens
from tests.sync.patience import PATIENCE_S, until

PUBLIC = ("/certificate/", "/notice/", "/receipt/", "/static/page.css")
ROUND_ABOUT = (
    "//certificate/../",
    "/certificate/../evidence/manual/1",
    "/notice/%2e%2e/",
    "/static/../rules",
)
PRIVATE = (
    "/",
    "/api/board.json",
    "/healthz",
    "/rules",
    "/evidence/manual/1",
    "/noticeboard",
    "//certificate/../",
)


def test_caddy_takes_its_example(tmp_path):
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not installed here")
    told = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(shipped("Caddyfile"))],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path)},
        timeout=PATIENCE_S,
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_both_name_the_ports_that_the_settings_have(name):
    text = shipped(name).read_text(encoding="utf-8")
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {"8460", "8464"}
    assert "8470" in text


@pytest.fixture
def proxy(own_centre: OwnCentre, tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed here")
    port = free_port()
    own_centre.configure(f'[web]\nport = {port}\nallowed_hosts = ["{HOST}"]\n[metrics]\nweb = 0\n')
    folder = tmp_path / "proxy"
    folder.mkdir()
    made = Proxy(folder, port)
    checked = subprocess.run([*made.command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    web = subprocess.Popen([sys.executable, "-m", "muster", "web", "--config", str(own_centre.config)])
    nginx = subprocess.Popen(made.command)
    try:
        until(lambda: listens(made.port) and listens(port))
        yield made
    finally:
        for process in (nginx, web):
            process.terminate()
            process.wait(PATIENCE_S)


def test_strangers_reach_the_public_pages_and_nothing_else(proxy):
    for path in PUBLIC:
        status, body, headers = proxy.ask(path)
        assert status == 200, path
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert 'class="plain"' not in body
    for path in (*PRIVATE, *ROUND_ABOUT):
        assert proxy.ask(path)[0] == 403, path
    assert proxy.ask("/notice")[0] == 301
    # Pretending changes nothing: neither for nginx nor for the pages behind it.
    assert proxy.ask("/", X_Forwarded_For=INSIDE, X_Forwarded_Proto="http")[0] == 403
    assert proxy.ask("/notice/", X_Forwarded_Proto="http")[0] == 200
    # Those inside see all of it.
    status, _, headers = proxy.ask("/", INSIDE)
    assert (status, headers["Location"]) == (302, "/account/log-in/?next=/")
    assert proxy.ask("/healthz", INSIDE)[:2] == (200, '{"healthy":true}')
    # Without TLS everybody is sent to it.
    plain = http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=PATIENCE_S)
    plain.request("GET", "/notice/", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{HOST}/notice/")
    plain.close()


def test_forms_are_taken_as_browsers_send_them(proxy):
    page = "/account/log-in/"
    status, _, headers = proxy.ask(page, INSIDE)
    token = headers["Set-Cookie"].partition("csrftoken=")[2].partition(";")[0]
    form = {"csrfmiddlewaretoken": token, "login": "nobody", "password": "a guess at it"}
    sent = sent_with_a_form(headers["Referrer-Policy"], f"https://{HOST}{page}")
    assert status == 200
    assert proxy.ask(page, INSIDE, form, Cookie=f"csrftoken={token}", **sent)[0] == 200
    strange = sent | {"Origin": "https://elsewhere.example"}
    assert proxy.ask(page, INSIDE, form, Cookie=f"csrftoken={token}", **strange)[0] == 403
