"""The examples of proxies, as they ship: their programs take them, and let in whom they should.

nginx really runs before the real pages; the loopback has many addresses, and one of them plays a stranger.
"""

import datetime as dt
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import sys
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.settings import shipped
from sync.line.certificate_authority import CertificateAuthority, CertificateKind
from tests.boot.browser import sent_with_a_form
from tests.settlement.own_centre import OwnCentre
from tests.settlement.real_broker import free_port
from tests.sync.patience import PATIENCE_S, until

HOST = "hours.example.org"
INSIDE, STRANGER = "127.0.0.1", "127.0.0.2"
PUBLIC = ("/certificate/", "/notice/", "/static/page.css")
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
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == {"8460"}
    assert "8470" in text


class Proxy:
    """nginx with the shipped example, before a centre's pages."""

    def __init__(self, folder, pages_port):
        self.port, self.plain_port = free_port(), free_port()
        self.context = ssl.create_default_context()
        self._make_certificate(folder)
        text = shipped("nginx.conf").read_text(encoding="utf-8")
        for shown, here in (
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("127.0.0.1:8460", f"127.0.0.1:{pages_port}"),
            ("/etc/ssl/muster/", f"{folder}/"),
        ):
            assert shown in text
            text = text.replace(shown, here)
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/errors;\n"
            "events {}\nhttp { access_log off;\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"include /etc/nginx/mime.types;\ninclude {folder}/site.conf;\n}}\n"
        )
        self.command = [str(shutil.which("nginx")), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]

    def _make_certificate(self, folder):
        authority = CertificateAuthority.make(
            "proxy", ec.generate_private_key(ec.SECP256R1()), dt.timedelta(9)
        )
        key = ec.generate_private_key(ec.SECP256R1())
        pem = authority.issue_for(key.public_key(), HOST, CertificateKind.SERVER, dt.timedelta(9), (HOST,))
        (folder / "hours.pem").write_bytes(pem)
        (folder / "hours.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self.context.load_verify_locations(cadata=authority.pem.decode())

    def ask(self, path, source=STRANGER, form=None, **headers):
        """What a browser at `source` gets over TLS: status and body; with a form it sends that."""
        body = urlencode(form).encode() if form else b""
        raw = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S, (source, 0))
        connection = http.client.HTTPConnection(HOST, timeout=PATIENCE_S)
        connection.sock = self.context.wrap_socket(raw, server_hostname=HOST)
        connection.putrequest("POST" if form else "GET", path)
        if form:
            headers |= {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": len(body)}
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), answer.headers
        connection.close()
        return found


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
        until(lambda: _listens(made.port) and _listens(port))
        yield made
    finally:
        for process in (nginx, web):
            process.terminate()
            process.wait(PATIENCE_S)


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
