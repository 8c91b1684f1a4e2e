"""nginx with the example that ships, before a centre's pages."""

import datetime as dt
import http.client
import shutil
import socket
import ssl
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.settings import shipped
from sync.line.certificate_authority import CertificateAuthority, CertificateKind
from tests.settlement.real_broker import free_port
from tests.sync.patience import PATIENCE_S

HOST = "hours.example.org"
INSIDE, STRANGER = "127.0.0.1", "127.0.0.2"


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
            ("127.0.0.1:8464", f"127.0.0.1:{pages_port}"),
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


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
